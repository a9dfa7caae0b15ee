// The sentence in the top bar: it must never call old figures fresh.

import { describe, expect, test } from 'vitest';
import { runOf } from '../../test/things';
import type { SyncStatus } from '../api/generated';
import { ago, amountsIn, roughly, signedCount, signedPercent, timeLeft, withDays } from '../parts/format';
import { freshness } from './freshness';

const NOW = Date.parse('2026-11-21T14:10:00Z');
const AT = '2026-11-21T14:08:00Z';

const account = runOf({
  resources: [
    { resource: 'customers', fetched: 300, left: null, done: true },
    { resource: 'invoices', fetched: 45, left: 200, done: false },
  ],
});
const status: SyncStatus = {
  mode: 'live',
  running: false,
  accounts: [account],
  as_of: AT,
  revision: 1,
  offline: false,
};

describe('freshness', () => {
  test('a finished sync says how long ago', () => {
    expect(freshness(status, true, NOW)).toMatchObject({ tone: 'fresh', text: 'Synced 2 min ago' });
  });

  test('a running sync counts what it brought', () => {
    expect(freshness({ ...status, running: true }, true, NOW)).toMatchObject({
      tone: 'working',
      text: 'Syncing · 345',
    });
  });

  test('an unreachable provider is offline and says from when the data is', () => {
    const { tone, text } = freshness({ ...status, offline: true }, true, NOW);
    expect(tone).toBe('offline');
    expect(text).toMatch(/^Offline · data from /);
  });

  test('a lost engine outranks whatever was known', () => {
    expect(freshness({ ...status, running: true }, false, NOW).text).toMatch(/^Connection lost · data from /);
    expect(freshness(null, false, NOW).text).toBe('Connection lost');
  });

  test('a sync that stopped short is not called fresh', () => {
    const error = { code: 'key_revoked', message: 'Stripe no longer accepts the key.', hint: null };
    const stopped = freshness({ ...status, accounts: [{ ...account, error }] }, true, NOW);
    expect(stopped.tone).toBe('problem');
    expect(stopped.title).toContain('Stripe no longer accepts the key.');
  });

  test('only trouble is said aloud without being asked, never a count or a clock', () => {
    expect(freshness(status, true, NOW).spoken).toBe('');
    expect(freshness({ ...status, running: true }, true, NOW).spoken).toBe('');
    expect(freshness({ ...status, offline: true }, true, NOW).spoken).toBe('Offline');
    expect(freshness(status, false, NOW).spoken).toBe('Connection lost');
  });

  test('before the first sync it says so', () => {
    expect(freshness({ ...status, as_of: null }, true, NOW)).toMatchObject({
      tone: 'unknown',
      text: 'Not synced yet',
    });
  });
});

describe('time and figures in words', () => {
  test.each([
    ['2026-11-21T14:09:30Z', 'just now'],
    ['2026-11-21T14:10:20Z', 'just now'],
    ['2026-11-21T13:11:00Z', '59 min ago'],
    ['2026-11-21T09:10:00Z', '5 h ago'],
    ['2026-11-20T14:00:00Z', '1 day ago'],
    ['2026-11-10T14:00:00Z', '11 days ago'],
  ])('%s is %s', (at, text) => {
    expect(ago(at, NOW, 'en')).toBe(text);
  });

  test('a day long past or far ahead is named, not counted', () => {
    expect(ago('2025-03-02T00:00:00Z', NOW, 'en')).toMatch(/^on Mar [12], 2025$/);
    expect(ago('2026-12-24T12:00:00Z', NOW, 'en')).toMatch(/^on Dec 24/);
  });

  test('counts carry a true minus and no sign at zero', () => {
    expect([14, 0, -3].map((value) => signedCount(value, 'en'))).toEqual(['+14', '0', '−3']);
  });

  test('a percentage takes its sign from the direction, once', () => {
    expect(signedPercent('2.6', 'up')).toBe('+2.6\u202f%');
    expect(signedPercent('-1.7', 'down')).toBe('−1.7\u202f%');
    expect(signedPercent('0.0', 'flat')).toBe('0.0\u202f%');
  });
});

describe('estimates', () => {
  test.each([
    [3, 'a few seconds left'],
    [41, 'about 40 s left'],
    [58, 'about 1 min left'],
    [190, 'about 3 min left'],
    [8000, 'about 2 h left'],
  ])('%i seconds are %s', (seconds, text) => {
    expect(timeLeft(seconds)).toBe(text);
  });

  test('are rounded to what they can know', () => {
    expect([7, 42, 318, 17_542, 1_204_511].map(roughly)).toEqual([7, 42, 320, 18_000, 1_200_000]);
  });
});

describe('sentences of the engine', () => {
  test.each([
    ['MRR grew from $1,990.00 to $2,499.00: seats 20', ['$1,990.00', '$2,499.00']],
    ['Refunded −€20.00 of ISK 18,637.50', ['−€20.00', 'ISK 18,637.50']],
    ['¥1,200 per month', ['¥1,200']],
    ['Invoice 2026-1208, paid with Visa ending 4242', []],
  ])('%s has the amounts %j', (sentence, amounts) => {
    const pieces = amountsIn(sentence);
    expect(pieces.filter((piece) => piece.amount).map((piece) => piece.text)).toEqual(amounts);
    expect(pieces.map((piece) => piece.text).join('')).toBe(sentence);
  });

  test('days in them are written as people write them', () => {
    expect(withDays('Renews on 2026-12-08', 'en-GB')).toBe('Renews on 8 Dec 2026');
    expect(withDays('Invoice 2026-1208, paid', 'en-GB')).toBe('Invoice 2026-1208, paid');
  });
});
