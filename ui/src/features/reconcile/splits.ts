// Which month and ledger of a comparison is looked at. Pure: the engine has made every amount.

import type { ReconcileAnswer, SplitStanding, SplitView } from '../../api/generated';

/** The ledger that was chosen, else the main one. */
export function ledgerOf(answer: ReconcileAnswer, chosen: string | undefined): string | null {
  return answer.currencies.find((code) => code === chosen) ?? answer.currencies[0] ?? null;
}

/** The months of a ledger, the newest first. */
export function monthsOf(answer: ReconcileAnswer, ledger: string | null): SplitView[] {
  return answer.splits
    .filter((split) => split.currency === ledger)
    .toSorted((a, b) => b.month.localeCompare(a.month));
}

/** The month that was chosen, else the newest. */
export function chosenOf(months: readonly SplitView[], chosen: string | undefined): SplitView | null {
  return months.find((split) => split.month === chosen) ?? months[0] ?? null;
}

export const STANDING_WORDS: Record<SplitStanding, string> = {
  same: 'Agrees',
  explained: 'Explained',
  open: 'Open',
};

/** "EUR, 3 of 14 months differ", for the choice of a ledger. */
export function ledgerLabel(answer: ReconcileAnswer, ledger: string): string {
  const own = answer.splits.filter((split) => split.currency === ledger);
  const differing = own.filter((split) => split.standing !== 'same').length;
  if (differing === 0) return `${ledger}: agrees`;
  return `${ledger}: ${differing} of ${own.length} differ`;
}
