// A chart as a file: the engine draws it, as it is seen here, and the page gives it away.

import type { ChartExportRequest, ChartForm, ChartNote } from '../../api/generated';
import { appearance } from '../../app/appearance.svelte';
import type { Session } from '../../app/session.svelte';
import { save, saveBytes, saveCsv } from '../../parts/save';

/** Everything that decides what is seen, but for the theme and the form of the file. */
export type SeenChart = Omit<ChartExportRequest, 'mode' | 'form' | 'theme'>;

/** Title, as of when, and what the colours stand for. */
const HEADING = 74;
const WORDS_LINE = 17;
const WORDS_LINES_MAX = 13;
export const FORMS: readonly ChartForm[] = ['svg', 'png', 'csv'];

/** How high a file is that shows as much as the screen, with a heading above and words below. */
export function fileHeight(height: number, notes: readonly ChartNote[]): number {
  const words = notes.reduce((sum, note) => sum + note.items.length, 0);
  return height + HEADING + Math.min(words, WORDS_LINES_MAX) * WORDS_LINE;
}

export async function exportChart(session: Session, seen: SeenChart, form: ChartForm): Promise<void> {
  const request = { ...seen, mode: session.mode, form, theme: appearance.shown };
  const answer = await session.do('chart_export', request);
  if (!answer.ok) {
    session.say(`${answer.error.message} ${answer.error.hint ?? ''}`, 'problem');
    return;
  }
  const { file_name, media_type, text, base64 } = answer.value;
  if (base64 !== null) saveBytes(file_name, media_type, base64);
  else if (form === 'csv') saveCsv(file_name, text ?? '');
  else save(file_name, media_type, text ?? '');
  session.say(`Exported ${file_name}`);
}
