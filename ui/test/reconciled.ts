// Comparisons with an export for unit tests: one month in which both sides agree, unless a test says otherwise.

import type { CauseView, CustomerGap, MoneyView, ReconcileAnswer, SplitView } from '../src/api/generated';

export const usd = (minor: number, text: string): MoneyView => ({ minor, currency: 'USD', text });

export function gapOf(changes: Partial<CustomerGap> = {}): CustomerGap {
  return {
    customer: 'cus_1',
    name: 'Dana',
    here: true,
    address: null,
    ours: usd(2_000, '$20.00'),
    theirs: usd(3_200, '$32.00'),
    difference: usd(-1_200, '−$12.00'),
    ...changes,
  };
}

export function causeOf(changes: Partial<CauseView> = {}): CauseView {
  return {
    cause: 'unexplained',
    sort: 'unexplained',
    title: 'Not explained',
    says: 'No rule gives the figure of the export.',
    difference: usd(-1_200, '−$12.00'),
    share: '100.0\u202f%',
    customers: 1,
    largest: [gapOf()],
    rest_customers: 0,
    rest: usd(0, '$0.00'),
    ...changes,
  };
}

export function splitOf(changes: Partial<SplitView> = {}): SplitView {
  return {
    month: '2026-10',
    currency: 'USD',
    ours: usd(10_000, '$100.00'),
    theirs: usd(10_000, '$100.00'),
    difference: usd(0, '$0.00'),
    unfinished: false,
    agreeing: 4,
    headline: 'Ours and Stripe’s are both $100.00 in October 2026.',
    explained: 'Both sides say the same of every customer.',
    standing: 'same',
    causes: [],
    ...changes,
  };
}

export function answerOf(changes: Partial<ReconcileAnswer> = {}): ReconcileAnswer {
  return {
    file: 'mrr.csv',
    kind: 'customer_months',
    kind_name: 'MRR per subscriber per month',
    policy: 'stripe',
    policy_name: 'Stripe',
    complete: true,
    as_of: '2026-11-21T14:08:00Z',
    overall: '1 total compared, and every customer’s figure is the same on both sides.',
    doubt: null,
    currencies: ['USD'],
    splits: [splitOf()],
    beside: [],
    ...changes,
  };
}
