// What needs somebody comes first, and every state has one look and offers only what it allows.

import { describe, expect, test } from 'vitest';
import type { OperationView } from '../../api/generated';
import { OPERATION_STATES } from '../../parts/operation-state';
import { groupsOf, withStanding } from './groups';
import { ACTS } from './operation-acts';

const operation = (state: string): OperationView =>
  ({ id: state, state, undo: 'Let it go on' }) as OperationView;
const labels = (state: string) => ACTS.filter((act) => act.offered(operation(state))).map((act) => act.label);

describe('the outbox', () => {
  test('shows what needs somebody, then what waits, then what is over, each once', () => {
    const groups = groupsOf(OPERATION_STATES.map(operation));
    expect(groups.map((group) => group.title)).toEqual(['Needs you', 'Waits', 'Over']);
    const ids = groups.flatMap((group) => group.operations.map((it) => it.id));
    expect([...ids].sort()).toEqual([...OPERATION_STATES].sort());
    expect(groups[0]?.operations.map((it) => it.state)).toEqual([
      'awaiting_approval',
      'unknown',
      'needs_review',
    ]);
  });

  test('shows what needs somebody although the page ends before it, and nothing twice', () => {
    const shown = withStanding(
      [operation('done')],
      [operation('unknown'), { ...operation('sending'), id: 'done' }],
    );
    expect(shown.map((it) => it.state)).toEqual(['done', 'unknown']);
    expect(groupsOf(shown)[0]?.title).toBe('Needs you');
  });

  test('never offers to discard or to send again what may have happened', () => {
    expect(labels('unknown')).toEqual(['Look again']);
    expect(labels('sending')).toEqual([]);
    expect(labels('done')).toEqual(['Undo']);
    expect(labels('refused')).toEqual([]);
  });
});
