// Which month and ledger is looked at.

import { describe, expect, test } from 'vitest';
import { answerOf, splitOf } from '../../../test/reconciled';
import { chosenOf, ledgerLabel, ledgerOf, monthsOf } from './splits';

const answer = answerOf({
  currencies: ['USD', 'EUR'],
  splits: [
    splitOf({ month: '2026-09' }),
    splitOf({ month: '2026-10', standing: 'explained' }),
    splitOf({ month: '2026-10', currency: 'EUR' }),
  ],
});

describe('the month and the ledger in view', () => {
  test('the main ledger stands first, and one that is not there is overlooked', () => {
    expect(ledgerOf(answer, undefined)).toBe('USD');
    expect(ledgerOf(answer, 'EUR')).toBe('EUR');
    expect(ledgerOf(answer, 'JPY')).toBe('USD');
    expect(ledgerOf(answerOf({ currencies: [], splits: [] }), undefined)).toBeNull();
  });

  test('the newest month stands first, and is the one in view until another is chosen', () => {
    const months = monthsOf(answer, 'USD');
    expect(months.map((split) => split.month)).toEqual(['2026-10', '2026-09']);
    expect(chosenOf(months, undefined)?.month).toBe('2026-10');
    expect(chosenOf(months, '2026-09')?.month).toBe('2026-09');
    expect(chosenOf(months, '2020-01')?.month).toBe('2026-10');
    expect(chosenOf([], undefined)).toBeNull();
  });

  test('a ledger says how much of it differs', () => {
    expect(ledgerLabel(answer, 'USD')).toBe('USD: 1 of 2 differ');
    expect(ledgerLabel(answer, 'EUR')).toBe('EUR: agrees');
  });
});
