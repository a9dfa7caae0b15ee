// What was typed and not kept: it outlives the field and the page, because a key pressed by accident must not cost a text. It
// stays in this window's memory and goes nowhere else.

import { SvelteMap } from 'svelte/reactivity';

const drafts = new SvelteMap<string, string>();

/** What was typed under this key, if anything is left of it. */
export function draftOf(key: string): string | undefined {
  return drafts.get(key);
}

/** Keeps what was typed; nothing, or what stands there anyway, is no draft. */
export function keepDraft(key: string, text: string, original = ''): void {
  if (text.trim() === '' || text === original) drafts.delete(key);
  else drafts.set(key, text);
}

export function dropDraft(key: string): void {
  drafts.delete(key);
}
