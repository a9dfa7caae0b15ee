// The comparison of this window: the file that was chosen, what came of it, and what was unfolded. It outlives the view, so
// that the way back from a customer finds everything as it was; it lies in memory alone and goes with the window.

import type { ApiErrorView, ModeView, ReconcileAnswer } from '../../api/generated';
import type { Session } from '../../app/session.svelte';
import type { ExportFile } from './export-file';

/** Why there is no comparison; without a code, the file was refused before the engine saw it. */
type Problem = Pick<ApiErrorView, 'message' | 'hint'> & Partial<Pick<ApiErrorView, 'code'>>;

export class Comparison {
  file = $state.raw<ExportFile | null>(null);
  answer = $state.raw<ReconcileAnswer | null>(null);
  problem = $state.raw<Problem | null>(null);
  running = $state(false);
  /** Causes that stand otherwise than they begin: unfolded or folded. */
  turned = $state.raw<ReadonlySet<string>>(new Set());
  #asked: { file: ExportFile; mode: ModeView; policy: string } | null = null;
  #answered: ModeView | null = null;

  /** Takes a file in place of the one before. */
  take(file: ExportFile): void {
    this.file = file;
    this.answer = null;
    this.problem = null;
    this.turned = new Set();
  }

  /** Says why a file was not taken; what was there before stays. */
  refuse(problem: Problem): void {
    this.problem = problem;
  }

  /** Whether asking the same again may have another answer: not where the file itself is the trouble. */
  get passing(): boolean {
    const code = this.problem?.code;
    return code !== undefined && code !== 'usage';
  }

  forget(): void {
    this.file = null;
    this.answer = null;
    this.problem = null;
    this.running = false;
    this.#asked = null;
    this.turned = new Set();
  }

  turn(key: string): void {
    const turned = new Set(this.turned);
    if (!turned.delete(key)) turned.add(key);
    this.turned = turned;
  }

  /** Compares, unless exactly this was asked already; `again` asks in any case. */
  async want(session: Session, mode: ModeView, policy: string, again = false): Promise<void> {
    const { file } = this;
    if (file === null) return;
    const before = this.#asked;
    if (!again && before?.file === file && before.mode === mode && before.policy === policy) return;
    const asked = { file, mode, policy };
    this.#asked = asked;
    // Figures of one mode never stand in the other's frame.
    if (this.#answered !== mode) this.answer = null;
    this.running = true;
    const answer = await session.do('reconcile', { mode, policy, file: file.name, text: file.text });
    if (this.#asked !== asked) return;
    this.running = false;
    if (answer.ok) {
      this.answer = answer.value;
      this.#answered = mode;
      this.problem = null;
    } else this.problem = answer.error;
  }
}

const kept = new WeakMap<Session, { home: string; comparison: Comparison }>();

/** The comparison of a window; another home begins a new one. */
export function comparisonOf(session: Session): Comparison {
  const home = session.state?.home ?? '';
  const known = kept.get(session);
  if (known?.home === home) return known.comparison;
  const comparison = new Comparison();
  kept.set(session, { home, comparison });
  return comparison;
}
