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
  incomplete_expired: { icon: 'cross', word: 'Expired', tone: 'soft' },
};

/** Every word there is a look for. */
export const STANDING_CODES: readonly string[] = Object.keys(STANDINGS);

/** Standing of a customer or status of a subscription. */
export function standingOf(code: string): Standing {
  return STANDINGS[code] ?? { icon: 'ring', word: words(code), tone: 'plain' };
}
