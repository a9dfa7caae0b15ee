// Reads as cached queries. A query is a command with its request; whoever shows it observes it. When the engine says
// "these kinds changed", observed queries that rest on those kinds are asked again and unobserved ones are marked stale.
// The invariant: data on screen is only ever replaced by newer data, never by nothing.

import { type CommandName, type Host, type RequestOf, type ResponseOf, toHostError } from '../host';
import type { ApiErrorView, Changed } from './generated';

/** Commands that only look; the others are called, never cached. */
export type ReadName = Exclude<
  CommandName,
  | 'account_add'
  | 'account_check'
  | 'account_remove'
  | 'presence'
  | 'sync_start'
  | 'note_add'
  | 'note_change'
  | 'note_remove'
  | 'note_restore'
  | 'records_csv'
  | 'invoice_document'
  | 'reconcile'
  | 'reconcile_csv'
  | 'saved_views_set'
  | 'chart_export'
  | 'annotation_put'
  | 'annotation_remove'
  | 'operation_preview'
  | 'operation_submit'
  | 'outbox_run'
  | 'outbox_retry'
  | 'outbox_discard'
  | 'outbox_approve'
  | 'outbox_undo'
  | 'action_log_verify'
  | 'limits'
  | 'limit_set'
  | 'operator_add'
  | 'operator_remove'
  | 'news_seen'
  | 'backup'
  | 'demo_enter'
  | 'demo_leave'
>;

/** What a query shows right now. */
export interface Snapshot<T> {
  readonly data: T | null;
  readonly error: ApiErrorView | null;
  /** An answer is under way. With `data` present this is a refresh. */
  readonly loading: boolean;
}

const RECORDS = ['customers', 'subscriptions', 'metrics', 'invoices', 'payments', 'refunds', 'disputes'];

/** The kinds each query rests on; a kind that is not named anywhere refreshes everything, so that nothing goes stale unseen. */
const RESTS_ON: Record<ReadName, readonly string[]> = {
  state: ['accounts', 'sync'],
  account_list: ['accounts'],
  key_guide: [],
  sync_status: ['sync', 'accounts'],
  overview: ['metrics', 'customers', 'subscriptions', 'accounts', 'sync'],
  today: ['metrics', 'payments', 'refunds', 'disputes', 'operations', 'accounts'],
  news: ['metrics', 'disputes', 'settings', 'accounts'],
  mrr_chart: ['metrics', 'annotations'],
  metrics: ['metrics', 'payments', 'refunds', 'disputes'],
  movements_chart: ['metrics', 'annotations'],
  annotations: ['annotations'],
  explain: ['metrics', 'payments', 'refunds', 'disputes'],
  cohorts: ['metrics'],
  forecast: ['metrics'],
  policies: [],
  customer: [...RECORDS, 'notes'],
  records: [...RECORDS, 'accounts', 'notes'],
  record_keys: [],
  saved_views: ['settings'],
  search: [...RECORDS, 'notes'],
  choices: ['metrics', 'accounts'],
  outbox_list: ['operations', 'accounts'],
  outbox_show: ['operations'],
  action_log: ['action_log'],
  limit_table: ['settings'],
  operator_list: ['settings'],
  notification_rules: ['settings'],
  preferences: ['settings', 'metrics'],
  privacy: ['sync', 'accounts'],
};
const KNOWN_KINDS = new Set(Object.values(RESTS_ON).flat());

/** Whether a query of this name must be asked again after these kinds changed. */
export function restsOn(name: ReadName, kinds: readonly string[]): boolean {
  return kinds.some((kind) => !KNOWN_KINDS.has(kind) || RESTS_ON[name].includes(kind));
}

interface Entry {
  name: ReadName;
  mode: string | null;
  snapshot: Snapshot<unknown>;
  listeners: Set<() => void>;
  stale: boolean;
  /** Changed again while an answer was under way: that answer may already be old. */
  again: boolean;
  startedAt: number;
  /** How often what is known was put in by somebody who was told it otherwise: an answer under way is older than that. */
  told: number;
  ask: () => Promise<unknown>;
}

const NOTHING: Snapshot<never> = { data: null, error: null, loading: false };

export class QueryCache {
  readonly #host: Host;
  readonly #entries = new Map<string, Entry>();
  readonly #keptMax: number;
  readonly #pauseMs: number;
  /** Counts the homes that were open; an answer from an earlier one is dropped. */
  #home = 0;

