// The overview: every number of a copy that is not complete carries its mark, and a running sync keeps quiet.

import { screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { fakeHost } from '../../../test/fake-host';
import { settle, show, unmarked } from '../../../test/shown';
import { accountOf, overviewOf, runOf, stateOf, statusOf } from '../../../test/things';
import type { AccountView, SyncStatus } from '../../api/generated';
import Overview from './Overview.svelte';

async function overview(account: AccountView, status: SyncStatus = statusOf(), complete = account.complete) {
  const host = fakeHost({
    state: stateOf([account]),
    sync_status: () => status,
    overview: overviewOf({ complete }),
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
  return [...found].map((node) => ({
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
});
