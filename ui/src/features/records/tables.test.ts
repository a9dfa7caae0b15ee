// No column may be cut off: at every width that the window can have, what is shown has room.

import { describe, expect, test } from 'vitest';
import { TABLES } from './tables';

/** The table beside a narrow rail in a window of 640 pixels, which is also half of 1280. */
const LEAST = 592;
const MOST = 2000;
const GAP = 24;
const EDGE = 24;

const least = (track: string) => Number(/^(?:minmax\()?(\d+)px/.exec(track)?.[1]);

describe.each(Object.values(TABLES))('the list of $label', (table) => {
  test('has room for what it shows at every width', () => {
    for (let width = LEAST; width <= MOST; width += 4) {
      const shown = table.columns.filter((column) => (column.from ?? 0) <= width);
      const needed = shown.reduce((sum, column) => sum + least(column.track), 0);
      const room = width - 2 * EDGE - GAP * (shown.length - 1);
      expect(needed, `${shown.map((column) => column.id).join(', ')} at ${width}`).toBeLessThanOrEqual(room);
    }
  });

  test('shows who and how much at the least width', () => {
    const kept = table.columns.filter((column) => column.from === undefined).map((column) => column.id);
    expect(kept).toContain('who');
    expect(kept).toContain('amount');
  });
});
