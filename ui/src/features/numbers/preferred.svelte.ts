// By which rules, in whose days and in which currency figures are told where a view does not say; set in the settings.

import type { PreferencesView } from '../../api/generated';
import { type Query, query } from '../../api/query.svelte';
import { useSession } from '../../app/session.svelte';

export function preferences(): Query<PreferencesView> {
  const session = useSession();
  return query('preferences', () =>
    session.hasAccounts(session.mode) ? { mode: session.mode, set: null } : null,
  );
}
