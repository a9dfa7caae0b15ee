// What is asked for in one mode must never be sent in the other.

import { expect, test } from 'vitest';
import { fakeHost } from '../../test/fake-host';
import { accountOf, stateOf } from '../../test/things';
import { Session } from './session.svelte';

test('a switch of the mode closes the sheet of an act and leaves the customer of the other mode', () => {
  const session = new Session(fakeHost());
  session.state = stateOf([accountOf(), accountOf({ id: 'acct_2', mode: 'test' })]);
  session.router.go({ view: 'customer', id: 'cus_1' });
  session.act({ name: 'refund', target: 'ch_1', account: 'acct_1', who: 'Dana', what: 'Paid' });
  session.mode = 'test';
  expect(session.acting).toBeNull();
  expect(session.router.route.view).toBe('customers');
});

test('what is followed stays what it was when the mode is switched', () => {
  const session = new Session(fakeHost());
  session.state = stateOf([accountOf(), accountOf({ id: 'acct_2', mode: 'test' })]);
  session.follow({ id: 'op_1', mode: 'live' } as never);
  session.mode = 'test';
  expect(session.followed).toEqual([{ id: 'op_1', mode: 'live' }]);
});
