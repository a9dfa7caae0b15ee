// The browser host: the token leaves the address, failures become errors with the engine's words, events survive cuts.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { browserHost, errorOf, hasToken, takeToken } from './browser';
import { backoffMs, EventStreamReader } from './event-stream';
import { HostError, isSafeExternal, toHostError } from './host';

function memory(): Storage {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
  } as Storage;
}

describe('the token', () => {
  test('moves from the address to session storage', () => {
    const storage = memory();
    const replaceState = vi.fn();
    const place = { hash: '#token=s3cret%2B', pathname: '/', search: '' } as Location;
    expect(takeToken(place, { replaceState } as unknown as History, storage)).toBe('s3cret+');
    expect(replaceState).toHaveBeenCalledWith(null, '', '/');
    expect(takeToken({ ...place, hash: '' }, { replaceState } as unknown as History, storage)).toBe(
      's3cret+',
    );
  });

  test('is seen in an address that carries one and in no other', () => {
    expect(hasToken({ hash: '#token=abc&/customers' } as Location)).toBe(true);
    expect(hasToken({ hash: '#/customers?search=token' } as Location)).toBe(false);
  });

  test('leaves the place behind it in the address', () => {
    const replaceState = vi.fn();
    const place = { hash: '#token=abc&/customers', pathname: '/', search: '' } as Location;
    takeToken(place, { replaceState } as unknown as History, memory());
    expect(replaceState).toHaveBeenCalledWith(null, '', '/#/customers');
  });
});

describe('errors', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('carry the engine’s own words', () => {
    const error = errorOf(422, { error: { code: 'key_refused', message: 'No.', hint: 'Try.' } });
    expect(error.view).toEqual({ code: 'key_refused', message: 'No.', hint: 'Try.' });
  });

  test('a missing hint is null, not undefined', () => {
    expect(toHostError({ code: 'x', message: 'Y.' }).view.hint).toBeNull();
  });

  test('a refused token says which address to open', () => {
    expect(errorOf(401, undefined).view).toMatchObject({ code: 'not_authorised' });
  });

  test('an answer that is no error of ours is called unreadable', () => {
    expect(errorOf(500, '<html>').view.code).toBe('unreadable_answer');
    expect(toHostError(new TypeError('boom')).view.code).toBe('unreadable_answer');
  });

  test('no answer at all is a lost connection', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')));
    const call = browserHost('t').call('state', {});
    await expect(call).rejects.toBeInstanceOf(HostError);
    await expect(call).rejects.toMatchObject({ view: { code: 'connection_lost' } });
  });

  test('a call carries the token in its header and the request as its body', async () => {
    const fetch = vi.fn(async () => new Response('{"items":[]}'));
    vi.stubGlobal('fetch', fetch);
    await expect(browserHost('t0k').call('account_list', {})).resolves.toEqual({ items: [] });
    expect(fetch).toHaveBeenCalledWith(
      'api/account_list',
      expect.objectContaining({
        method: 'POST',
        body: '{}',
        headers: expect.objectContaining({ Authorization: 'Bearer t0k' }),
      }),
    );
  });
});

describe('the reach of the engine', () => {
  afterEach(() => vi.unstubAllGlobals());

  test.each([
    [401, 'refused'],
    [500, 'lost'],
  ] as const)('an event stream answered with %i is %s', async (status, expected) => {
    vi.stubGlobal('fetch', async () => new Response('{}', { status }));
    const host = browserHost('of an earlier start');
    const seen: string[] = [];
    host.onLink((link) => seen.push(link));
    const stop = host.onChanged(() => {});
    await vi.waitFor(() => expect(seen).toEqual(['up', expected]));
    stop();
  });
});

describe('links', () => {
  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'http://example.com', 'nonsense'])(
    '%s stays inside',
    (url) => {
      expect(isSafeExternal(url)).toBe(false);
    },
  );

  test('https leaves', () => {
    expect(isSafeExternal('https://dashboard.stripe.com/customers/cus_1')).toBe(true);
  });
});

describe('the event stream', () => {
  test('an event cut anywhere arrives once and whole', () => {
    const text = ': hello\n\ndata: {"a":1}\n\ndata: {"b":2}\r\n\r\n';
    for (let cut = 0; cut <= text.length; cut += 1) {
      const reader = new EventStreamReader();
      const events = [...reader.push(text.slice(0, cut)), ...reader.push(text.slice(cut))];
      expect(events, `cut at ${cut}`).toEqual(['{"a":1}', '{"b":2}']);
    }
  });

  test('attempts to come back are spaced out, up to ten seconds', () => {
    expect([0, 1, 2, 3, 20].map(backoffMs)).toEqual([500, 1000, 2000, 4000, 10_000]);
  });
});
