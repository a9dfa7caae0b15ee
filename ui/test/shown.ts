// Renders a view with everything it takes from above: a session that has read its state, the cache and the marks.

import { render } from '@testing-library/svelte';
import { type Component, tick } from 'svelte';
import { onTestFinished } from 'vitest';
import { CACHE_KEY } from '../src/api/query.svelte';
import { SESSION_KEY, Session } from '../src/app/session.svelte';
import { amountsIn } from '../src/parts/format';
import { MARK_KEY } from '../src/parts/mark';
import type { FakeHost } from './fake-host';

const TURNS = 8;

/** Amounts on the page that carry no mark. */
export function unmarked(container: HTMLElement): string[] {
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  while (walker.nextNode()) {
    const { parentElement, textContent } = walker.currentNode;
    if (parentElement?.closest('.qualified') != null) continue;
    found.push(
      ...amountsIn(textContent ?? '')
        .filter((piece) => piece.amount)
        .map((piece) => piece.text),
    );
  }
  return found;
}

/** Lets answers arrive and what follows from them be drawn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await tick();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

export async function show<Props extends Record<string, unknown>>(
  view: Component<Props>,
  host: FakeHost,
  props: Props,
): Promise<{ session: Session; container: HTMLElement }> {
  const session = new Session(host);
  onTestFinished(session.start());
  await settle();
  const { container } = render(view as Component<Record<string, unknown>>, {
    props,
    context: new Map<symbol, unknown>([
      [SESSION_KEY, session],
      [CACHE_KEY, session.cache],
      [MARK_KEY, (account: string | null) => session.partial(account)],
    ]),
  });
  await settle();
  return { session, container };
}
