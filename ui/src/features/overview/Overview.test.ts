// The overview: every number of a copy that is not complete carries its mark, and a running sync keeps quiet.

import { screen } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';
import { fakeHost } from '../../../test/fake-host';
import { settle, show, unmarked } from '../../../test/shown';
import { accountOf, newsOf, overviewOf, runOf, stateOf, statusOf, todayOf } from '../../../test/things';
import type { AccountView, SyncStatus } from '../../api/generated';
import Overview from './Overview.svelte';

async function overview(account: AccountView, status: SyncStatus = statusOf(), complete = account.complete) {
  const host = fakeHost({
    state: stateOf([account]),
    sync_status: () => status,
    overview: overviewOf({ complete }),
    today: todayOf(),
    news: newsOf(),
    news_seen: {},
    presence: {},
  });
  const { session, container } = await show(Overview, host, {});
  return { host, session, container };
}

/** Every text on the page with a digit in it that is a figure, and whether the mark is on it or around it. */
function figures(container: HTMLElement) {
  const found = container.querySelectorAll(
    '.number, .change .strong, .ledgers .end > :not(.visually-hidden)',
  );
  return [...found]
    .filter((node) => /\d/.test(node.textContent ?? ''))
    .map((node) => ({
      text: node.textContent ?? '',
      marked: node.closest('.qualified') !== null || node.querySelector('.qualified') !== null,
    }));
}

const walk = runOf({
  running: true,
  phase: 'walking',
  seconds: 9,
  seconds_left: 41,
  complete: false,
  resources: [
    { resource: 'customers', fetched: 300, left: null, done: true },
    { resource: 'customer_balance_transactions', fetched: 100, left: 800, done: false },
  ],
});

describe('overview', () => {
  test('a complete copy has no mark anywhere', async () => {
    const { container } = await overview(accountOf());
    expect(figures(container).length).toBeGreaterThan(8);
    expect(container.querySelector('.qualified, .tag')).toBeNull();
  });

  test('a copy that is not complete marks every number, in line and word', async () => {
    const { container } = await overview(accountOf({ complete: false }));
    expect(figures(container).filter((figure) => !figure.marked)).toEqual([]);
    expect(unmarked(container)).toEqual([]);
    const large = screen.getByRole('button', { name: /\$4,829\.14.*partial.*Opens/ });
    expect(large.title).toContain('Not every list was read to its end.');
    expect(screen.getByText('These figures are partial.')).toBeDefined();
  });

  test('figures that say so themselves are marked, whatever the account says', async () => {
    const { container } = await overview(accountOf(), statusOf(), false);
    expect(figures(container).filter((figure) => !figure.marked)).toEqual([]);
  });

  test('the reasons are one press away', async () => {
    const { session } = await overview(accountOf({ complete: false }));
    screen.getByRole('button', { name: 'Why, and what to do' }).click();
    expect(session.why).toBe(true);
  });

  test('a sync that reads lists has a bar, a phase and the lists for who wants them', async () => {
    await overview(accountOf({ complete: false }), statusOf([walk]));
    const bar = screen.getByRole('progressbar', { name: 'Sync of Shop' });
    expect(bar.getAttribute('aria-valuenow')).toBe('33');
    expect(bar.getAttribute('aria-valuetext')).toBe('33 percent, 400 of about 1,200, about 40 s left');
    expect(screen.getByText('Reading every list · 400 of about 1,200')).toBeDefined();
    const lists = screen.getByRole('button', { name: 'Lists' });
    expect(lists.getAttribute('aria-expanded')).toBe('false');
    lists.click();
    await settle();
    expect(screen.getByText('Customer credit').closest('li')?.textContent).toContain('100 of about 900');
  });

  test('only the phase is said aloud, not the counts', async () => {
    await overview(accountOf({ complete: false }), statusOf([walk]));
    const live = screen.getByRole('region', { name: 'Sync of Shop' }).querySelector('[role=status]');
    expect(live?.textContent).toBe('Reading every list');
  });

  test('the first sync shows its lists by itself and figures as they come', async () => {
    const { container } = await overview(
      accountOf({ complete: false, synced_at: null }),
      statusOf([walk], { as_of: null }),
    );
    expect(screen.getByText('Customer credit')).toBeDefined();
    expect(figures(container).filter((figure) => !figure.marked)).toEqual([]);
    expect(screen.queryByText('These figures are partial.'), 'the bar says it').toBeNull();
  });

  test('a look for changes in the background moves nothing on the page', async () => {
    await overview(accountOf(), statusOf([runOf({ running: true, phase: 'changes', seconds: 0.8 })]));
    expect(screen.queryByRole('progressbar')).toBeNull();
  });

  test('how MRR moved leads to the customers behind it', async () => {
    const { session } = await overview(accountOf());
    const year = screen.getByRole('link', { name: /This year/ });
    expect(year.closest('li')?.textContent).toContain('new +$1,100.00 · churn −$200.00');
    expect(screen.getByRole('link', { name: /Today/ }).closest('li')?.textContent).toContain('nothing moved');
    year.click();
    expect(session.router.route).toEqual({
      view: 'movements',
      params: { every: 'month', date: '2026-11-21' },
    });
  });

  test('a figure leads to what it is made of, and one that is undefined says why', async () => {
    const { session, container } = await overview(accountOf());
    screen.getByRole('button', { name: /102\.1 %.*Opens what it is made of/ }).click();
    expect(session.router.route).toEqual({
      view: 'explain',
      params: { metric: 'nrr', date: '2026-11-30', every: 'month', currency: 'USD' },
    });
    expect(screen.getByText(/nothing to divide by/)).toBeDefined();
    const path = container.querySelector('.figures svg path')?.getAttribute('d') ?? '';
    expect(path.match(/M/g), 'a month without a value is a gap').toHaveLength(2);
  });

  test('news are sentences with names, and stay until they are said to be seen', async () => {
    const { host, session } = await overview(accountOf());
    const gone = screen.getByRole('link', { name: 'Noah Brandt' });
    expect(gone.closest('li')?.textContent?.replace(/\s+/g, ' ')).toContain(
      'Noah Brandt left −$29.00 a month',
    );
    expect(screen.getByText('and 8 more')).toBeDefined();
    expect(host.asked('news_seen'), 'a look in passing loses nothing').toEqual([]);
    screen.getByRole('button', { name: 'Seen' }).click();
    await settle();
    expect(host.asked('news_seen')).toEqual([{ mode: 'live', until: '2026-11-21T14:08:00Z' }]);
    await vi.waitFor(() => expect(host.asked('news')).toHaveLength(2));
    gone.click();
    expect(session.router.route).toEqual({ view: 'customer', id: 'cus_2' });
  });

  test('what needs somebody leads there and says until when', async () => {
    const { session } = await overview(accountOf());
    const dispute = screen.getByRole('link', { name: /Dana Whitfield disputes \$29\.00/ });
    expect(dispute.closest('li')?.textContent).toMatch(/by /);
    dispute.click();
    expect(session.router.route).toEqual({ view: 'customer', id: 'cus_9' });
  });
});
