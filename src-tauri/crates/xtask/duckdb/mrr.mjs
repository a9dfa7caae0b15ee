// The same MRR by month, added up by DuckDB over the same rows.
import { DuckDBInstance } from '@duckdb/node-api';
const path = process.argv[2];
const instance = await DuckDBInstance.create(':memory:');
const db = await instance.connect();
await db.run(`CREATE TABLE worth AS SELECT * FROM read_csv('${path}', header=true, columns={'subscription':'VARCHAR','from_at':'BIGINT','to_at':'BIGINT','num':'BIGINT','den':'BIGINT'})`);
const sql = `
WITH ends AS (
  SELECT epoch(least(last_day(m)::TIMESTAMP + INTERVAL 86399 SECOND, TIMESTAMP '2026-11-21 12:00:00'))::BIGINT AS stands
  FROM range(DATE '2023-12-01', DATE '2026-12-01', INTERVAL 1 MONTH) t(m))
SELECT stands, sum(num::DOUBLE / den) AS mrr FROM ends JOIN worth ON from_at <= stands AND stands < to_at
GROUP BY stands ORDER BY stands`;
for (let i = 0; i < 3; i++) {
  const began = performance.now();
  const rows = await (await db.runAndReadAll(sql)).getRows();
  console.log(JSON.stringify({ what: 'duckdb', seconds: (performance.now() - began) / 1000, months: rows.length, last: rows.at(-1)[1] }));
}
