// What every view shares: the host, the cache, the mode in view, the connection, the clock that ages "2 min ago", and
// the one-line messages. One per window, handed down through the context.

import { getContext, setContext, untrack } from 'svelte';
import { QueryCache } from '../api/cache';
import { type Answer, ask } from '../api/client';
import type { ApiErrorView, AppState, ModeView, OperationView } from '../api/generated';
import type { Act } from '../features/acting/acts';
import type { CommandName, Host, Link, RequestOf, ResponseOf } from '../host';
import type { NumberMark } from '../parts/mark';
import type { Command } from './commands';
import { attentionOf, Presence } from './presence';
import { CUSTOMERS, Router } from './route.svelte';
import { partialMark } from './wholeness';

export const SESSION_KEY = Symbol('session');
const MODE_KEY = 'coffer.mode';

export interface Toast {
  id: number;
  text: string;
  tone: 'info' | 'problem';
  /** What can still be done about it, for as long as the message stands. */
  act?: { label: string; run: () => void } | undefined;
}

/** The mode to start in: the one looked at last if it has accounts, else the one that has. */
export function startingMode(state: AppState, last: string | null): ModeView {
  const has = (mode: ModeView) => state.accounts.some((account) => account.mode === mode);
  if ((last === 'live' || last === 'test') && has(last)) return last;
  return has('live') || !has('test') ? 'live' : 'test';
}

export class Session {
  readonly host: Host;
  readonly cache: QueryCache;
  readonly router = new Router();
  state = $state.raw<AppState | null>(null);
  /** Why the state could not be had; shown instead of any view. */
  stateError = $state.raw<ApiErrorView | null>(null);
  link = $state<Link>('up');
  nowMs = $state(Date.now());
  /** The name of what is open inside the view, for the top bar and the title. */
  place = $state<string | null>(null);
  toasts = $state.raw<readonly Toast[]>([]);
  /** What can be done in the view that is open, for the palette. */
  offers = $state.raw<readonly Command[]>([]);
  /** The act whose sheet is open. */
  acting = $state.raw<Act | null>(null);
  /** Operations that were just asked for, until it is known how they ended. */
  followed = $state.raw<readonly { id: string; mode: ModeView }[]>([]);
  /** Whether the reasons for partial figures are open. */
  why = $state(false);
  /** What is said aloud about the sync: what was asked for and how it ended, not every step. */
  spoken = $state('');
  readonly #presence: Presence;
  #mode = $state<ModeView>('live');
  #toastCount = 0;

  constructor(host: Host) {
    this.host = host;
    this.cache = new QueryCache(host);
    this.#presence = new Presence(
      () =>
        this.connected && this.state !== null ? { mode: this.#mode, attention: attentionOf(document) } : null,
      (said) => host.call('presence', said),
    );
  }

  /** Starts listening; returns the way to stop. */
  start(): () => void {
    const readState = () => {
      const { data, error } = this.cache.peek('state', {});
      if (data !== null) this.#adopt(data);
      this.stateError = data === null ? error : null;
    };
    const stops = [
      this.cache.observe('state', {}, readState),
      this.host.onChanged((changed) => this.cache.changed(changed)),
      this.host.onLink((link) => {
        const returned = link === 'up' && !this.connected;
        this.link = link;
        if (returned) {
          this.cache.invalidateAll();
          this.#presence.forgotten();
        }
      }),
      this.#presence.start(),
    ];
    const clock = setInterval(() => {
      this.nowMs = Date.now();
    }, 15_000);
    return () => {
      for (const stop of stops) stop();
      clearInterval(clock);
    };
  }

  get connected(): boolean {
    return this.link === 'up';
  }

  get mode(): ModeView {
    return this.#mode;
  }

  /** Looks at the other mode. A customer of one mode does not exist in the other, so their page is left. */
  set mode(mode: ModeView) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    // What is asked for in one mode must never be sent in the other.
    this.acting = null;
    localStorage.setItem(MODE_KEY, mode);
    this.#presence.changed();
    const { route } = this.router;
    if (route.view === 'customer') this.router.go(CUSTOMERS);
  }

  hasAccounts(mode: ModeView): boolean {
    return this.state?.accounts.some((account) => account.mode === mode) ?? false;
  }

  /** The mark on numbers of the mode in view, or of one account in it; `null` when its copy is complete. */
  partial(account: string | null = null): NumberMark | null {
    const here = this.state?.accounts.filter(
      (it) => it.mode === this.#mode && (account === null || it.id === account),
    );
    return partialMark(here ?? []);
  }

  do<N extends CommandName>(name: N, request: RequestOf<N>): Promise<Answer<ResponseOf<N>>> {
    return ask(this.host, name, request);
  }

  /** Opens the sheet of an act. */
  act(act: Act): void {
    this.acting = act;
  }

  /** Keeps an operation in view until it is known how it ended. */
  follow({ id, mode }: OperationView): void {
    this.followed = [...this.followed.filter((it) => it.id !== id).slice(-2), { id, mode }];
  }

  unfollow(id: string): void {
    this.followed = this.followed.filter((it) => it.id !== id);
  }

  /** Adds what can be done in a view to the palette; returns the way to take it out. */
  offer(commands: readonly Command[]): () => void {
    // Whoever offers something in an effect does not depend on what others offer.
    this.offers = [...untrack(() => this.offers), ...commands];
    return () => {
      this.offers = this.offers.filter((it) => !commands.includes(it));
    };
  }

  /** Shows another home: the simulated merchant's, or the user's own again. */
  adoptHome(state: AppState): void {
    this.state = null;
    this.acting = null;
    this.followed = [];
    this.cache.clear();
    this.#adopt(state);
    this.router.go({ view: 'overview' });
  }

  /** Brings an account or all of the mode up to date; `full` reads every list again. */
  async sync({ mode = this.#mode, account = null as string | null, full = false } = {}): Promise<void> {
    this.spoken = 'Syncing';
    const answer = await this.do('sync_start', { mode, account, full });
    this.cache.refresh('sync_status', { mode });
    if (answer.ok) return;
    this.spoken = '';
    this.say(`${answer.error.message} ${answer.error.hint ?? ''}`, 'problem');
  }

  /** No sync is running any more; said aloud if one was asked for. */
  ended(): void {
    if (this.spoken === 'Syncing') this.spoken = 'Sync ended';
  }

  say(text: string, tone: Toast['tone'] = 'info', act?: Toast['act']): void {
    this.#toastCount += 1;
    const toast = { id: this.#toastCount, text: text.trim(), tone, act };
    this.toasts = [...this.toasts.slice(-2), toast];
    setTimeout(() => this.dismiss(toast.id), tone === 'problem' || act !== undefined ? 12_000 : 4_000);
  }

  /** Does what the latest message offers; whether one did. */
  takeBack(): boolean {
    const last = this.toasts.findLast((toast) => toast.act !== undefined);
    if (last === undefined) return false;
    this.dismiss(last.id);
    last.act?.run();
    return true;
  }

  dismiss(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }

  #adopt(state: AppState): void {
    const first = this.state === null;
    this.state = state;
    const lost = !this.hasAccounts(this.#mode);
    // A link that started the program may name the mode of what it leads to.
    const last = new URLSearchParams(location.search).get('mode') ?? localStorage.getItem(MODE_KEY);
    if (first || lost) this.#mode = startingMode(state, first ? last : null);
    this.#presence.changed();
  }
}

export function provideSession(session: Session): void {
  setContext(SESSION_KEY, session);
}

export function useSession(): Session {
  return getContext<Session>(SESSION_KEY);
}
