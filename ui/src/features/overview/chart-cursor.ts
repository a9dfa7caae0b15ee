// Which point of a chart the pointer or a key means. Pure; the points come from the engine in order of time.

import type { ChartPoint } from '../../api/generated';

/** The point nearest to a horizontal position; −1 when there are none. */
export function nearestPoint(points: readonly Pick<ChartPoint, 'x'>[], x: number): number {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (const [index, point] of points.entries()) {
    const here = Math.abs(point.x - x);
    if (here < distance) {
      best = index;
      distance = here;
    }
  }
  return best;
}

/**
 * The point a key leads to. Without a cursor the arrows start at the newest point, where the eye is. `null` for keys that
 * are not the chart's.
 */
export function pointAfterKey(key: string, cursor: number | null, length: number): number | null {
  if (length === 0) return null;
  const last = length - 1;
  switch (key) {
    case 'ArrowLeft':
      return cursor === null ? last : Math.max(0, cursor - 1);
    case 'ArrowRight':
      return cursor === null ? last : Math.min(last, cursor + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

const BASIS: Record<string, string> = {
  observed: 'observed',
  invoiced: 'from invoices',
  inferred: 'inferred',
};

/** What a point rests on, in a word people know. */
export function basisWord(basis: string): string {
  return BASIS[basis] ?? basis;
}

/** A point as one spoken sentence; `mark` is the word on its figures, if they have one. */
export function speakPoint(point: ChartPoint, mark?: string): string {
  const parts = [
    `${point.label}${point.unfinished ? ', not finished' : ''}: ${point.value.text}`,
    point.change === null ? null : `change ${point.change.text}`,
    `${point.active_subscribers} active subscribers`,
    basisWord(point.basis),
    mark ?? null,
  ];
  return `${parts.filter((part) => part !== null).join(', ')}.`;
}
