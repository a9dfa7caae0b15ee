// Names that the numbers' views share.

export const KINDS = [
  ['new', 'New'],
  ['reactivation', 'Back again'],
  ['expansion', 'Expansion'],
  ['contraction', 'Contraction'],
  ['churn', 'Churn'],
] as const;

/** A movement as a word within a sentence. */
export function movementWord(kind: string): string {
  return { reactivation: 'back again', fx: 'exchange rates' }[kind] ?? kind;
}

/** Metrics that can be taken apart, in the order they are offered. */
export const METRICS = [
  ['mrr', 'MRR'],
  ['arr', 'ARR'],
  ['active_subscribers', 'Active subscribers'],
  ['trials', 'Trials'],
  ['committed_mrr', 'Committed MRR'],
  ['new', 'New MRR'],
  ['expansion', 'Expansion'],
  ['contraction', 'Contraction'],
  ['churn', 'Churned MRR'],
  ['reactivation', 'Reactivation'],
  ['arpa', 'ARPA'],
  ['customer_churn_rate', 'Customer churn'],
  ['net_mrr_churn_rate', 'Net MRR churn'],
  ['nrr', 'Net revenue retention'],
  ['quick_ratio', 'Quick ratio'],
  ['gross_volume', 'Gross volume'],
  ['net_volume', 'Net volume'],
  ['refunds', 'Refunds'],
  ['fees', 'Fees'],
  ['failed_payments', 'Failed payments'],
] as const;

export function metricName(name: string): string {
  return METRICS.find(([id]) => id === name)?.[1] ?? name.replaceAll('_', ' ');
}

export const EVERY = [
  { value: 'day', label: 'Day' },
  { value: 'week', label: 'Week' },
  { value: 'month', label: 'Month' },
] as const;
export type Every = (typeof EVERY)[number]['value'];
export const everyOf = (text: string | undefined): Every =>
  EVERY.find((it) => it.value === text)?.value ?? 'month';

/** How many periods are shown. */
export const PERIODS: Record<Every, number> = { day: 31, week: 26, month: 13 };

/** Parameters without those that mean nothing. */
export function tidy(params: Record<string, string | null | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => entry[1] != null && entry[1] !== ''),
  );
}
