// What somebody can do about an operation in each of its states, and what that risks.

import type { OperationView } from '../../api/generated';
import type { CommandName } from '../../host';

export interface OperationAct {
  label: string;
  command: CommandName & `outbox_${string}`;
  /** What it does, in a sentence. */
  says: string;
  /** What can go wrong by it; such an act is asked for twice. */
  risk: string | null;
  offered: (operation: OperationView) => boolean;
}

const is =
  (...states: string[]) =>
  ({ state }: OperationView) =>
    states.includes(state);

export const ACTS: readonly OperationAct[] = [
  {
    label: 'Approve',
    command: 'outbox_approve',
    says: 'It is sent as it was asked for.',
    risk: null,
    offered: is('awaiting_approval'),
  },
  {
    label: 'Send now',
    command: 'outbox_retry',
    says: 'It is sent at once instead of when its turn comes.',
    risk: null,
    offered: is('queued'),
  },
  {
    label: 'Look again',
    command: 'outbox_retry',
    says: 'It is looked for at the provider, and sent only where that cannot do it twice.',
    risk: null,
    offered: is('unknown'),
  },
  {
    label: 'Go on',
    command: 'outbox_retry',
    says: 'It goes on as things are now.',
    risk: 'It goes on as things are at the provider now, which may differ from what was approved. The reason above says how.',
    offered: is('needs_review'),
  },
  {
    label: 'Undo',
    command: 'outbox_undo',
    says: 'It is taken back by an operation of its own.',
    risk: null,
    offered: (operation) => operation.state === 'done' && operation.undo !== null,
  },
  {
    label: 'Discard',
    command: 'outbox_discard',
    says: 'It is taken out and never sent.',
    risk: 'It is taken out and never sent. To do it after all, it has to be asked for again.',
    offered: is('draft', 'awaiting_approval', 'queued', 'needs_review'),
  },
];
