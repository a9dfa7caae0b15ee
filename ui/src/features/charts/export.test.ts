// How high files are: as the screen, with room for a heading and for words, and no higher than the engine lists words.

import { expect, test } from 'vitest';
import type { ChartNote } from '../../api/generated';
import { fileHeight } from './export';

const note = (items: number): ChartNote => ({
  number: 1,
  x: 0,
  date: '2026-01-31',
  items: Array.from({ length: items }, (_, id) => ({ id, day: '2026-01-05', text: 'Words', written_at: '' })),
});

test('a file is as high as the screen, its heading and its words', () => {
  expect(fileHeight(300, [])).toBe(374);
  expect(fileHeight(300, [note(1), note(2)])).toBe(374 + 3 * 17);
  expect(fileHeight(300, [note(400)])).toBe(374 + 13 * 17);
});
