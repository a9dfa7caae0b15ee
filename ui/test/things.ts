// Accounts, runs and states for unit tests: whole and at rest, unless a test says otherwise.

import type {
  AccountProgress,
  AccountView,
  AppState,
  KeyGuide,
  News,
  Overview,
  PermissionView,
  SyncStatus,
  Today,
} from '../src/api/generated';

export function permission(
  resource: string,
  label: string,
  granted: boolean | null = true,
  access: 'read' | 'write' = 'read',
): PermissionView {
  return { resource, label, access, slug: `rak_${resource}_${access}`, granted };
}

export function accountOf(changes: Partial<AccountView> = {}): AccountView {
  return {
    id: 'acct_1',
    mode: 'live',
    provider: 'stripe',
    name: 'Shop',
    key_kind: 'restricted',
    key_last4: '9f3K',
    api_url: null,
    added_at: '2026-10-12T08:00:00Z',
    synced_at: '2026-11-21T14:08:00Z',
    complete: true,
    permissions: [permission('customers', 'Customers: Read')],
    reads: { used: 120, allowed: 10_000 },
    proof: { proved_at: '2026-11-21T14:08:00Z', mismatches: [], mismatch_count: 0, gone: 0 },
    ...changes,
  };
}

export function runOf(changes: Partial<AccountProgress> = {}): AccountProgress {
  return {
    account: 'acct_1',
    name: 'Shop',
    resources: [],
    requests: 4,
    seconds: 2,
    seconds_left: null,
    phase: 'ended',
    running: false,
    complete: true,
    warnings: [],
    error: null,
    ...changes,
  };
}

export function statusOf(runs: AccountProgress[] = [runOf()], changes: Partial<SyncStatus> = {}): SyncStatus {
  return {
    mode: 'live',
    running: runs.some((run) => run.running),
    accounts: runs,
    as_of: '2026-11-21T14:08:00Z',
    revision: 1,
    offline: false,
    ...changes,
  };
}

export function stateOf(accounts: AccountView[] = [accountOf()]): AppState {
  return { version: '0.1.0', home: '/home', demo: false, secrets: 'keychain', accounts, fault: null };
}

export function overviewOf(changes: Partial<Overview> = {}): Overview {
  const mrr = { minor: 482_914, currency: 'USD', text: '$4,829.14' };
  return {
    mode: 'live',
    currency: 'USD',
    currencies: [
      { currency: 'USD', mrr, active_subscribers: 81 },
      {
        currency: 'EUR',
        mrr: { minor: 120_310, currency: 'EUR', text: '€1,203.10' },
        active_subscribers: 20,
      },
    ],
    policy: 'coffer-1',
    as_of: '2026-11-21T14:08:00Z',
    complete: true,
    inferred: false,
    mrr,
    mrr_change: {
      amount: { minor: 12_040, currency: 'USD', text: '+$120.40' },
      percent: '2.6',
      direction: 'up',
      since: '2026-10-31',
    },
    active_subscribers: 81,
    active_change: 4,
    arpa: { minor: 5961, currency: 'USD', text: '$59.61' },
    customers: 240,
    ...changes,
  };
}

const usd = (minor: number, text: string) => ({ minor, currency: 'USD', text });

export function todayOf(changes: Partial<Today> = {}): Today {
  return {
    mode: 'live',
    currency: 'USD',
    moved: [
      {
        span: 'day',
        from: '2026-11-21',
        date: '2026-11-21',
        change: usd(0, '$0.00'),
        percent: '0.0',
        direction: 'flat',
        parts: [],
      },
      {
        span: 'year',
        from: '2026-01-01',
        date: '2026-11-21',
        change: usd(90_000, '+$900.00'),
        percent: '22.9',
        direction: 'up',
        parts: [
          { kind: 'new', amount: usd(110_000, '+$1,100.00') },
          { kind: 'churn', amount: usd(-20_000, '−$200.00') },
        ],
      },
    ],
    figures: [
      {
        metric: 'arpa',
        date: '2026-11-30',
        text: '$59.61',
        before: '$58.20',
        unfinished: true,
        inferred: false,
        line: [500, 500],
      },
      {
        metric: 'nrr',
        date: '2026-11-30',
        text: '102.1 %',
        before: '99.8 %',
        unfinished: true,
        inferred: false,
        line: [0, null, 400, 1000],
      },
      {
        metric: 'quick_ratio',
        date: '2026-11-30',
        text: null,
        before: '3.5',
        unfinished: true,
        inferred: false,
        line: [0, 1000, 400, null],
      },
    ],
    needs: [
      {
        kind: 'dispute',
        id: 'dp_1',
        customer: 'cus_9',
        customer_name: 'Dana Whitfield',
        text: 'disputes $29.00',
        due_by: '2026-11-24T00:00:00Z',
      },
    ],
    needs_count: 1,
    ...changes,
  };
}

export function newsOf(changes: Partial<News> = {}): News {
  const line = (customer: string, customer_name: string, minor: number, text: string) => ({
    customer,
    customer_name,
    date: '2026-11-21',
    amount: usd(minor, text),
    about: null,
  });
  return {
    mode: 'live',
    since: '2026-11-20T08:00:00Z',
    looked: true,
    until: '2026-11-21T14:08:00Z',
    groups: [
      { kind: 'new', count: 9, lines: [line('cus_1', 'Ada Okafor', 4900, '+$49.00')] },
      { kind: 'churn', count: 1, lines: [line('cus_2', 'Noah Brandt', -2900, '−$29.00')] },
    ],
    ...changes,
  };
}

export const GUIDE: KeyGuide = {
  permissions: [
    permission('customers', 'Customers: Read', null),
    permission('invoices', 'Invoices: Read', null),
    permission('invoice_payments', 'Invoices: Read', null),
    permission('events', 'Events: Read', null),
    permission('refunds', 'Charges and Refunds: Write', null, 'write'),
  ],
  links: {
    read_only: 'https://dashboard.stripe.com/apikeys/create?name=Coffer&permissions[]=rak_customer_read',
    with_actions: 'https://dashboard.stripe.com/apikeys/create?name=Coffer&permissions[]=rak_charge_write',
  },
};
