// The timeline: months in order, and chips that hide what was not asked for.

import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '../../api/generated';
import { byMonth, FILTERS, filtered } from './timeline';

const entry = (at: string, kind: string): TimelineEntry => ({
  at,
  kind,
  sentence: kind,
  amount: null,
  id: at + kind,
  acts: [],
  note: null,
});
const entries = [
  entry('2026-11-03T09:00:00Z', 'payment'),
  entry('2026-11-01T00:00:00Z', 'mrr'),
  entry('2026-10-31T23:59:59Z', 'payment_failed'),
  entry('2025-10-31T23:59:59Z', 'refund'),
];

describe('timeline', () => {
  test('groups by month without mixing years', () => {
    expect(byMonth(entries).map(({ month, entries }) => [month, entries.length])).toEqual([
      ['2026-11', 2],
      ['2026-10', 1],
      ['2025-10', 1],
    ]);
  });

  test('a line keeps its name while others come before it, also among lines that are alike', () => {
    const twice = [entry('2026-11-03T09:00:00Z', 'mrr'), entry('2026-11-03T09:00:00Z', 'mrr')];
    const names = byMonth(twice).flatMap(({ entries }) => entries.map(({ key }) => key));
    expect(new Set(names).size).toBe(2);
    const later = byMonth([entry('2026-11-04T09:00:00Z', 'note'), ...twice]);
    expect(later.flatMap(({ entries }) => entries.map(({ key }) => key)).slice(1)).toEqual(names);
  });

  test('no chip shows everything', () => {
    expect(filtered(entries, new Set())).toHaveLength(4);
  });

  test('the payments chip keeps failed ones too, and chips add up', () => {
    expect(filtered(entries, new Set(['payments'])).map(({ kind }) => kind)).toEqual([
      'payment',
      'payment_failed',
    ]);
    expect(filtered(entries, new Set(['payments', 'refunds']))).toHaveLength(3);
  });

  test('every kind the engine names has a chip', () => {
    const kinds = [
      'customer',
      'subscription',
      'mrr',
      'invoice',
      'payment',
      'payment_failed',
      'refund',
      'dispute',
      'note',
    ];
    const covered = new Set(FILTERS.flatMap((filter) => filter.kinds));
    expect(kinds.filter((kind) => !covered.has(kind))).toEqual([]);
  });
});
