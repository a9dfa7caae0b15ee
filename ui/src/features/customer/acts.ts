// What can be done with an object of the customer's page, as menu entries that open the sheet, and what is open on it.

import type { OperationView } from '../../api/generated';
import type { Session } from '../../app/session.svelte';
import type { MenuItem } from '../../parts/Menu.svelte';
import { NEEDS_YOU, WAITING } from '../../parts/operation-state';
import { type Act, type ActName, FORMS } from '../acting/acts';

const isAct = (name: string): name is ActName => name in FORMS;

/** Menu entries for acts by their names; a name that this window does not know is left out. */
export function menuOf(session: Session, names: readonly string[], about: Omit<Act, 'name'>): MenuItem[] {
  return names.filter(isAct).map((name) => ({
    id: name,
    label: `${FORMS[name].title}…`,
    icon: FORMS[name].icon,
    run: () => session.act({ ...about, name }),
  }));
}

/** Operations that are not at their end on an object. */
export function openOn(operations: readonly OperationView[], target: string): OperationView[] {
  return operations.filter(
    (it) => it.target === target && (NEEDS_YOU.includes(it.state) || WAITING.includes(it.state)),
  );
}