  /** `pauseMs` is the least time between two refreshes of one query: a sync reports changes faster than eyes read. */
  constructor(host: Host, { keptMax = 80, pauseMs = 250 } = {}) {
    this.#host = host;
    this.#keptMax = keptMax;
    this.#pauseMs = pauseMs;
  }

  static key<N extends ReadName>(name: N, request: RequestOf<N>): string {
    return `${name} ${JSON.stringify(request)}`;
  }

  /** What is known now, without asking. */
  peek<N extends ReadName>(name: N, request: RequestOf<N>): Snapshot<ResponseOf<N>> {
    const entry = this.#entries.get(QueryCache.key(name, request));
    return (entry?.snapshot ?? NOTHING) as Snapshot<ResponseOf<N>>;
  }

  /** Keeps a query fresh until the returned function is called; asks at once when nothing fresh is there. */
  observe<N extends ReadName>(name: N, request: RequestOf<N>, listener: () => void): () => void {
    const key = QueryCache.key(name, request);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const mode = 'mode' in request ? request.mode : null;
      const ask = () => this.#host.call(name, request);
      entry = {
        name,
        mode,
        snapshot: NOTHING,
        listeners: new Set(),
        stale: true,
        again: false,
        startedAt: -Infinity,
        told: 0,
        ask,
      };
    }
    // Re-inserting keeps the map in order of use, oldest first.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.listeners.add(listener);
    if (entry.stale && !entry.snapshot.loading) void this.#run(entry);
    this.#trim();
    const kept = entry;
    return () => kept.listeners.delete(listener);
  }

  /** Asks again now, whatever is cached. */
  refresh<N extends ReadName>(name: N, request: RequestOf<N>): void {
    const entry = this.#entries.get(QueryCache.key(name, request));
    if (entry !== undefined) this.#invalidate(entry);
  }

  /** Puts in what a change was answered with, so that the next change begins from it and not from what was known before. */
  put<N extends ReadName>(name: N, request: RequestOf<N>, data: ResponseOf<N>): void {
    const entry = this.#entries.get(QueryCache.key(name, request));
    if (entry === undefined) return;
    entry.told += 1;
    entry.snapshot = { data, error: null, loading: entry.snapshot.loading };
    this.#tell(entry);
  }

  /** Takes the engine's word that kinds changed. */
  changed(changed: Changed): void {
    for (const entry of this.#entries.values()) {
      if (entry.mode !== null && entry.mode !== changed.mode) continue;
      if (restsOn(entry.name, changed.kinds)) this.#invalidate(entry);
    }
  }

  /** After a lost connection nobody knows what was missed. */
  invalidateAll(): void {
    for (const entry of this.#entries.values()) this.#invalidate(entry);
  }

  /** Another home was opened: what is known is about other data, and must not be shown. */
  clear(): void {
    this.#home += 1;
    const observed = [...this.#entries.values()].filter((entry) => entry.listeners.size > 0);
    for (const entry of this.#entries.values())
      entry.snapshot = { ...NOTHING, loading: entry.snapshot.loading };
    for (const [key, entry] of this.#entries) if (entry.listeners.size === 0) this.#entries.delete(key);
    for (const entry of observed) {
      this.#tell(entry);
      this.#invalidate(entry);
    }
  }

  #invalidate(entry: Entry): void {
    entry.stale = true;
    if (entry.snapshot.loading) entry.again = true;
    else if (entry.listeners.size > 0) void this.#run(entry);
  }

  async #run(entry: Entry): Promise<void> {
    entry.snapshot = { ...entry.snapshot, loading: true };
    this.#tell(entry);
    const wait = entry.startedAt + this.#pauseMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    entry.startedAt = performance.now();
    entry.stale = false;
    entry.again = false;
    const home = this.#home;
    const told = entry.told;
    try {
      const data = await entry.ask();
      if (told !== entry.told) {
        entry.snapshot = { ...entry.snapshot, loading: false };
        entry.again = true;
      } else if (home === this.#home) entry.snapshot = { data, error: null, loading: false };
    } catch (reason) {
      entry.stale = true;
      entry.snapshot = { data: entry.snapshot.data, error: toHostError(reason).view, loading: false };
    }
    if (home !== this.#home) {
      entry.snapshot = NOTHING;
      entry.again = true;
    }
    this.#tell(entry);
    if (entry.again && entry.listeners.size > 0) {
      entry.again = false;
      void this.#run(entry);
    }
  }

  #tell(entry: Entry): void {
    for (const listener of [...entry.listeners]) listener();
  }

  #trim(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.#keptMax) return;
      if (entry.listeners.size === 0 && !entry.snapshot.loading) this.#entries.delete(key);
    }
  }
}
