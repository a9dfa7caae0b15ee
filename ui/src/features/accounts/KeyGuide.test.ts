// The guide to a key: boxes and links are the engine's, each box once, reading first.

import { screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { fakeHost } from '../../../test/fake-host';
import { settle, show } from '../../../test/shown';
import { GUIDE, stateOf } from '../../../test/things';
import KeyGuide from './KeyGuide.svelte';

describe('key guide', () => {
  test('shows each box once and says what it is for', async () => {
    await show(KeyGuide, fakeHost({ state: stateOf(), key_guide: GUIDE, presence: {} }), {});
    expect(screen.getAllByText('Invoices')).toHaveLength(1);
    expect(screen.getByText('what was billed, how it was paid')).toBeDefined();
    expect(screen.getByText('Charges and Refunds').closest('details')).not.toBeNull();
  });

  test('links to a key that only reads first, and to one that may also act', async () => {
    const host = fakeHost({ state: stateOf(), key_guide: GUIDE, presence: {} });
    const { container } = await show(KeyGuide, host, {});
    const links = [...container.querySelectorAll('a')];
    expect(links.map((link) => link.getAttribute('href'))).toEqual([
      GUIDE.links.read_only,
      GUIDE.links.with_actions,
    ]);
    for (const link of links) link.click();
    expect(host.opened).toEqual([GUIDE.links.read_only, GUIDE.links.with_actions]);
  });

  test('says when the boxes could not be had, and asks again', async () => {
    const host = fakeHost({ state: stateOf(), presence: {} });
    await show(KeyGuide, host, {});
    await host.last().refuse({ code: 'internal', message: 'The list could not be read.', hint: null });
    await settle();
    screen.getByRole('button', { name: 'Try again' }).click();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(host.asked('key_guide')).toHaveLength(2);
  });
});
