// A place written to the address and read back is the same place.

import { describe, expect, test } from 'vitest';
import type { AccountView, AppState } from '../api/generated';
import { CUSTOMERS, parseRoute, type Route, routeHash } from './route.svelte';
import { startingMode } from './session.svelte';

describe('routes', () => {
  const places: Route[] = [
    { view: 'overview' },
    { view: 'settings' },
    { view: 'customer', id: 'cus_a/b?c#d' },
    { view: 'customer', id: 'cus_1', at: 'ch_1&2' },
    { view: 'movements', params: {} },
    { view: 'payments', params: { filter: 'status:failed "a & b"', sort: '-amount' } },
    CUSTOMERS,
    { view: 'customers', params: { filter: 'a & b', sort: 'name' } },
  ];
  test.each(places)('survives the address: %o', (place) => {
    expect(parseRoute(routeHash(place))).toEqual(place);
  });

  test('an unknown place is the overview', () => {
    expect(parseRoute('#/no-such-view')).toEqual({ view: 'overview' });
    expect(parseRoute('')).toEqual({ view: 'overview' });
  });
});

describe('the mode to start in', () => {
  const state = (...modes: AccountView['mode'][]) =>
    ({ accounts: modes.map((mode) => ({ mode }) as AccountView) }) as AppState;

  test('is live when both have accounts and nothing was looked at before', () => {
    expect(startingMode(state('live', 'test'), null)).toBe('live');
  });

  test('is the one looked at last, but only while it has accounts', () => {
    expect(startingMode(state('live', 'test'), 'test')).toBe('test');
    expect(startingMode(state('live'), 'test')).toBe('live');
  });

  test('is test when only test has accounts', () => {
    expect(startingMode(state('test'), null)).toBe('test');
  });
});
