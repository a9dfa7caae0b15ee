// The timeline's order and filters: months as the engine's instants say, newest first, and which kinds a chip stands for.

import type { OperationView, TimelineEntry } from '../../api/generated';
import type { IconName } from '../../parts/Icon.svelte';

export interface Month {
  /** `YYYY-MM`. */
  month: string;
  entries: KeyedLine[];
}

/** A line of the timeline: what the copy tells, or what was done from here with how it stands. */
export interface Line extends TimelineEntry {
  state?: string;
}

/** A line with a name of its own, which it keeps while others come and go, so that a focus or a field on it stays. */
export interface KeyedLine extends Line {
  key: string;
}

/** What was done from here among what happened, newest first. */
export function withActions(entries: readonly TimelineEntry[], operations: readonly OperationView[]): Line[] {
  const ours = operations.map((operation) => ({
    at: operation.created_at,
    kind: 'action',
    sentence: operation.note === null ? operation.title : `${operation.title} (${operation.note})`,
    amount: null,
    id: operation.id,
    acts: [],
    note: null,
    state: operation.state,
  }));
  if (ours.length === 0) return [...entries];
  return [...ours, ...entries].sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1));
}

/** Groups entries, which come newest first, by the month they happened in (UTC, like the days shown). */
export function byMonth(entries: readonly Line[]): Month[] {
  const months: Month[] = [];
  const alike = new Map<string, number>();
  for (const entry of entries) {
    const name = `${entry.kind} ${entry.id} ${entry.at}`;
    const nth = alike.get(name) ?? 0;
    alike.set(name, nth + 1);
    const line = { ...entry, key: `${name} ${nth}` };
    const month = entry.at.slice(0, 7);
    const current = months.at(-1);
    if (current?.month === month) current.entries.push(line);
    else months.push({ month, entries: [line] });
  }
  return months;
}

export interface Filter {
  id: string;
  label: string;
  kinds: readonly string[];
}

export const FILTERS: readonly Filter[] = [
  { id: 'notes', label: 'Notes', kinds: ['note'] },
  { id: 'payments', label: 'Payments', kinds: ['payment', 'payment_failed'] },
  { id: 'refunds', label: 'Refunds', kinds: ['refund'] },
  { id: 'disputes', label: 'Disputes', kinds: ['dispute'] },
  { id: 'invoices', label: 'Invoices', kinds: ['invoice'] },
  { id: 'subscriptions', label: 'Subscriptions', kinds: ['subscription'] },
  { id: 'mrr', label: 'MRR', kinds: ['mrr'] },
  { id: 'customer', label: 'Customer', kinds: ['customer'] },
  { id: 'actions', label: 'Our actions', kinds: ['action'] },
];

/** The entries that pass; with no filter chosen, all of them. */
export function filtered(entries: readonly Line[], chosen: ReadonlySet<string>): readonly Line[] {
  if (chosen.size === 0) return entries;
  const kinds = new Set(FILTERS.filter((filter) => chosen.has(filter.id)).flatMap((filter) => filter.kinds));
  return entries.filter((entry) => kinds.has(entry.kind));
}

const ICONS: Record<string, IconName> = {
  customer: 'person',
  subscription: 'repeat',
  mrr: 'overview',
  invoice: 'invoice',
  payment: 'payment',
  payment_failed: 'alert',
  refund: 'refund',
  dispute: 'dispute',
  action: 'outbox',
  note: 'note',
};

export function iconOf(kind: string): IconName {
  return ICONS[kind] ?? 'dot';
}
