// Picks the host: the shell announces itself by a global that no page of ours can set.

import { browserHost, hasToken, takeToken } from './browser';
import type { Host } from './host';

export {
  CONNECTION_LOST,
  type CommandName,
  type Host,
  HostError,
  type Link,
  type RequestOf,
  type ResponseOf,
  toHostError,
  type Wish,
} from './host';

export async function openHost(): Promise<Host> {
  if ('__TAURI_INTERNALS__' in window) {
    const { windowHost } = await import('./window');
    return windowHost();
  }
  // The address of a new start, pasted into an old tab, differs in its fragment alone and so loads nothing by itself.
  window.addEventListener('hashchange', () => {
    if (!hasToken(window.location)) return;
    takeToken(window.location, window.history, window.sessionStorage);
    window.location.reload();
  });
  return browserHost(takeToken(window.location, window.history, window.sessionStorage));
}
