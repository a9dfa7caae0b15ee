// What the window may ask of the world around it, whichever world that is: the desktop shell or a browser tab opened by
// `coffer serve`. Nothing outside this folder knows which one it is talking to, and only `window.ts` imports Tauri.

import type { ApiErrorView, Changed, COMMAND_NAMES, Commands, ModeView } from '../api/generated';

export type CommandName = (typeof COMMAND_NAMES)[number];
export type RequestOf<N extends CommandName> = Commands[N]['request'];
export type ResponseOf<N extends CommandName> = Commands[N]['response'];

/**
 * How the engine can be reached: it answers, it does not, or it was started again and does not know this tab any more.
 */
export type Link = 'up' | 'lost' | 'refused';

/** What the desktop around the window asks of the page: an act of the application menu, or a place that a link named. */
export type Wish = { act: string } | { place: string; mode: ModeView | null };

export interface Host {
  readonly kind: 'window' | 'browser';
  /** Runs a command. Rejects with a `HostError`, never with anything else. */
  call<N extends CommandName>(name: N, request: RequestOf<N>): Promise<ResponseOf<N>>;
  /** Hears which kinds of data changed. Returns the way to stop listening. */
  onChanged(callback: (changed: Changed) => void): () => void;
  /** Hears how the engine can be reached; called at once with the present answer. */
  onLink(callback: (link: Link) => void): () => void;
  /** Hears what the desktop asks for; a browser asks for nothing. */
  onWish(callback: (wish: Wish) => void): () => void;
  /** Opens an https address outside the window. */
  openExternal(url: string): Promise<void>;
  /** Sets what the window's title bar or the tab says. */
  setTitle(title: string): void;
}

/** The only error a host rejects with: the engine's own words, or ours when the engine could not be reached. */
export class HostError extends Error {
  readonly view: ApiErrorView;

  constructor(view: ApiErrorView) {
    super(view.message);
    this.name = 'HostError';
    this.view = view;
  }
}

/** The code of an error that was made here because no answer came. */
export const CONNECTION_LOST = 'connection_lost';
/** The code of an answer that was not of the agreed shape. */
export const UNREADABLE_ANSWER = 'unreadable_answer';

export function connectionLost(): HostError {
  return new HostError({
    code: CONNECTION_LOST,
    message: 'Coffer’s engine does not answer.',
    hint: 'Your data is safe on disk. Check that `coffer serve` still runs; this page reconnects by itself.',
  });
}

/** True for the shape every failure of the engine has. */
export function isApiError(value: unknown): value is ApiErrorView {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, hint } = value as Record<string, unknown>;
  return (
    typeof code === 'string' && typeof message === 'string' && (hint == null || typeof hint === 'string')
  );
}

/** Turns whatever a host rejected with into the error that views show. */
export function toHostError(reason: unknown): HostError {
  if (reason instanceof HostError) return reason;
  if (isApiError(reason)) return new HostError({ ...reason, hint: reason.hint ?? null });
  return new HostError({
    code: UNREADABLE_ANSWER,
    message: 'The engine answered in a way this window does not understand.',
    hint: 'Nothing was changed. Restart Coffer; if it happens again, the log says more.',
  });
}

/** Only https addresses leave the window: a provider's field must not be able to start a program. */
export function isSafeExternal(url: string): boolean {
  try {
    return new URL(url).protocol === 'https:';
  } catch {
    return false;
  }
}
