// What is asked and kept of a comparison: once for each file, mode and policy, the newest question wins, and figures of one
// mode never stand in the other's frame.

import { describe, expect, test } from 'vitest';
import { fakeHost } from '../../../test/fake-host';
import { answerOf } from '../../../test/reconciled';
import { settle } from '../../../test/shown';
import { accountOf, stateOf } from '../../../test/things';
import { Session } from '../../app/session.svelte';
import { Comparison, comparisonOf } from './comparison.svelte';

const FILE = { name: 'mrr.csv', text: 'Customer ID,2026-10\n' };

function begun() {
  const host = fakeHost({ presence: {} });
  const comparison = new Comparison();
  comparison.take(FILE);
  return { host, session: new Session(host), comparison };
}

describe('a comparison', () => {
  test('asks once for the same file, mode and policy, and again when told to', async () => {
    const { host, session, comparison } = begun();
    void comparison.want(session, 'live', 'stripe');
    await host.last().answer(answerOf());
    await comparison.want(session, 'live', 'stripe');
    expect(host.asked('reconcile')).toEqual([
      { mode: 'live', policy: 'stripe', file: 'mrr.csv', text: FILE.text },
    ]);
    void comparison.want(session, 'live', 'coffer-1');
    expect(comparison.answer?.policy, 'the answer before stays while another is made').toBe('stripe');
    await host.last().answer(answerOf({ policy: 'coffer-1' }));
    expect(comparison.answer?.policy).toBe('coffer-1');
    void comparison.want(session, 'live', 'coffer-1', true);
    expect(host.asked('reconcile')).toHaveLength(3);
  });

  test('the newest question wins, whichever answer comes first', async () => {
    const { host, session, comparison } = begun();
    void comparison.want(session, 'live', 'stripe');
    const first = host.last();
    void comparison.want(session, 'live', 'coffer-1');
    await host.last().answer(answerOf({ policy: 'coffer-1' }));
    await first.answer(answerOf({ policy: 'stripe' }));
    await settle();
    expect(comparison.answer?.policy).toBe('coffer-1');
    expect(comparison.running).toBe(false);
  });

  test('figures of one mode do not stand in the other’s frame', async () => {
    const { host, session, comparison } = begun();
    void comparison.want(session, 'live', 'stripe');
    await host.last().answer(answerOf());
    void comparison.want(session, 'test', 'stripe');
    expect(comparison.answer).toBeNull();
    expect(comparison.running).toBe(true);
  });

  test('what failed leaves the figures of before, and is told', async () => {
    const { host, session, comparison } = begun();
    void comparison.want(session, 'live', 'stripe');
    await host.last().answer(answerOf());
    void comparison.want(session, 'live', 'coffer-1');
    await host.last().refuse({ code: 'internal', message: 'It failed.', hint: null });
    await settle();
    expect(comparison.problem?.message).toBe('It failed.');
    expect(comparison.answer?.policy).toBe('stripe');
    expect(comparison.passing, 'it may work the next time').toBe(true);
    comparison.refuse({ message: 'mrr.xlsx is no text that can be read.', hint: null });
    expect(comparison.passing, 'the same file is no text the next time either').toBe(false);
    comparison.take({ ...FILE });
    expect(comparison.problem, 'another file begins anew').toBeNull();
    expect(comparison.answer).toBeNull();
  });

  test('a file that was forgotten is gone, also while it was compared', async () => {
    const { host, session, comparison } = begun();
    void comparison.want(session, 'live', 'stripe');
    comparison.forget();
    await host.last().answer(answerOf());
    await settle();
    expect([comparison.file, comparison.answer]).toEqual([null, null]);
  });

  test('is one for a window, and another for another home', async () => {
    const session = new Session(fakeHost({ presence: {} }));
    session.state = stateOf([accountOf()]);
    const first = comparisonOf(session);
    expect(comparisonOf(session)).toBe(first);
    session.state = { ...stateOf([accountOf()]), home: '/simulated' };
    expect(comparisonOf(session)).not.toBe(first);
  });
});
