// Reading a chart by pointer and key.

import { describe, expect, test } from 'vitest';
import { ghostAt, nearestPoint, pointAfterKey } from './cursor';

describe('chart cursor', () => {
  const points = [{ x: 0 }, { x: 100 }, { x: 200 }];

  test('the pointer means the nearest point, also beyond the ends', () => {
    expect([-20, 49, 51, 999].map((x) => nearestPoint(points, x))).toEqual([0, 0, 1, 2]);
    expect(nearestPoint([], 10)).toBe(-1);
  });

  test.each([
    ['ArrowLeft', null, 2],
    ['ArrowRight', null, 2],
    ['ArrowLeft', 0, 0],
    ['ArrowRight', 2, 2],
    ['ArrowLeft', 2, 1],
    ['Home', 2, 0],
    ['End', 0, 2],
  ])('%s from %s leads to %i', (key, from, to) => {
    expect(pointAfterKey(key, from, 3)).toBe(to);
  });

  test('an empty chart and other keys are left alone', () => {
    expect(pointAfterKey('ArrowLeft', null, 0)).toBeNull();
    expect(pointAfterKey('x', 1, 3)).toBeNull();
  });

  test('below the figures a click writes on the day under it, above them on none', () => {
    const slots = [{ x: 50, from: '2026-01-01', date: '2026-01-31' }];
    const drawing = { step: 100, floor: 200 };
    expect(ghostAt(slots, drawing, { x: 50, y: 201 }, 2)).toEqual({ x: 100, y: 400, day: '2026-01-16' });
    expect(ghostAt(slots, drawing, { x: 50, y: 199 }, 2)).toBeNull();
    expect(ghostAt(slots, drawing, { x: 150, y: 201 }, 2)).toBeNull();
  });
});
