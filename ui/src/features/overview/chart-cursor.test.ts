// Reading the chart by ear.

import { describe, expect, test } from 'vitest';
import type { ChartPoint } from '../../api/generated';
import { speakPoint } from './chart-cursor';

describe('a point in words', () => {
  test('a point is spoken with everything the table beside it shows', () => {
    const point: ChartPoint = {
      x: 0,
      y: 0,
      from: '2026-11-01',
      date: '2026-11-30',
      label: 'November 2026',
      value: { minor: 1000, currency: 'USD', text: '$10.00' },
      change: { minor: -500, currency: 'USD', text: '−$5.00' },
      active_subscribers: 3,
      basis: 'invoiced',
      unfinished: true,
      moved: [
        { name: 'opening', text: '$15.00', whole: 1500 },
        { name: 'new', text: '$0.00', whole: 0 },
        { name: 'churn', text: '−$5.00', whole: -500 },
        { name: 'closing', text: '$10.00', whole: 1000 },
      ],
      earlier: null,
    };
    expect(speakPoint(point)).toBe(
      'November 2026, not finished: $10.00, change −$5.00, churn −$5.00, 3 active subscribers, from invoices.',
    );
    expect(speakPoint({ ...point, change: null, moved: [], unfinished: false })).toBe(
      'November 2026: $10.00, 3 active subscribers, from invoices.',
    );
  });

  test('an earlier time is spoken with its difference, or with why there is none; words are spoken last', () => {
    const point: ChartPoint = {
      x: 0,
      y: 0,
      from: '2026-10-01',
      date: '2026-10-31',
      label: 'October 2026',
      value: { minor: 1000, currency: 'USD', text: '$10.00' },
      change: null,
      active_subscribers: 3,
      basis: 'observed',
      unfinished: false,
      moved: [],
      earlier: {
        date: '2025-10-31',
        label: 'October 2025',
        y: 10,
        value: { minor: 800, currency: 'USD', text: '$8.00' },
        difference: { minor: 200, currency: 'USD', text: '+$2.00' },
        percent: '+25.0 %',
        direction: 'up',
        why: null,
      },
    };
    const note = {
      number: 1,
      x: 0,
      date: '2026-10-31',
      items: [{ id: 1, day: '2026-10-05', text: 'Raised prices', written_at: '' }],
    };
    expect(speakPoint(point, 'partial', note)).toBe(
      'October 2026: $10.00, compared with October 2025: $8.00, difference +$2.00, +25.0 %, 3 active subscribers, observed, partial, words: Raised prices.',
    );
    const unknown = { value: null, difference: null, percent: null, y: null, direction: 'flat' };
    const why = 'There is no history before 3 May 2026.';
    const earlier = point.earlier && { ...point.earlier, ...unknown, why };
    expect(speakPoint({ ...point, earlier })).toContain(
      'compared with October 2025: undefined. There is no history before 3 May 2026.',
    );
  });
});
