// A list as a file that somebody asked for. The engine writes it piece by piece, so that a long one neither waits nor fills
// the engine's memory; the page puts the pieces together.

import type { ModeView, RecordList, RecordsAfter, RecordsCsv } from '../../api/generated';

export interface CsvRequest {
  mode: ModeView;
  view: RecordList;
  filter: string;
}

export interface CsvFile {
  name: string;
  parts: string[];
  rows: number;
}

type Ask = (request: CsvRequest & { after: RecordsAfter | null }) => Promise<RecordsCsv>;

/** Gathers every piece; `told` hears how many rows there are so far and may say to stop, which gives nothing. */
export async function gathered(
  ask: Ask,
  request: CsvRequest,
  told: (rows: number) => boolean,
): Promise<CsvFile | null> {
  const file: CsvFile = { name: '', parts: [], rows: 0 };
  let after: RecordsAfter | null = null;
  do {
    const piece: RecordsCsv = await ask({ ...request, after });
    file.name = piece.file_name;
    file.parts.push(piece.text);
    file.rows += piece.rows;
    after = piece.next;
    if (!told(file.rows)) return null;
  } while (after !== null);
  return file;
}
