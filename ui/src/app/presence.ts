// Tells the engine how much anybody looks, so that it looks at the provider as often as is useful. What was said already
// is not said again; a flurry of focus and blur is said once, when it is over.

import type { AttentionView, ModeView } from '../api/generated';

const PAUSE_MS = 400;

export function attentionOf(page: Pick<Document, 'visibilityState' | 'hasFocus'>): AttentionView {
  if (page.visibilityState === 'hidden') return 'asleep';
  return page.hasFocus() ? 'focused' : 'idle';
}

interface Said {
  mode: ModeView;
  attention: AttentionView;
}

export class Presence {
  readonly #look: () => Said | null;
  readonly #tell: (said: Said) => Promise<unknown>;
  #last = '';
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** `look` gives what is to be said now, or nothing while nobody could hear it. */
  constructor(look: () => Said | null, tell: (said: Said) => Promise<unknown>) {
    this.#look = look;
    this.#tell = tell;
  }

  /** Follows the window's focus and visibility; returns the way to stop. */
  start(): () => void {
    const changed = () => this.changed();
    window.addEventListener('focus', changed);
    window.addEventListener('blur', changed);
    document.addEventListener('visibilitychange', changed);
    this.changed();
    return () => {
      clearTimeout(this.#pause);
      window.removeEventListener('focus', changed);
      window.removeEventListener('blur', changed);
      document.removeEventListener('visibilitychange', changed);
    };
  }

  /** Something may be different now. */
  changed(): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#say(), PAUSE_MS);
  }

  /** Another start of the engine knows nothing of what was said. */
  forgotten(): void {
    this.#last = '';
    this.changed();
  }

  async #say(): Promise<void> {
    const said = this.#look();
    const text = JSON.stringify(said);
    if (said === null || text === this.#last) return;
    this.#last = text;
    try {
      await this.#tell(said);
    } catch {
      // It was not heard, so it is said again at the next occasion.
      this.#last = '';
    }
  }
}
