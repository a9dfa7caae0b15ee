// How far a sync is, in words and as a share. Pure. Estimates are written as estimates, and a bar never moves back.

import type { AccountProgress, ResourceProgress } from '../../api/generated';
import { count, roughly, timeLeft } from '../../parts/format';

const PHASES: Record<string, string> = {
  reprojecting: 'Making the tables anew for this version',
  walking: 'Reading every list',
  deriving: 'Working out the figures',
  changes: 'Reading what has changed',
  sweeping: 'Looking at what changes without notice',
  proving: 'Checking that everything adds up',
  ended: 'Finished',
};
/** Phases that follow the lists: what had to be brought is here. */
const AFTER = new Set(['deriving', 'changes', 'sweeping', 'proving', 'ended']);

/** What a sync is at, in plain words. */
export function phaseWords(phase: string): string {
  return PHASES[phase] ?? 'Syncing';
}

/** The account at work: they take turns, in this order. */
export function atWork(accounts: readonly AccountProgress[]): AccountProgress | null {
  return accounts.find((account) => account.running) ?? null;
}

/** Whether a run reads lists, as opposed to asking for what has changed. */
export function readsLists(run: AccountProgress): boolean {
  return run.phase === 'walking' || run.phase === 'reprojecting';
}

/** How many a list has brought, and of how many where that can be guessed. */
export function resourceCount({ fetched, left, done }: ResourceProgress): string {
  if (done) return count(fetched);
  if (left !== null && left > 0) {
    const all = `about ${count(roughly(fetched + left))}`;
    return fetched > 0 ? `${count(fetched)} of ${all}` : all;
  }
  return fetched > 0 ? count(fetched) : '';
}

export interface Share {
  /** From 0 to 1; `null` while nothing can be said. */
  value: number | null;
  /** "11,187 of about 18,000", or how many lists are here while that cannot be guessed. */
  text: string;
}

/** How much of a list is here, as far as that is known. */
function part({ fetched, left, done }: ResourceProgress): number {
  if (done) return 1;
  return left === null || fetched === 0 ? 0 : fetched / (fetched + left);
}

/** How much of a run is done. */
export function shareOf(run: AccountProgress): Share {
  const fetched = run.resources.reduce((sum, it) => sum + it.fetched, 0);
  if (run.resources.length > 0 && run.resources.every((it) => it.done)) {
    return { value: AFTER.has(run.phase) && fetched > 0 ? 1 : null, text: fetched > 0 ? count(fetched) : '' };
  }
  const open = run.resources.filter((it) => !it.done);
  if (run.phase !== 'walking' || fetched === 0) {
    return { value: null, text: fetched > 0 ? count(fetched) : '' };
  }
  if (open.some((it) => it.left === null)) {
    // A list that was not begun says nothing of its length: then every list counts alike.
    const { length } = run.resources;
    const value = run.resources.reduce((sum, it) => sum + part(it), 0) / length;
    return { value, text: `${count(fetched)}, ${length - open.length} of ${length} lists` };
  }
  const all = fetched + open.reduce((sum, it) => sum + (it.left ?? 0), 0);
  return { value: fetched / all, text: `${count(fetched)} of about ${count(roughly(all))}` };
}

/** How long it will still take, where that is known. */
export function runLeft(run: AccountProgress): string {
  return run.phase === 'walking' && run.seconds_left !== null ? timeLeft(run.seconds_left) : '';
}

/** Keeps a bar from moving back when an estimate grows. */
export class Steady {
  #account = '';
  #seconds = 0;
  #most: number | null = null;

  next(run: AccountProgress): number | null {
    // The clock of a run starts at nothing: less than before is another run.
    if (run.account !== this.#account || run.seconds < this.#seconds) this.#most = null;
    this.#account = run.account;
    this.#seconds = run.seconds;
    const { value } = shareOf(run);
    if (value !== null) this.#most = Math.max(value, this.#most ?? 0);
    return this.#most;
  }
}
