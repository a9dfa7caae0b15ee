// What the pointer or a key means on a chart. Pure; the points come from the engine in order of time, in pixels as drawn.

import { dayAt, type Slot } from './day-at';

/** Where words would be written: pixels on screen, and the day. */
export interface Ghost {
  x: number;
  y: number;
  day: string;
}

/** Where the pointer is in a drawing that is shown at a scale. */
export function placeIn(
  box: Element,
  at: { clientX: number; clientY: number },
  scale: number,
): { x: number; y: number } {
  const { left, top } = box.getBoundingClientRect();
  return { x: (at.clientX - left) / scale, y: (at.clientY - top) / scale };
}

/** The day that a click below the figures would write on; `null` elsewhere. */
export function ghostAt(
  slots: readonly Slot[],
  drawing: { step: number; floor: number },
  { x, y }: { x: number; y: number },
  scale: number,
): Ghost | null {
  const day = y > drawing.floor ? dayAt(slots, drawing.step, x) : null;
  return day === null ? null : { x: x * scale, y: drawing.floor * scale, day };
}

/** The point nearest to a horizontal position; −1 when there are none. */
export function nearestPoint(points: readonly { x: number }[], x: number): number {
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
