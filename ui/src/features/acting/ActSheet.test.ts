// The sheet of an act: what is asked while somebody types, which answer counts, what has to be said first, and that nothing
// typed is lost when the engine says no.

import { screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { fakeHost } from '../../../test/fake-host';
import { settle, show } from '../../../test/shown';
import { accountOf, stateOf, statusOf } from '../../../test/things';
import type { MoneyView, OperationPreview } from '../../api/generated';
import ActSheet from './ActSheet.svelte';
import type { Act } from './acts';

const dollars = (text: string, minor: number): MoneyView => ({ minor, currency: 'USD', text });

function previewOf(changes: Partial<OperationPreview> = {}): OperationPreview {
  return {
    mode: 'live',
    kind: 'refund',
    target: 'ch_1',
    target_kind: 'charges',
    customer: 'cus_1',
    sentence: 'Refund $29.00 of payment ch_1',
    amount: dollars('$29.00', 2900),
    effects: [{ what: 'customer_gets', text: 'The customer gets back', amount: dollars('$29.00', 2900) }],
    preview: null,
    estimated: false,
    needs_note: false,
    needs_amount: null,
    needs_approval: false,
    needs_operator: false,
    ...changes,
  };
}

const refund: Act = { name: 'refund', target: 'ch_1', account: 'acct_1', who: 'Dana', what: 'Paid, $29.00' };

async function sheet(mode: 'live' | 'test' = 'live') {
  const host = fakeHost({
    state: stateOf([accountOf({ mode })]),
    sync_status: statusOf([], { mode }),
    operator_list: { items: [{ name: 'ana', added_at: '2026-11-01T00:00:00Z' }] },
    presence: {},
  });
  let closed = 0;
  const { session } = await show(ActSheet, host, { act: refund, onclose: () => (closed += 1) });
  await settle();
  const asks = () => host.calls.filter((call) => call.name === 'operation_preview');
  const pause = async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await settle();
  };
  const submitted = () => host.asked('operation_submit') as Record<string, unknown>[];
  return { host, session, asks, pause, submitted, closed: () => closed };
}

const button = () => screen.getByRole('button', { name: /mode$/ });

test('the button names the act, the amount and the mode', async () => {
  const { asks } = await sheet();
  await asks()[0]?.answer(previewOf());
  await settle();
  expect(button().textContent).toContain('Refund $29.00 in live mode');
  expect(button()).toHaveProperty('disabled', false);
});

test('typing asks once it pauses, and only the newest answer counts', async () => {
  const { asks, pause } = await sheet();
  await asks()[0]?.answer(previewOf());
  await settle();
  const amount = screen.getByLabelText('Amount');
  await userEvent.type(amount, '1');
  await pause();
  await userEvent.type(amount, '2');
  await pause();
  expect(asks().map((call) => (call.request as { wish: { amount: string } }).wish.amount)).toEqual([
    null,
    '1',
    '12',
  ]);
  await asks()[2]?.answer(previewOf({ amount: dollars('$12.00', 1200) }));
  await asks()[1]?.answer(previewOf({ amount: dollars('$1.00', 100) }));
  await settle();
  expect(button().textContent, 'a late answer to an older question is dropped').toContain('Refund $12.00');
});

test('while the answer to what was typed is under way nothing can be confirmed', async () => {
  const { asks, pause, submitted } = await sheet();
  await asks()[0]?.answer(previewOf());
  await settle();
  await userEvent.type(screen.getByLabelText('Amount'), '5');
  await pause();
  await userEvent.keyboard('{Enter}');
  await settle();
  expect(submitted(), 'what was shown is not what was typed').toEqual([]);
});

test('a live refund waits for its note and for the amount typed again', async () => {
  const { asks, submitted } = await sheet();
  await asks()[0]?.answer(previewOf({ needs_note: true, needs_amount: dollars('$29.00', 2900) }));
  await settle();
  expect(button()).toHaveProperty('disabled', true);
  await userEvent.type(screen.getByLabelText('Note'), 'paid twice');
  expect(button()).toHaveProperty('disabled', true);
  await userEvent.type(screen.getByLabelText('Type $29.00 to confirm'), '29.00');
  expect(button()).toHaveProperty('disabled', false);
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  await settle();
  expect(submitted()).toEqual([expect.objectContaining({ note: 'paid twice', typed_amount: '29.00' })]);
});

test('where there are operators nothing is confirmed before somebody says who they are', async () => {
  const { asks, submitted } = await sheet();
  await asks()[0]?.answer(previewOf({ needs_operator: true, needs_approval: true }));
  await settle();
  expect(screen.getByRole('option', { name: 'ana' })).toBeTruthy();
  expect(screen.getByText(/Another operator has to approve/)).toBeTruthy();
  await userEvent.type(screen.getByLabelText('PIN'), '1234{Enter}');
  await settle();
  expect(button()).toHaveProperty('disabled', true);
  expect(submitted(), 'a PIN without a name is nobody’s').toEqual([]);
});

test('a refusal is said in place, in words of the window, and nothing typed is lost', async () => {
  const { host, asks, closed } = await sheet();
  await asks()[0]?.answer(previewOf({ needs_note: true }));
  await settle();
  await userEvent.type(screen.getByLabelText('Note'), 'paid twice');
  await userEvent.keyboard('{Enter}');
  await settle();
  await host.last().refuse({ code: 'limit', message: '$29.00 is too much.', hint: 'Use `coffer limits`.' });
  await settle();
  expect(screen.getByRole('alert').textContent).toContain('too much');
  expect(screen.getByRole('alert').textContent).not.toContain('coffer limits');
  expect(screen.getByLabelText('Note')).toHaveProperty('value', 'paid twice');
  expect(closed()).toBe(0);
});

test('what was accepted is followed, and the sheet closes', async () => {
  const { host, session, asks, closed } = await sheet('test');
  await asks()[0]?.answer(previewOf({ mode: 'test' }));
  await settle();
  expect(button().textContent).toContain('in test mode');
  await userEvent.click(button());
  await settle();
  await host.last().answer({ id: 'op_1', mode: 'test', state: 'queued' });
  await settle();
  expect(session.followed).toEqual([{ id: 'op_1', mode: 'test' }]);
  expect(closed()).toBe(1);
});
