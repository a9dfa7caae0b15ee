// An account's card: what it used, what was proved, what its key lacks, and the two ways to sync it.

import { screen, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { fakeHost } from '../../../test/fake-host';
import { settle, show } from '../../../test/shown';
import { accountOf, GUIDE, permission, runOf, stateOf, statusOf } from '../../../test/things';
import type { AccountView } from '../../api/generated';
import Account from './Account.svelte';

async function card(account: AccountView, running = false) {
  const host = fakeHost({
    state: stateOf([account]),
    sync_status: statusOf([runOf({ running })]),
    sync_start: statusOf(),
    key_guide: GUIDE,
    presence: {},
  });
  const { session, container } = await show(Account, host, { account, onremove: null });
  return { host, session, text: () => container.textContent?.replaceAll(/\s+/g, ' ') ?? '' };
}

const mismatches = Array.from({ length: 200 }, (_, index) => ({
  rule: 'refunds',
  resource: 'charges',
  id: `ch_${index}`,
  expected: '2900',
  found: '-400',
}));

describe('account card', () => {
  test('tells the reads used of those allowed, and the rule', async () => {
    const { text } = await card(accountOf({ reads: { used: 9412, allowed: 10_000 } }));
    expect(screen.getByRole('meter', { name: 'Reads' }).getAttribute('aria-valuetext')).toBe(
      '9,412 of 10,000',
    );
    expect(text()).toContain('500 reads for each transaction, and never fewer than 10,000 in 30 days');
    expect(text()).toContain('nearly used up');
  });

  test('tells when everything held together and what leads nowhere', async () => {
    const { text } = await card(
      accountOf({
        proof: { proved_at: '2026-11-20T10:00:00Z', mismatches: [], mismatch_count: 0, gone: 3 },
      }),
    );
    expect(text()).toMatch(/Everything held together on .*2026 · 3 references lead to deleted objects/);
  });

  test('lists what does not add up by id, and how many there are in all', async () => {
    const proof = { proved_at: null, mismatches, mismatch_count: 1412, gone: 0 };
    const { text } = await card(accountOf({ complete: false, proof }));
    expect(text()).toContain('1,412 things do not add up');
    expect(text()).toContain('The first 200 of 1,412.');
    const list = screen.getByRole('region', { name: 'What does not add up' });
    expect(list.tabIndex, 'it can be scrolled by keyboard').toBe(0);
    expect(within(list).getAllByRole('listitem')).toHaveLength(200);
    expect(list.textContent).toContain('ch_199');
    expect(list.textContent).toContain('says 2,900, found −400');
  });

  test('syncs this account, or reads everything again', async () => {
    const { host } = await card(accountOf());
    screen.getByRole('button', { name: 'Sync' }).click();
    const again = screen.getByRole('button', { name: 'Read everything again' });
    expect(document.getElementById(again.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
      'about one read for each hundred records',
    );
    again.click();
    await settle();
    expect(host.asked('sync_start')).toEqual([
      { mode: 'live', account: 'acct_1', full: false },
      { mode: 'live', account: 'acct_1', full: true },
    ]);
  });

  test('cannot be asked twice while a sync runs', async () => {
    await card(accountOf(), true);
    for (const name of ['Syncing', 'Read everything again'])
      expect(screen.getByRole<HTMLButtonElement>('button', { name }).disabled).toBe(true);
  });

  test('names the missing boxes and offers both keys, outside the window', async () => {
    const { host, text } = await card(
      accountOf({
        complete: false,
        permissions: [
          permission('customers', 'Customers: Read'),
          permission('disputes', 'Disputes: Read', false),
          permission('events', 'Events: Read', false),
          permission('refunds', 'Charges and Refunds: Write', false, 'write'),
        ],
      }),
    );
    expect(text()).toContain('2 missing');
    expect(text()).toContain('Tick “Disputes: Read” and “Events: Read” on the key at Stripe');
    expect(text()).toContain('This key can change nothing at Stripe.');
    const only = screen.getByRole<HTMLAnchorElement>('link', { name: /only reads/ });
    expect(only.getAttribute('href')).toBe(GUIDE.links.read_only);
    only.click();
    screen.getByRole('link', { name: /also act/ }).click();
    expect(host.opened).toEqual([GUIDE.links.read_only, GUIDE.links.with_actions]);
  });

  test('asks for the boxes only when they are looked at', async () => {
    const { host } = await card(accountOf());
    expect(host.asked('key_guide')).toEqual([]);
  });

  test('a partial copy leads to its reasons, in its own mode', async () => {
    const { session } = await card(accountOf({ complete: false }));
    screen.getByRole('button', { name: /^partial/ }).click();
    expect(session.why).toBe(true);
  });
});
