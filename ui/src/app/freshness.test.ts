// The sentence in the top bar: it must never call old figures fresh.

import { describe, expect, test } from 'vitest';
import type { AccountProgress, SyncStatus } from '../api/generated';
import { ago, signedCount, signedPercent, withDays } from '../parts/format';
import { freshness } from './freshness';

const NOW = Date.parse('2026-11-21T14:10:00Z');
const AT = '2026-11-21T14:08:00Z';

const account: AccountProgress = {
  account: 'acct_1',
  name: 'Shop',
  resources: [
    { resource: 'customers', fetched: 300, done: true },
    { resource: 'invoices', fetched: 45, done: false },
  ],
  requests: 4,
  seconds: 2,
  running: false,
  complete: true,
  warnings: [],
  error: null,
};
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

describe('sentences of the engine', () => {
  test('days in them are written as people write them', () => {
    expect(withDays('Renews on 2026-12-08', 'en-GB')).toBe('Renews on 8 Dec 2026');
    expect(withDays('Invoice 2026-1208, paid', 'en-GB')).toBe('Invoice 2026-1208, paid');
  });
});
