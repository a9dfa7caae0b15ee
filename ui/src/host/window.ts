// The host inside the desktop shell. The only file that imports Tauri.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWindow } from '@tauri-apps/api/window';
import { openUrl } from '@tauri-apps/plugin-opener';
import type { Changed, ModeView } from '../api/generated';
import { type Host, isSafeExternal, toHostError } from './host';

export function windowHost(): Host {
  return {
    kind: 'window',
    async call(name, request) {
      try {
        return await invoke(name, { request });
      } catch (reason) {
        throw toHostError(reason);
      }
    },
    onChanged(callback) {
      const listening = listen<Changed>('changed', (event) => callback(event.payload));
      return () => {
        void listening.then((stop) => stop());
      };
    },
    onLink(callback) {
      // The engine lives in the same process: when it is gone, so is this window.
      callback('up');
      return () => {};
    },
    onWish(callback) {
      const listening = [
        listen<string>('act', (event) => callback({ act: event.payload })),
        listen<{ place: string; mode: ModeView | null }>('go', (event) => callback(event.payload)),
      ];
      return () => {
        for (const one of listening) void one.then((stop) => stop());
      };
    },
    async openExternal(url) {
      if (isSafeExternal(url)) await openUrl(url);
    },
    setTitle(title) {
      document.title = title;
      // Without the permission the title bar keeps its old words, which is no reason to fail.
      getCurrentWindow()
        .setTitle(title)
        .catch(() => {});
    },
  };
}
