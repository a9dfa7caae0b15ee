// Reading the chart by pointer, key and ear.

import { describe, expect, test } from 'vitest';
import type { ChartPoint } from '../../api/generated';
import { nearestPoint, pointAfterKey, speakPoint } from './chart-cursor';

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

  test('a point is spoken with everything the table beside it shows', () => {
    const point: ChartPoint = {
      x: 0,
      y: 0,
      date: '2026-11-21',
      label: 'November 2026',
      value: { minor: 1000, currency: 'USD', text: '$10.00' },
      change: { minor: -500, currency: 'USD', text: '−$5.00' },
      active_subscribers: 3,
      basis: 'invoiced',
      unfinished: true,
    };
    expect(speakPoint(point)).toBe(
      'November 2026, not finished: $10.00, change −$5.00, 3 active subscribers, from invoices.',
    );
    expect(speakPoint({ ...point, change: null, unfinished: false })).toBe(
      'November 2026: $10.00, 3 active subscribers, from invoices.',
    );
  });
});
