// Picks the host: the shell announces itself by a global that no page of ours can set.

import { browserHost, takeToken } from './browser';
import type { Host } from './host';

export {
  CONNECTION_LOST,
  type CommandName,
  type Host,
  HostError,
  type RequestOf,
  type ResponseOf,
  toHostError,
} from './host';

export async function openHost(): Promise<Host> {
  if ('__TAURI_INTERNALS__' in window) {
    const { windowHost } = await import('./window');
    return windowHost();
  }
  return browserHost(takeToken(window.location, window.history, window.sessionStorage));
}
