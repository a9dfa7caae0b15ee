// Brings a cached query into a component: `const overview = query('overview', () => ({ mode }))`. The request is a
// function so that it follows the state it reads; while a new request is answered, the old answer can stay on screen.

import { getContext, setContext, untrack } from 'svelte';
import type { RequestOf, ResponseOf } from '../host';
import type { QueryCache, ReadName, Snapshot } from './cache';

export const CACHE_KEY = Symbol('queries');

export function provideCache(cache: QueryCache): void {
  setContext(CACHE_KEY, cache);
}

export function useCache(): QueryCache {
  return getContext<QueryCache>(CACHE_KEY);
}

export interface Query<T> {
  /** The newest answer, possibly to the request before this one when `keep` is set. */
  readonly data: T | null;
  readonly error: Snapshot<T>['error'];
  readonly loading: boolean;
  refresh(): void;
  /** Takes what a change of it was answered with. */
  put(data: T): void;
}

/** Observes a query as long as the component lives. A request of `null` asks nothing. */
export function query<N extends ReadName>(
  name: N,
  request: () => RequestOf<N> | null,
  options: { keep?: boolean } = {},
): Query<ResponseOf<N>> {
  const cache = useCache();
  const first = request();
  let snapshot = $state.raw<Snapshot<ResponseOf<N>>>(
    first === null ? { data: null, error: null, loading: false } : cache.peek(name, first),
  );

  $effect(() => {
    const wanted = request();
    if (wanted === null) return;
    const read = () => {
      const next = cache.peek(name, wanted);
      snapshot = options.keep && next.data === null ? { ...next, data: snapshot.data } : next;
    };
    // Only the request is a dependency; what was read before must not start this again.
    return untrack(() => {
      const stop = cache.observe(name, wanted, read);
      read();
      return stop;
    });
  });

  return {
    get data() {
      return snapshot.data;
    },
    get error() {
      return snapshot.error;
    },
    get loading() {
      return snapshot.loading;
    },
    refresh() {
      const wanted = request();
      if (wanted !== null) cache.refresh(name, wanted);
    },
    put(data) {
      const wanted = request();
      if (wanted !== null) cache.put(name, wanted, data);
    },
  };
}
