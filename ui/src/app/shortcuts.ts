// Which keys do what, and nothing about the screen: single keys and `g` followed by a letter, as a pure state machine so
// that the rules (never while typing, never with a modifier, a second to finish) are tested without a window.

import type { Route } from './route.svelte';
import { VIEWS } from './views';

/** A view to go to, or something that works everywhere. */
export type ShortcutAction = Route['view'] | 'mode' | 'search' | 'help' | 'sync';

export interface Shortcut {
  keys: string;
  action: ShortcutAction;
  label: string;
}

/** In the order the shortcut sheet shows them. */
export const SHORTCUTS: readonly Shortcut[] = [
  ...VIEWS.map(({ keys, route, label }) => ({
    keys,
    action: route.view,
    label,
  })),
  { keys: 'm', action: 'mode', label: 'Switch between live and test' },
  { keys: '/', action: 'search', label: 'Search' },
  { keys: 'y', action: 'sync', label: 'Sync now' },
  { keys: '?', action: 'help', label: 'This sheet' },
];

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  /** Whether the key goes into a field. */
  typing: boolean;
  /** Milliseconds on any steady clock. */
  at: number;
}

const SEQUENCE_MS_MAX = 1000;

/** Whether keys pressed on this element are text. */
export function isTypingTarget(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  );
}

export class ShortcutReader {
  #leader: { key: string; at: number } | null = null;

  /** Takes a key press; returns the action it completes. */
  press(press: KeyPress): ShortcutAction | null {
    const leader = this.#leader;
    this.#leader = null;
    if ((press.ctrlKey || press.metaKey) && !press.altKey && press.key.toLowerCase() === 'k') return 'search';
    if (press.typing || press.ctrlKey || press.metaKey || press.altKey) return null;
    const prefix = leader !== null && press.at - leader.at <= SEQUENCE_MS_MAX ? `${leader.key} ` : '';
    const found = SHORTCUTS.find((shortcut) => shortcut.keys === prefix + press.key);
    if (found !== undefined) return found.action;
    if (SHORTCUTS.some((shortcut) => shortcut.keys.startsWith(`${press.key} `))) {
      this.#leader = { key: press.key, at: press.at };
    }
    return null;
  }
}
