// The window over the rows: every row can be reached, none is skipped, whatever the browser's height limit.

import { describe, expect, test } from 'vitest';
import * as virtual from './virtual-scroll';

const small = { total: 100_000, rowHeight: 28, viewport: 560 };
const huge = { total: 2_000_000, rowHeight: 28, viewport: 560 };

describe('virtual window', () => {
  test('draws the rows in view and a few to spare', () => {
    expect(virtual.rowsAt(small, 2800, 4)).toEqual({ first: 96, end: 124 });
  });

  test('stays inside the table at both ends', () => {
    expect(virtual.rowsAt(small, 0, 4)).toEqual({ first: 0, end: 24 });
    expect(virtual.rowsAt(small, virtual.offsetMax(small), 4).end).toBe(100_000);
  });

  test('an empty table draws nothing', () => {
    const empty = { ...small, total: 0 };
    expect(virtual.rowsAt(empty, 0)).toEqual({ first: 0, end: 0 });
    expect(virtual.spacerHeight(empty)).toBe(0);
    expect(virtual.rowAfterKey('ArrowDown', -1, empty)).toBeNull();
  });

  test('a hundred thousand rows are not scaled', () => {
    expect(virtual.spacerHeight(small)).toBe(2_800_000);
    expect(virtual.offsetOf(small, 1234)).toBe(1234);
  });

  test('more rows than the browser can be tall are scaled, and both ends are reached', () => {
    expect(virtual.spacerHeight(huge)).toBe(virtual.HEIGHT_MAX);
    expect(virtual.offsetOf(huge, 0)).toBe(0);
    expect(virtual.offsetOf(huge, virtual.HEIGHT_MAX - huge.viewport)).toBe(virtual.offsetMax(huge));
  });

  test('offset and scroll position are each other’s inverse in a scaled table', () => {
    const offset = 31_415_926;
    expect(virtual.offsetOf(huge, virtual.scrollTopOf(huge, offset))).toBeCloseTo(offset, 3);
  });

  test('a notch of the wheel moves a scaled table by as many pixels, not by the scale', () => {
    const from = 4_000_000;
    const offset = virtual.offsetOf(huge, from);
    expect(virtual.follow(huge, offset, from, from + 120)).toBeCloseTo(offset + 120, 6);
  });

  test('dragging the bar of a scaled table goes where the bar points', () => {
    expect(virtual.follow(huge, 0, 0, 5_000_000)).toBeCloseTo(virtual.offsetOf(huge, 5_000_000), 6);
  });

  test('a small move that arrives at the end of the bar arrives at the last row', () => {
    const end = virtual.HEIGHT_MAX - huge.viewport;
    expect(virtual.follow(huge, 1000, end - 50, end)).toBe(virtual.offsetMax(huge));
  });

  test('revealing a row moves as little as needed', () => {
    expect(virtual.reveal(small, 280, 12), 'in view already').toBe(280);
    expect(virtual.reveal(small, 280, 5), 'above').toBe(140);
    expect(virtual.reveal(small, 0, 20), 'one below the fold').toBe(28);
  });
});

describe('keys in a table', () => {
  test.each([
    ['ArrowDown', 5, 6],
    ['ArrowDown', -1, 0],
    ['ArrowUp', 5, 4],
    ['ArrowUp', 0, 0],
    ['PageDown', 5, 24],
    ['PageUp', 5, 0],
    ['Home', 500, 0],
    ['End', 5, 99_999],
  ])('%s from row %i leads to row %i', (key, from, to) => {
    expect(virtual.rowAfterKey(key, from, small)).toBe(to);
  });

  test('other keys are not the table’s', () => {
    expect(virtual.rowAfterKey('a', 5, small)).toBeNull();
  });
});
