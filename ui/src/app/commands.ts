// What can be done from anywhere, by name: the palette's other half, beside what is found in the data. A view adds what can
// be done in it while it is open.

import type { IconName } from '../parts/Icon.svelte';
import { SHORTCUTS, type ShortcutAction } from './shortcuts';
import { VIEWS } from './views';

export interface Command {
  id: string;
  /** What it does, as a verb and its object. */
  label: string;
  icon: IconName;
  /** The keys that do the same. */
  keys?: string;
  run: () => void;
}

const ICONS: Partial<Record<ShortcutAction, IconName>> = { mode: 'flat', sync: 'sync', help: 'info' };

/** Every view and every act that works everywhere; the search itself is where these are chosen from. */
export function everywhere(act: (action: ShortcutAction) => void): Command[] {
  return SHORTCUTS.filter((it) => it.action !== 'search').map(({ action, label, keys }) => {
    const view = VIEWS.find((it) => it.route.view === action);
    return {
      id: action,
      label: view === undefined ? (action === 'help' ? 'Keyboard shortcuts' : label) : `Go to ${label}`,
      icon: view?.icon ?? ICONS[action] ?? 'dot',
      keys,
      run: () => act(action),
    };
  });
}

const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** The commands of which every typed word begins a word; those whose first word is meant come first. */
export function matching(commands: readonly Command[], text: string): Command[] {
  const typed = wordsOf(text);
  if (typed.length === 0) return [...commands];
  const found = commands.filter((command) => {
    const words = wordsOf(command.label);
    return typed.every((word) => words.some((it) => it.startsWith(word)));
  });
  const first = (command: Command) => (wordsOf(command.label)[0]?.startsWith(typed[0] ?? '') ? 0 : 1);
  return found.sort((a, b) => first(a) - first(b));
}
