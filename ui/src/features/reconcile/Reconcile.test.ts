// The view of a comparison: a file is taken once and compared by every policy, what is said of it, and what stays on the way
// to a customer and back.

import { fireEvent, screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { fakeHost } from '../../../test/fake-host';
import { answerOf, causeOf, gapOf, splitOf } from '../../../test/reconciled';
import { settle, show, unmarked } from '../../../test/shown';
import { accountOf, stateOf } from '../../../test/things';
import type { AccountView } from '../../api/generated';
import Reconcile from './Reconcile.svelte';

const POLICIES = {
  items: [
    { id: 'coffer-1', name: 'Coffer', rules: [] },
    { id: 'stripe', name: 'Stripe', rules: [] },
  ],
};
const TEXT = 'Customer ID,Currency,2026-10\ncus_1,usd,32.00\n';
const DIFFERENT = answerOf({
  splits: [
    splitOf({
      headline: 'Ours is $12.00 below Stripe’s in October 2026.',
      explained: 'None of it is explained.',
      theirs: { minor: 11_200, currency: 'USD', text: '$112.00' },
      difference: { minor: -1_200, currency: 'USD', text: '−$12.00' },
      standing: 'open',
      causes: [
        causeOf({
          largest: [gapOf(), gapOf({ customer: 'cus_9', name: null, here: false })],
          customers: 2,
        }),
      ],
    }),
  ],
});

async function view(account: AccountView = accountOf(), answer = DIFFERENT) {
  const host = fakeHost({
    state: stateOf([account]),
    policies: POLICIES,
    presence: {},
    reconcile: () => answer,
  });
  const shown = await show(Reconcile, host, { params: {} });
  return { host, ...shown };
}

async function choose(container: HTMLElement, text = TEXT) {
  const input = container.querySelector<HTMLInputElement>('input[type=file]');
  if (input === null) throw new Error('there is no place for a file');
  Object.defineProperty(input, 'files', { value: [new File([text], 'mrr.csv')], configurable: true });
  await fireEvent.change(input);
  await settle();
}

describe('reconcile', () => {
  test('without a file it teaches where one is and offers one act', async () => {
    const { container } = await view();
    expect(container.textContent).toContain('MRR per subscriber per month');
    expect(screen.getAllByRole('button').map((it) => it.textContent)).toEqual(['Choose the file']);
  });

  test('a file is compared by Stripe’s rules, and its outcome is said and shown', async () => {
    const { host, container } = await view();
    await choose(container);
    expect(host.asked('reconcile')).toEqual([
      { mode: 'live', policy: 'stripe', file: 'mrr.csv', text: TEXT },
    ]);
    screen.getByRole('heading', { name: 'Ours is $12.00 below Stripe’s in October 2026.' });
    expect(screen.getByRole('status').textContent).toContain('None of it is explained.');
    expect(screen.getByRole('button', { name: 'Dana' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'cus_9' }), 'who is not here has no page').toBeNull();
    expect(container.querySelector('.qualified')).toBeNull();
  });

  test('one click leads to the rules that the overview follows', async () => {
    const { session, container } = await view();
    await choose(container);
    await fireEvent.click(screen.getByRole('button', { name: /Why does the overview say another number/ }));
    expect(session.router.route).toMatchObject({ view: 'reconcile', params: { policy: 'coffer-1' } });
  });

  test('a file that is no export is told as the engine tells it, and another can be chosen', async () => {
    const host = fakeHost({ state: stateOf(), policies: POLICIES, presence: {} });
    const { container } = await show(Reconcile, host, { params: {} });
    await choose(container, 'id\n1\n');
    expect(screen.getByRole('status').textContent).toBe('Comparing');
    await host
      .last()
      .refuse({ code: 'usage', message: 'The file mrr.csv cannot be compared.', hint: 'Stripe has three.' });
    await settle();
    expect(screen.getByRole('alert').textContent).toContain('Stripe has three.');
    screen.getByRole('button', { name: 'Choose another file' });
    expect(screen.queryByText('Comparing')).toBeNull();
  });

  test('what the view offers can be found in the palette', async () => {
    const { session, container } = await view();
    expect(session.offers.map((it) => it.id)).toEqual(['reconcile-file']);
    await choose(container);
    expect(session.offers.map((it) => it.id)).toEqual([
      'reconcile-file',
      'reconcile-csv',
      'reconcile-forget',
    ]);
    session.offers.at(-1)?.run();
    await settle();
    screen.getByRole('button', { name: 'Choose the file' });
  });

  test('a copy that is not complete marks what is ours, and says why a difference may be none', async () => {
    const { container } = await view(
      accountOf({ complete: false }),
      answerOf({ ...DIFFERENT, complete: false }),
    );
    await choose(container);
    screen.getByText('The copy is not complete, so our side is not either.');
    const theirs = new Set(['$112.00', '$32.00']);
    expect(unmarked(container).filter((text) => !theirs.has(text) && text !== '$12.00')).toEqual([]);
    screen.getByRole('button', { name: 'Why, and what to do' });
  });
});
