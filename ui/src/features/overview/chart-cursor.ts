// A point of the MRR chart in words. Pure.

import type { ChartNote, ChartPoint, EarlierPoint, ValueView } from '../../api/generated';
import { movementWord } from '../numbers/names';

const BASIS: Record<string, string> = {
  observed: 'observed',
  invoiced: 'from invoices',
  inferred: 'inferred',
};

/** What a point rests on, in a word people know. */
export function basisWord(basis: string): string {
  return BASIS[basis] ?? basis;
}

/** What moved within a period, without what did not. */
export function movedParts({ moved }: Pick<ChartPoint, 'moved'>): readonly ValueView[] {
  return moved.filter((it) => it.whole !== 0 && it.name !== 'opening' && it.name !== 'closing');
}

/** An earlier time within a sentence. */
function speakEarlier({ label, value, difference, percent, why }: EarlierPoint): string {
  if (value === null || difference === null) return `compared with ${label}: undefined. ${why ?? ''}`.trim();
  const share = percent === null ? '' : `, ${percent}`;
  return `compared with ${label}: ${value.text}, difference ${difference.text}${share}`;
}

/** A point as one spoken sentence; `mark` is the word on its figures, if they have one, `note` what was written on its days. */
export function speakPoint(point: ChartPoint, mark?: string, note?: ChartNote): string {
  const parts = [
    `${point.label}${point.unfinished ? ', not finished' : ''}: ${point.value.text}`,
    point.earlier === null ? null : speakEarlier(point.earlier),
    point.change === null ? null : `change ${point.change.text}`,
    ...movedParts(point).map((it) => `${movementWord(it.name)} ${it.text}`),
    `${point.active_subscribers} active subscribers`,
    basisWord(point.basis),
    mark ?? null,
    ...(note?.items ?? []).map((it) => `words: ${it.text}`),
  ];
  return `${parts.filter((part) => part !== null).join(', ')}.`;
}
