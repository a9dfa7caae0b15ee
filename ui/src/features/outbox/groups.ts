// The order in which operations are shown: what needs somebody, what waits, what is over; inside each the newest first, as
// the engine gives them.

import type { OperationView } from '../../api/generated';
import { NEEDS_YOU, WAITING } from '../../parts/operation-state';

export interface Group {
  title: string;
  /** Whether a reason is worth a line. */
  urgent: boolean;
  operations: readonly OperationView[];
}

export function groupsOf(operations: readonly OperationView[]): Group[] {
  const needs = operations.filter((it) => NEEDS_YOU.includes(it.state));
  const waits = operations.filter((it) => WAITING.includes(it.state));
  const over = operations.filter((it) => !NEEDS_YOU.includes(it.state) && !WAITING.includes(it.state));
  return [
    { title: 'Needs you', urgent: true, operations: needs },
    { title: 'Waits', urgent: true, operations: waits },
    { title: 'Over', urgent: false, operations: over },
  ].filter((group) => group.operations.length > 0);
}

/** A page with what stands open and is older than it: each once, as the page knows it. */
export function withStanding(
  page: readonly OperationView[],
  standing: readonly OperationView[],
): readonly OperationView[] {
  const known = new Set(page.map((it) => it.id));
  return [...page, ...standing.filter((it) => !known.has(it.id))];
}
