// Beyond the overview: every amount of a copy that is not complete is marked, on every view that writes one, and the one
// place that says why says all of it.

import { screen, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { type FakeHost, fakeHost } from '../../test/fake-host';
import { settle, show, unmarked } from '../../test/shown';
import { accountOf, permission, runOf, stateOf, statusOf } from '../../test/things';
import type { AccountView, CustomerDetail, CustomerRow, MoneyView } from '../api/generated';
import Customer from '../features/customer/Customer.svelte';
import Customers from '../features/customers/Customers.svelte';
import { CUSTOMERS } from './route.svelte';
import Search from './Search.svelte';
import TopBar from './TopBar.svelte';
import WhyPartial from './WhyPartial.svelte';

const usd = (text: string): MoneyView => ({ minor: 1, currency: 'USD', text });

const row = (account: string): CustomerRow => ({
  id: `cus_of_${account}`,
  account,
  provider: 'stripe',
  name: `Dana of ${account}`,
  email: null,
  country: 'SE',
  created: '2025-03-02',
  standing: 'active',
  mrr: [usd('$29.00'), { minor: 1, currency: 'JPY', text: '¥1,200' }],
  paid: [usd('$348.00')],
});

const detail = (account: string): CustomerDetail => ({
  customer: row(account),
  subscriptions: [
    {
      id: 'sub_1',
      status: 'active',
      items: [{ id: 'si_1', product: 'Team', price: 'price_1', quantity: 2, terms: '$14.50 per month' }],
      mrr: usd('$29.00'),
      discounts: ['$5.00 off until 2027-01-31'],
      outlook: 'Renews on 2026-12-08',
      started: '2025-03-02',
      acts: [],
      currency: 'USD',
    },
  ],
  timeline: [
    {
      at: '2026-11-08T09:00:00Z',
      kind: 'payment',
      sentence: 'Paid',
      amount: usd('$29.00'),
      id: 'ch_1',
      acts: [],
      note: null,
    },
    {
      at: '2026-10-08T09:00:00Z',
      kind: 'mrr',
      sentence: 'MRR grew from $14.50 to $29.00',
      amount: usd('+$14.50'),
      id: 'x',
      acts: [],
      note: null,
    },
  ],
  timeline_cut: false,
  as_of: '2026-11-21T14:08:00Z',
  provider_url: null,
});

const short = accountOf({ complete: false });
const whole = accountOf({ id: 'acct_2', name: 'Other' });

function hostOf(accounts: AccountView[], answers: Parameters<typeof fakeHost>[0] = {}): FakeHost {
  return fakeHost({
    state: stateOf(accounts),
    sync_status: statusOf(),
    customers: { rows: [row('acct_1'), row('acct_2')], total: 2, offset: 0, revision: 1 },
    presence: {},
    ...answers,
  });
}

describe('a copy that is not complete', () => {
  test('marks every amount of the customers table that rests on it, and the total', async () => {
    const { container } = await show(Customers, hostOf([short, whole]), { route: CUSTOMERS });
    const rows = screen.getAllByRole('row');
    const [first, second] = rows.slice(1);
    expect(unmarked(first as HTMLElement)).toEqual([]);
    expect(unmarked(second as HTMLElement), 'the other copy is complete').toEqual(['$29.00', '¥1,200']);
    expect(container.querySelector('.total .qualified')?.textContent).toBe('2 customers');
    expect(container.querySelector('.total .tag')?.textContent).toBe('partial');
  });

  test('marks every amount of its customers, in sentences too', async () => {
    const { container } = await show(Customer, hostOf([short, whole], { customer: detail('acct_1') }), {
      id: 'cus_1',
    });
    expect(container.textContent).toContain('MRR grew from');
    expect(unmarked(container)).toEqual([]);
  });

  test('does not mark customers of an account whose copy is complete', async () => {
    const { container } = await show(Customer, hostOf([short, whole], { customer: detail('acct_2') }), {
      id: 'cus_1',
    });
    expect(container.querySelector('.qualified, .tag')).toBeNull();
  });

  test('does not claim that somebody never subscribed', async () => {
    const nothing = { ...detail('acct_1'), subscriptions: [], timeline: [] };
    await show(Customer, hostOf([short], { customer: nothing }), { id: 'cus_1' });
    expect(screen.getByText('No subscription is known; the copy is partial.')).toBeDefined();
  });

  test('marks amounts among the hits of the search', async () => {
    const hit = {
      kind: 'invoice',
      id: 'in_1',
      account: 'acct_1',
      title: 'NW-0412',
      detail: '$2,499.00 · paid',
      customer: null,
    };
    const { container } = await show(Search, hostOf([short], { search: { items: [hit] } }), {});
    const field = screen.getByRole<HTMLInputElement>('combobox');
    field.focus();
    field.value = 'NW';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    await settle();
    expect(container.textContent).toContain('$2,499.00');
    expect(unmarked(container)).toEqual([]);
  });

  test('is one word in the top bar that leads to the reasons', async () => {
    const { session } = await show(TopBar, hostOf([short]), { onmode: () => {} });
    screen.getByRole('button', { name: 'partial: why, and what to do' }).click();
    expect(session.why).toBe(true);
  });

  test('no word stands there when it is complete', async () => {
    await show(TopBar, hostOf([accountOf()]), { onmode: () => {} });
    expect(screen.queryByRole('button', { name: /partial/ })).toBeNull();
  });
});

describe('why figures are partial', () => {
  test('says every reason, the ids, and what to do', async () => {
    const account = accountOf({
      complete: false,
      permissions: [permission('disputes', 'Disputes: Read', false)],
      proof: {
        proved_at: null,
        mismatches: [{ rule: 'lines', resource: 'invoices', id: 'in_9', expected: '100', found: '90' }],
        mismatch_count: 1,
        gone: 0,
      },
    });
    const run = runOf({
      complete: false,
      warnings: ['Stripe refused meters. The list was left out.'],
      resources: [{ resource: 'charges', fetched: 1, left: 3, done: false }],
    });
    const host = hostOf([account, whole], { sync_status: statusOf([run]), sync_start: statusOf() });
    await show(WhyPartial, host, { onclose: () => {} });
    const part = within(screen.getByRole('region', { name: 'Shop' }));
    for (const text of [
      'The key may not read disputes.',
      /Tick “Disputes: Read” on the key at Stripe/,
      'One thing does not add up.',
      'in_9',
      '1 list was not read to the end: payments.',
      'Stripe refused meters. The list was left out.',
    ])
      expect(part.getByText(text)).toBeDefined();
    expect(screen.queryByRole('region', { name: 'Other' }), 'only what is short').toBeNull();
    part.getByRole('button', { name: 'Sync' }).click();
    expect(host.asked('sync_start')).toEqual([{ mode: 'live', account: 'acct_1', full: false }]);
  });

  test('the end of a sync that was asked for is said, others are not', async () => {
    const { session } = await show(TopBar, hostOf([accountOf()], { sync_start: statusOf() }), {
      onmode: () => {},
    });
    expect(screen.getByRole('status').textContent).toBe('');
    await session.sync();
    await settle();
    expect(['Syncing', 'Sync ended']).toContain(screen.getByRole('status').textContent);
  });
});
