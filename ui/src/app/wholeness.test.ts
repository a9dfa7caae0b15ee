// Why figures are partial: never silent about a copy that is not complete, and each reason with what to do.

import { describe, expect, test } from 'vitest';
import { accountOf, permission, runOf } from '../../test/things';
import { partialMark, reasons } from './wholeness';

const short = (changes = {}) => accountOf({ complete: false, ...changes });
const mismatch = { rule: 'lines', resource: 'invoices', id: 'in_1', expected: '100', found: '90' };

describe('the mark on numbers', () => {
  test('there is none when every copy is complete', () => {
    expect(partialMark([accountOf(), accountOf({ id: 'acct_2' })])).toBeNull();
    expect(partialMark([])).toBeNull();
  });

  test('one copy that is not complete marks the sum, and is named among several', () => {
    const mark = partialMark([accountOf(), short({ id: 'acct_2', name: 'Other' })]);
    expect(mark?.word).toBe('partial');
    expect(mark?.because).toMatch(/^Other: Not every list was read to its end\./);
  });

  test('it says what the key may not read and what does not add up', () => {
    const account = short({
      permissions: [
        permission('invoices', 'Invoices: Read', false),
        permission('invoice_payments', 'Invoices: Read', false),
      ],
      proof: { proved_at: null, mismatches: [mismatch], mismatch_count: 1, gone: 0 },
    });
    expect(partialMark([account])?.because).toBe(
      'The key may not read invoices and invoice payments. One thing does not add up. The figure may still change.',
    );
  });

  test('before the first sync ended it says that', () => {
    expect(partialMark([short({ synced_at: null })])?.because).toContain('first sync');
  });
});

describe('reasons', () => {
  test('a complete copy has none', () => {
    expect(reasons(accountOf(), runOf())).toEqual([]);
  });

  test('a copy that is not complete always has one, whatever is known', () => {
    expect(reasons(short(), null)).toHaveLength(1);
    expect(reasons(short(), runOf())[0]?.todo).not.toBe('');
    expect(reasons(short({ synced_at: null }), null)[0]?.what).toContain('first sync');
  });

  test('a missing box is named once, although the sync warns of it too', () => {
    const account = short({ permissions: [permission('disputes', 'Disputes: Read', false)] });
    const run = runOf({
      warnings: [
        'The key may not read disputes; tick “Disputes: Read” for it at the provider.',
        'This version cannot read in_9.',
      ],
    });
    const found = reasons(account, run);
    expect(found.map((reason) => reason.what)).toEqual([
      'The key may not read disputes.',
      'This version cannot read in_9.',
    ]);
    expect(found[0]?.todo).toContain('Tick “Disputes: Read” on the key at Stripe');
  });

  test('what a sync that stopped left open is named', () => {
    const run = runOf({
      error: { code: 'offline', message: 'Stripe cannot be reached.', hint: 'Sync when online.' },
      resources: [
        { resource: 'customers', fetched: 300, left: null, done: true },
        { resource: 'invoiceitems', fetched: 20, left: 80, done: false },
        { resource: 'charges', fetched: 0, left: null, done: false },
      ],
    });
    expect(reasons(short(), run)).toEqual([
      { what: 'Stripe cannot be reached.', todo: 'Sync when online.' },
      {
        what: '2 lists were not read to the end: invoice items and payments.',
        todo: 'Sync again; it goes on where it stopped.',
      },
    ]);
  });

  test('a running sync is said instead of what it has not read yet', () => {
    const run = runOf({
      running: true,
      phase: 'walking',
      resources: [{ resource: 'charges', fetched: 0, left: null, done: false }],
    });
    expect(reasons(short(), run).map((reason) => reason.what)).toEqual([
      'A sync is running and brings what is missing.',
    ]);
  });
});
