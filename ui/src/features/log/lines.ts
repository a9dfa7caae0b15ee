// A line of the log in words, and the log as a file.

import type { ActionLine } from '../../api/generated';

/** What a line says beside its action: the parts of its JSON that people read. */
export function detailOf(line: ActionLine): string {
  let detail: unknown;
  try {
    detail = JSON.parse(line.detail);
  } catch {
    return line.detail;
  }
  if (typeof detail !== 'object' || detail === null) return line.detail;
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== '' && typeof value !== 'object')
    .map(([name, value]) =>
      name === 'title' || name === 'sentence' ? `${value}` : `${name.replaceAll('_', ' ')}: ${value}`,
    )
    .join(' · ');
}

const COLUMNS = ['mode', 'line', 'at', 'who', 'operation', 'action', 'detail', 'hash'] as const;

/** A field that no spreadsheet takes for a formula, and no comma breaks. */
function field(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The log as CSV; every line carries the mode. */
export function csvOf(lines: readonly ActionLine[], mode: string): string {
  const rows = lines.map((line) =>
    [mode, `${line.seq}`, line.at, line.who, line.operation ?? '', line.action, line.detail, line.hash]
      .map(field)
      .join(','),
  );
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}
