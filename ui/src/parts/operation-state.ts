// The one look of an operation's state: icon, word, tone, and what it means in a sentence.

import { words } from './format';
import type { IconName } from './Icon.svelte';

export interface OperationLook {
  icon: IconName | 'spinner';
  word: string;
  tone: 'plain' | 'good' | 'attention' | 'bad' | 'soft';
  means: string;
}

const LOOKS: Record<string, OperationLook> = {
  draft: { icon: 'dash', word: 'Draft', tone: 'soft', means: 'Not accepted yet.' },
  awaiting_approval: {
    icon: 'flag',
    word: 'Needs approval',
    tone: 'attention',
    means: 'Waits for another operator.',
  },
  queued: { icon: 'clock', word: 'Queued', tone: 'plain', means: 'Kept here; sent when you are online.' },
  sending: { icon: 'spinner', word: 'Sending', tone: 'plain', means: 'On its way to the provider.' },
  done: { icon: 'check', word: 'Done', tone: 'good', means: 'It happened at the provider.' },
  pending: {
    icon: 'hourglass',
    word: 'Pending at provider',
    tone: 'plain',
    means: 'The provider has taken it and is at it.',
  },
  refused: { icon: 'cross', word: 'Refused', tone: 'bad', means: 'The provider said no. Nothing happened.' },
  unknown: {
    icon: 'question',
    word: 'Unknown',
    tone: 'attention',
    means: 'We don’t know yet if this happened. Checking.',
  },
  needs_review: {
    icon: 'flag',
    word: 'Needs you',
    tone: 'attention',
    means: 'It stopped, and waits for your word.',
  },
  discarded: { icon: 'trash', word: 'Discarded', tone: 'soft', means: 'Taken out before it was sent.' },
};

export const OPERATION_STATES: readonly string[] = Object.keys(LOOKS);
/** States in which a person has to do something. */
export const NEEDS_YOU: readonly string[] = ['unknown', 'needs_review', 'awaiting_approval'];
/** States in which something is still to come by itself. */
export const WAITING: readonly string[] = ['queued', 'sending', 'pending'];

export function lookOf(state: string): OperationLook {
  return LOOKS[state] ?? { icon: 'dot', word: words(state), tone: 'plain', means: '' };
}
