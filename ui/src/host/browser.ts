// The host in a browser tab: the same commands over loopback HTTP, guarded by the token that `coffer serve` printed.
// The token leaves the address bar before anything is drawn, so that it ends in no history, bookmark or screenshot.

import type { Changed } from '../api/generated';
import { backoffMs, EventStreamReader } from './event-stream';
import {
  connectionLost,
  type Host,
  HostError,
  isApiError,
  isSafeExternal,
  type Link,
  toHostError,
} from './host';

const TOKEN_KEY = 'coffer.token';

const TOKEN = /^#token=([^&]+)(?:&(.*))?$/;

/** Whether an address carries a token. */
export function hasToken(location: Location): boolean {
  return TOKEN.test(location.hash);
}

/** Moves `#token=…` from the address into session storage and returns the token; empty when there is none. */
export function takeToken(location: Location, history: History, storage: Storage): string {
  const match = TOKEN.exec(location.hash);
  if (match?.[1] !== undefined) {
    storage.setItem(TOKEN_KEY, decodeURIComponent(match[1]));
    history.replaceState(null, '', `${location.pathname}${location.search}${match[2] ? `#${match[2]}` : ''}`);
  }
  return storage.getItem(TOKEN_KEY) ?? '';
}

/** Reads an answer that was not 200. */
export function errorOf(status: number, body: unknown): HostError {
  const inner =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['error'] : undefined;
  if (isApiError(inner)) return toHostError(inner);
  if (status === 401 || status === 403) {
    return new HostError({
      code: 'not_authorised',
      message: 'This tab may not talk to Coffer.',
      hint: 'Open the address that `coffer serve` printed, with its token at the end.',
    });
  }
  return toHostError(undefined);
}

/** Tells listeners how the engine can be reached. Only the event stream decides: it breaks the moment the server goes. */
class Reach {
  #link: Link = 'up';
  #listeners = new Set<(link: Link) => void>();

  set(link: Link): void {
    if (this.#link === link) return;
    this.#link = link;
    for (const listener of this.#listeners) listener(link);
  }

  listen(listener: (link: Link) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#link);
    return () => this.#listeners.delete(listener);
  }
}

export function browserHost(token: string): Host {
  const reach = new Reach();
  const authorization = { Authorization: `Bearer ${token}` };

  async function follow(callback: (changed: Changed) => void, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      let link: Link = 'lost';
      try {
        const response = await fetch('api/events', { headers: authorization, signal });
        if (response.status === 401) link = 'refused';
        if (!response.ok || response.body === null) throw connectionLost();
        reach.set('up');
        attempt = 0;
        const events = new EventStreamReader();
        const body = response.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let part = await body.read(); !part.done; part = await body.read()) {
          for (const data of events.push(part.value)) callback(JSON.parse(data) as Changed);
        }
      } catch {
        if (signal.aborted) return;
      }
      reach.set(link);
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)));
    }
  }

  return {
    kind: 'browser',
    async call(name, request) {
      let response: Response;
      try {
        response = await fetch(`api/${name}`, {
          method: 'POST',
          headers: { ...authorization, 'Content-Type': 'application/json' },
          body: JSON.stringify(request),
        });
      } catch {
        throw connectionLost();
      }
      const body: unknown = await response.json().catch(() => undefined);
      if (!response.ok) throw errorOf(response.status, body);
      if (body === undefined) throw toHostError(undefined);
      // The engine and this window are generated from one list; its answers have the shape the list says.
      return body as never;
    },
    onChanged(callback) {
      const abort = new AbortController();
      void follow(callback, abort.signal);
      return () => abort.abort();
    },
    onLink: (callback) => reach.listen(callback),
    onWish: () => () => {},
    async openExternal(url) {
      if (isSafeExternal(url)) window.open(url, '_blank', 'noopener,noreferrer');
    },
    setTitle(title) {
      document.title = title;
    },
  };
}
