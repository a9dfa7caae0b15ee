// What the overview calls its figures, spans and news. Pure words; the numbers in them come ready from the engine.

import type { MovedSpan } from '../../api/generated';
import type { Route } from '../../app/route.svelte';
import type { IconName } from '../../parts/Icon.svelte';

interface FigureWords {
  label: string;
  /** Why there may be no number. */
  nothing: string;
}

const FIGURES: Record<string, FigureWords> = {
  arpa: { label: 'ARPA', nothing: 'There is no active subscriber to divide by.' },
  active_subscribers: { label: 'Active subscribers', nothing: 'Nothing is synced yet.' },
  net_mrr_churn_rate: { label: 'Net MRR churn', nothing: 'The month began without MRR.' },
  nrr: { label: 'Net revenue retention', nothing: 'The month began without MRR.' },
  trials: { label: 'Trials', nothing: 'Nothing is synced yet.' },
  net_volume: { label: 'Cash this month', nothing: 'Nothing is synced yet.' },
  customer_churn_rate: { label: 'Customer churn', nothing: 'The month began without active customers.' },
  quick_ratio: {
    label: 'Quick ratio',
    nothing: 'Nothing was lost this month, so there is nothing to divide by.',
  },
  failed_payments: { label: 'Failed payments', nothing: 'Nothing is synced yet.' },
};

export function figureWords(metric: string): FigureWords {
  return FIGURES[metric] ?? { label: metric.replaceAll('_', ' '), nothing: 'It is undefined.' };
}

const SPANS: Record<string, string> = { day: 'Today', month: 'This month', year: 'This year' };

export function spanWords(span: MovedSpan): string {
  return SPANS[span.span] ?? span.span;
}

const PARTS: Record<string, string> = {
  new: 'new',
  expansion: 'expansion',
  reactivation: 'back again',
  contraction: 'contraction',
  churn: 'churn',
  fx: 'exchange rates',
};

export function partWord(kind: string): string {
  return PARTS[kind] ?? kind;
}

/** Where the customers behind a span are. */
export function spanPlace({ span, date }: MovedSpan, currency: string | null): Route {
  return { view: 'movements', params: chosen({ every: span === 'day' ? 'day' : 'month', date, currency }) };
}

/** Where a figure is taken apart. */
export function explainPlace(
  metric: string,
  date: string | null,
  currency: string | null,
  every = 'month',
): Route {
  return { view: 'explain', params: chosen({ metric, date, every, currency }) };
}

function chosen(params: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== null),
  );
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
