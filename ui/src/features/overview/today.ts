// What the overview calls its figures, spans and news. Pure words; the numbers in them come ready from the engine.

import type { MovedSpan } from '../../api/generated';
import type { Route } from '../../app/route.svelte';
import type { IconName } from '../../parts/Icon.svelte';
import { metricName, tidy } from '../numbers/names';

/** Why a figure may have no number. */
const NOTHING: Record<string, string> = {
  arpa: 'There is no active subscriber to divide by.',
  net_mrr_churn_rate: 'The month began without MRR.',
  nrr: 'The month began without MRR.',
  customer_churn_rate: 'The month began without active customers.',
  quick_ratio: 'Nothing was lost this month, so there is nothing to divide by.',
};

export function figureWords(metric: string): { label: string; nothing: string } {
  const label = metric === 'net_volume' ? 'Cash this month' : metricName(metric);
  return { label, nothing: NOTHING[metric] ?? 'Nothing is synced yet.' };
}

const SPANS: Record<string, string> = { day: 'Today', month: 'This month', year: 'This year' };

export function spanWords(span: MovedSpan): string {
  return SPANS[span.span] ?? span.span;
}

/** Where the customers behind a span are. */
export function spanPlace({ span, date }: MovedSpan, currency: string | null): Route {
  return { view: 'movements', params: tidy({ every: span === 'day' ? 'day' : 'month', date, currency }) };
}

/** Where a figure is taken apart. */
export function explainPlace(
  metric: string,
  date: string | null,
  currency: string | null,
  every = 'month',
): Route {
  return { view: 'explain', params: tidy({ metric, date, every, currency }) };
}

interface NewsWords {
  heading: string;
  icon: IconName;
  /** What the customer did, between the name and the amount. */
  did: string;
  tone: 'gain' | 'loss' | '';
}

const NEWS: Record<string, NewsWords> = {
  new: { heading: 'New', icon: 'plus', did: 'subscribed', tone: 'gain' },
  expansion: { heading: 'Expanded', icon: 'up', did: 'pays more', tone: 'gain' },
  reactivation: { heading: 'Back again', icon: 'repeat', did: 'came back', tone: 'gain' },
  contraction: { heading: 'Contracted', icon: 'down', did: 'pays less', tone: 'loss' },
  churn: { heading: 'Churned', icon: 'cross', did: 'left', tone: 'loss' },
  failed: { heading: 'Failed payments', icon: 'alert', did: 'did not pay a bill of', tone: '' },
  dispute: { heading: 'Disputes', icon: 'dispute', did: 'disputes', tone: '' },
};

export function newsWords(kind: string): NewsWords {
  return NEWS[kind] ?? { heading: kind, icon: 'dot', did: kind, tone: '' };
}
