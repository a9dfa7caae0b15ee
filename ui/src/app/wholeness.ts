// Why a copy is not complete and what to do about it, from what an account and its last sync say. Pure, because these
// words decide whether somebody trusts a number.

import type { AccountProgress, AccountView, PermissionView } from '../api/generated';
import { count, plural, words } from '../parts/format';
import type { NumberMark } from '../parts/mark';
import { listed, missingBoxes, resourceName } from './resources';

export interface Reason {
  what: string;
  /** What helps; empty when waiting does. */
  todo: string;
}

/** What the key may not read, as one sentence; empty when nothing is missing. */
function unread(permissions: readonly PermissionView[]): string {
  const lists = missingBoxes(permissions).flatMap((box) => box.resources);
  if (lists.length === 0) return '';
  return `The key may not read ${listed(lists.map((name) => resourceName(name).toLowerCase()))}.`;
}

function unequal(account: AccountView): string {
  const { mismatch_count: found } = account.proof;
  if (found === 0) return '';
  return found === 1 ? 'One thing does not add up.' : `${count(found)} things do not add up.`;
}

/** What is known without the last sync: enough for a mark on a number. */
function inShort(account: AccountView): string {
  const known = [unread(account.permissions), unequal(account)].filter((sentence) => sentence !== '');
  if (known.length > 0) return known.join(' ');
  return account.synced_at === null
    ? 'The first sync has not come to its end.'
    : 'Not every list was read to its end.';
}

/** The mark on numbers that rest on these accounts; `null` when every one of them is complete. */
export function partialMark(accounts: readonly AccountView[]): NumberMark | null {
  const short = accounts.filter((account) => !account.complete);
  if (short.length === 0) return null;
  const because = short.map((account) =>
    accounts.length === 1 ? inShort(account) : `${account.name}: ${inShort(account)}`,
  );
  return { word: 'partial', because: `${because.join(' ')} The figure may still change.` };
}

/** Every reason why an account's copy is not complete, the ones to act on first. Never empty for one that is not. */
export function reasons(account: AccountView, run: AccountProgress | null): Reason[] {
  if (account.complete) return [];
  const provider = words(account.provider);
  const found: Reason[] = [];
  const missing = missingBoxes(account.permissions);
  for (const box of missing) {
    found.push({
      what: `The key may not read ${listed(box.resources.map((name) => resourceName(name).toLowerCase()))}.`,
      todo: `Tick “${box.label}” on the key at ${provider}, then check the key and sync.`,
    });
  }
  if (account.proof.mismatch_count > 0) {
    found.push({
      what: unequal(account),
      todo: 'Each was read a second time. Sync again in a while; if they stay, read everything again in Settings.',
    });
  }
  if (run?.error) found.push({ what: run.error.message, todo: run.error.hint ?? '' });
  const open = run?.resources.filter((resource) => !resource.done) ?? [];
  if (run?.running) {
    found.push({ what: 'A sync is running and brings what is missing.', todo: '' });
  } else if (run !== null && run.resources.length > 0 && open.length > 0) {
    const names = listed(open.map((resource) => resourceName(resource.resource).toLowerCase()));
    found.push({
      what: `${plural(open.length, 'list was', 'lists were')} not read to the end: ${names}.`,
      todo: 'Sync again; it goes on where it stopped.',
    });
  }
  for (const warning of run?.warnings ?? []) {
    // A refused list is named above already, with its box.
    if (!missing.some((box) => warning.includes(`“${box.label}”`))) found.push({ what: warning, todo: '' });
  }
  if (found.length === 0) {
    found.push(
      account.synced_at === null
        ? { what: 'The first sync has not come to its end.', todo: 'Sync; it goes on where it stopped.' }
        : { what: 'Not every list was read to its end.', todo: 'Sync again; it goes on where it stopped.' },
    );
  }
  return found;
}
