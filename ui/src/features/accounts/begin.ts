// The two ways in. When an account was added: look at its mode, fetch its data, and go where the numbers will appear.
// Without one: the simulated merchant.

import type { AccountView, ApiErrorView } from '../../api/generated';
import type { Session } from '../../app/session.svelte';

export async function beginAccount(session: Session, account: AccountView): Promise<void> {
  session.mode = account.mode;
  session.router.go({ view: 'overview' });
  await session.sync({ mode: account.mode, account: account.id });
  session.cache.refresh('state', {});
}

/** Opens the simulated merchant and brings its data; returns why not when it could not be opened. */
export async function enterDemo(session: Session): Promise<ApiErrorView | null> {
  const answer = await session.do('demo_enter', { seed: null, customers: null });
  if (!answer.ok) return answer.error;
  session.adoptHome(answer.value);
  await session.sync();
  return null;
}
