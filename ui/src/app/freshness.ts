// What the top bar says about how fresh the figures are: one sentence out of the sync's state, the connection and the
// clock. Pure, because a wrong word here makes somebody trust an old number.

import type { SyncStatus } from '../api/generated';
import { ago, count, exactTime, shortTime } from '../parts/format';

export interface Freshness {
  tone: 'fresh' | 'working' | 'offline' | 'problem' | 'unknown';
  text: string;
  /** The exact words for hovering. */
  title: string;
  /** What is said aloud without being asked; a count or a clock that moves on is not. */
  spoken: string;
}

/** Objects brought in this run, over all accounts and resources. */
export function fetchedObjects(status: SyncStatus): number {
  return status.accounts
    .flatMap((account) => account.resources)
    .reduce((sum, resource) => sum + resource.fetched, 0);
}

export function freshness(status: SyncStatus | null, connected: boolean, nowMs: number): Freshness {
  const asOf = status?.as_of ?? null;
  const since = asOf === null ? '' : ` · data from ${shortTime(asOf, nowMs)}`;
  const exact = asOf === null ? 'Nothing was synced yet.' : `As of ${exactTime(asOf)}`;
  if (!connected) {
    return {
      tone: 'offline',
      text: `Connection lost${since}`,
      title: `The engine does not answer; trying again. ${exact}`,
      spoken: 'Connection lost',
    };
  }
  if (status === null) return { tone: 'unknown', text: '', title: '', spoken: '' };
  if (status.running) {
    const fetched = fetchedObjects(status);
    const text = fetched === 0 ? 'Syncing' : `Syncing · ${count(fetched)}`;
    return {
      tone: 'working',
      text,
      title: `${count(fetched)} objects brought in so far. ${exact}`,
      spoken: '',
    };
  }
  if (status.offline) {
    return {
      tone: 'offline',
      text: `Offline${since}`,
      title: `The provider could not be reached. ${exact}`,
      spoken: 'Offline',
    };
  }
  const stopped = status.accounts.find((account) => account.error !== null);
  if (stopped?.error)
    return {
      tone: 'problem',
      text: `Sync stopped${since}`,
      title: `${stopped.name}: ${stopped.error.message} ${exact}`,
      spoken: `Sync stopped. ${stopped.error.message}`,
    };
  if (asOf === null) return { tone: 'unknown', text: 'Not synced yet', title: exact, spoken: '' };
  return { tone: 'fresh', text: `Synced ${ago(asOf, nowMs)}`, title: exact, spoken: '' };
}
