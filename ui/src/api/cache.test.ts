// The cache decides what is on screen: these tests hold it to never showing less than it knew and never more than is true.

import { describe, expect, test, vi } from 'vitest';
import { fakeHost } from '../../test/fake-host';
import { QueryCache, restsOn } from './cache';
import type { OverviewRequest } from './generated';

const LIVE: OverviewRequest = { mode: 'live', currency: null };

function opened() {
  const host = fakeHost();
  const cache = new QueryCache(host, { pauseMs: 0 });
  return { host, cache };
}

describe('query cache', () => {
  test('two observers of one query share one request', () => {
    const { host, cache } = opened();
    cache.observe('overview', LIVE, () => {});
    cache.observe('overview', { ...LIVE }, () => {});
    expect(host.calls).toHaveLength(1);
  });

  test('data stays while a refresh is under way and when the refresh fails', async () => {
    const { host, cache } = opened();
    cache.observe('overview', LIVE, () => {});
    await host.last().answer({ customers: 1 });
    cache.refresh('overview', LIVE);
    expect(cache.peek('overview', LIVE)).toMatchObject({ data: { customers: 1 }, loading: true });
    await host.last().refuse({ code: 'busy', message: 'Busy.', hint: null });
    expect(cache.peek('overview', LIVE)).toMatchObject({
      data: { customers: 1 },
      loading: false,
      error: { code: 'busy' },
    });
  });

  test('what a change was answered with is known at once, and an answer from before it comes too late', async () => {
    const { host, cache } = opened();
    cache.observe('overview', LIVE, () => {});
    const asked = host.last();
    cache.put('overview', LIVE, { customers: 2 } as never);
    expect(cache.peek('overview', LIVE)).toMatchObject({ data: { customers: 2 } });
    await asked.answer({ customers: 1 });
    expect(cache.peek('overview', LIVE), 'it is asked once more').toMatchObject({
      data: { customers: 2 },
      loading: true,
    });
    await host.last().answer({ customers: 2 });
    expect(cache.peek('overview', LIVE)).toMatchObject({ data: { customers: 2 }, loading: false });
  });

  test('only queries that rest on the changed kinds, in that mode, are asked again', async () => {
    const { host, cache } = opened();
    cache.observe('overview', LIVE, () => {});
    await host.last().answer({});
    cache.observe('sync_status', { mode: 'live' }, () => {});
    await host.last().answer({});
    cache.observe('overview', { mode: 'test', currency: null }, () => {});
    await host.last().answer({});
    host.calls.length = 0;
    cache.changed({ mode: 'live', revision: 2, kinds: ['metrics'] });
    expect(host.calls.map((call) => [call.name, call.request])).toEqual([['overview', LIVE]]);
  });

  test('a kind nobody knows refreshes everything', () => {
    expect(restsOn('mrr_chart', ['something_new'])).toBe(true);
    expect(restsOn('mrr_chart', ['sync'])).toBe(false);
  });

  test('what happens in the outbox refreshes the outbox and no figure', () => {
    expect(restsOn('outbox_list', ['operations'])).toBe(true);
    expect(restsOn('action_log', ['action_log'])).toBe(true);
    expect(restsOn('overview', ['operations', 'action_log'])).toBe(false);
    expect(restsOn('outbox_list', ['metrics'])).toBe(false);
  });

  test('a change during a request asks once more afterwards', async () => {
    const { host, cache } = opened();
    cache.observe('overview', LIVE, () => {});
    cache.changed({ mode: 'live', revision: 2, kinds: ['metrics'] });
    cache.changed({ mode: 'live', revision: 3, kinds: ['metrics'] });
    expect(host.calls).toHaveLength(1);
    await host.last().answer({ customers: 1 });
    expect(host.calls, 'the first answer may be older than the change').toHaveLength(2);
    await host.last().answer({ customers: 2 });
    expect(host.calls).toHaveLength(2);
    expect(cache.peek('overview', LIVE).data).toEqual({ customers: 2 });
  });

  test('an unobserved query waits with asking until somebody looks', async () => {
    const { host, cache } = opened();
    const stop = cache.observe('overview', LIVE, () => {});
    await host.last().answer({ customers: 1 });
    stop();
    cache.changed({ mode: 'live', revision: 2, kinds: ['metrics'] });
    expect(host.calls).toHaveLength(1);
    const listener = vi.fn();
    cache.observe('overview', LIVE, listener);
    expect(host.calls).toHaveLength(2);
    expect(cache.peek('overview', LIVE).data, 'the old figure bridges the wait').toEqual({ customers: 1 });
  });

  test('a fresh answer is not asked for again', async () => {
    const { host, cache } = opened();
    const stop = cache.observe('overview', LIVE, () => {});
    await host.last().answer({});
    stop();
    cache.observe('overview', LIVE, () => {});
    expect(host.calls).toHaveLength(1);
  });

  test('after another home was opened, an answer about the old one is not shown', async () => {
    const { host, cache } = opened();
    cache.observe('overview', LIVE, () => {});
    const old = host.last();
    cache.clear();
    await old.answer({ customers: 1 });
    expect(cache.peek('overview', LIVE).data).toBeNull();
    expect(host.calls).toHaveLength(2);
    await host.last().answer({ customers: 7 });
    expect(cache.peek('overview', LIVE).data).toEqual({ customers: 7 });
  });

  test('refreshes of one query keep their distance', async () => {
    vi.useFakeTimers();
    const host = fakeHost();
    const cache = new QueryCache(host, { pauseMs: 250 });
    cache.observe('overview', LIVE, () => {});
    await vi.advanceTimersByTimeAsync(0);
    void host.last().answer({});
    await vi.advanceTimersByTimeAsync(10);
    cache.changed({ mode: 'live', revision: 2, kinds: ['metrics'] });
    await vi.advanceTimersByTimeAsync(100);
    expect(host.calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(host.calls).toHaveLength(2);
    vi.useRealTimers();
  });

  test('only so many answers are kept, and observed ones are never among those dropped', async () => {
    const host = fakeHost();
    const cache = new QueryCache(host, { pauseMs: 0, keptMax: 2 });
    const requests = ['a', 'b', 'c', 'd'].map((id) => ({ mode: 'live' as const, id }));
    for (const [index, request] of requests.entries()) {
      const stop = cache.observe('customer', request, () => {});
      await host.last().answer({ index });
      if (index > 0) stop();
    }
    cache.observe('overview', LIVE, () => {});
    const known = requests.map((request) => cache.peek('customer', request).data !== null);
    expect(known[0], 'somebody looks at the first').toBe(true);
    expect(known[1]).toBe(false);
  });
});
