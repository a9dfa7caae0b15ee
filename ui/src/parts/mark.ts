// The mark on numbers that are not the whole truth. Whoever knows why provides it once; every part that writes a number
// takes it from here, so that none can be forgotten.

import { getContext, setContext } from 'svelte';

export interface NumberMark {
  /** The word beside the number. */
  word: string;
  /** Why, in a sentence. */
  because: string;
}

/** The mark on numbers of an account, or of all that are in view; `null` when they are the whole truth. */
export type MarkOf = (account: string | null) => NumberMark | null;

export const MARK_KEY = Symbol('mark');

export function provideMark(markOf: MarkOf): void {
  setContext(MARK_KEY, markOf);
}

export function useMark(): MarkOf {
  return getContext<MarkOf | undefined>(MARK_KEY) ?? (() => null);
}
