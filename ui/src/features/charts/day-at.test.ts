// Days under the pointer, at the edges of periods and of the chart.

import { describe, expect, test } from 'vitest';
import { dayAt, dayMeant } from './day-at';

const SLOTS = [
  { x: 50, from: '2026-01-01', date: '2026-01-31' },
  { x: 150, from: '2026-02-01', date: '2026-02-28' },
];

describe('the day at a place', () => {
  test.each([
    [0, '2026-01-01'],
    [50, '2026-01-16'],
    [99.9, '2026-01-31'],
    [100.1, '2026-02-01'],
    [150, '2026-02-15'],
    [200, '2026-02-28'],
    [-1, null],
    [201, null],
  ])('%d pixels from the left', (x, day) => {
    expect(dayAt(SLOTS, 100, x)).toBe(day);
  });

  test('a slot of one day is that day wherever it is touched', () => {
    const slots = [{ x: 10, from: '2026-03-29', date: '2026-03-29' }];
    for (const x of [1, 10, 19]) expect(dayAt(slots, 20, x)).toBe('2026-03-29');
  });

  test('a chart of nothing has no day', () => {
    expect(dayAt([], 0, 10)).toBeNull();
  });
});

test('words on a period stand on its last day, and on today while it runs', () => {
  const now = Date.parse('2026-02-11T23:30:00Z');
  expect(dayMeant(SLOTS[0] ?? null, now)).toBe('2026-01-31');
  expect(dayMeant(SLOTS[1] ?? null, now)).toBe('2026-02-11');
  expect(dayMeant(null, now)).toBe('2026-02-11');
});
