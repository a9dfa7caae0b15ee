// How a customer's standing is shown: an icon, a word and, for those that ask for it, a colour. A word the engine adds
// later is shown as it is.

import { words } from '../../parts/format';
import type { IconName } from '../../parts/Icon.svelte';

export type Tone = 'plain' | 'good' | 'attention' | 'bad' | 'soft';

export interface Standing {
  icon: IconName;
  word: string;
  tone: Tone;
}

const STANDINGS: Record<string, Standing> = {
  active: { icon: 'dot', word: 'Active', tone: 'good' },
  free: { icon: 'ring', word: 'Free', tone: 'plain' },
  trialing: { icon: 'clock', word: 'Trialing', tone: 'plain' },
  past_due: { icon: 'flag', word: 'Past due', tone: 'attention' },
  paused: { icon: 'pause', word: 'Paused', tone: 'soft' },
  churned: { icon: 'down', word: 'Churned', tone: 'bad' },
  none: { icon: 'dash', word: 'Never subscribed', tone: 'soft' },
  deleted: { icon: 'trash', word: 'Deleted', tone: 'soft' },
  canceled: { icon: 'cross', word: 'Canceled', tone: 'soft' },
  unpaid: { icon: 'alert', word: 'Unpaid', tone: 'bad' },
  incomplete: { icon: 'clock', word: 'Incomplete', tone: 'attention' },
  cancel_pending: { icon: 'clock', word: 'Ending', tone: 'attention' },
  succeeded: { icon: 'check', word: 'Succeeded', tone: 'good' },
  failed: { icon: 'cross', word: 'Failed', tone: 'bad' },
  pending: { icon: 'clock', word: 'On its way', tone: 'plain' },
  draft: { icon: 'ring', word: 'Draft', tone: 'soft' },
  open: { icon: 'clock', word: 'Open', tone: 'plain' },
  paid: { icon: 'check', word: 'Paid', tone: 'good' },
  uncollectible: { icon: 'cross', word: 'Given up', tone: 'soft' },
  void: { icon: 'cross', word: 'Void', tone: 'soft' },
  needs_response: { icon: 'flag', word: 'Needs response', tone: 'attention' },
  warning_needs_response: { icon: 'flag', word: 'Inquiry to answer', tone: 'attention' },
  under_review: { icon: 'clock', word: 'Under review', tone: 'plain' },
  warning_under_review: { icon: 'clock', word: 'Inquiry in review', tone: 'plain' },
  warning_closed: { icon: 'check', word: 'Inquiry closed', tone: 'soft' },
  won: { icon: 'check', word: 'Won', tone: 'good' },
  lost: { icon: 'down', word: 'Lost', tone: 'bad' },
  retrying: { icon: 'repeat', word: 'Tried again', tone: 'plain' },
  overdue: { icon: 'flag', word: 'Overdue', tone: 'attention' },
  given_up: { icon: 'cross', word: 'Not tried again', tone: 'bad' },
  converted: { icon: 'check', word: 'Converted', tone: 'good' },
  trial_over: { icon: 'ring', word: 'Nothing paid yet', tone: 'plain' },
  incomplete_expired: { icon: 'cross', word: 'Expired', tone: 'soft' },
};

/** Every word there is a look for. */
export const STANDING_CODES: readonly string[] = Object.keys(STANDINGS);

/** Standing of a customer or status of a subscription. */
export function standingOf(code: string): Standing {
  return STANDINGS[code] ?? { icon: 'ring', word: words(code), tone: 'plain' };
}
