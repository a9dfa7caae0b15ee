// Ways through the window that cross its views: a key that was revoked, and a switch of mode with something half done.

import { addAccount, enter, expect, go, simulate, sync, test } from './harness';

test('a key that was revoked is said with what to do, the numbers stay, and nothing is sent', async ({
  page,
  served,
}) => {
  const simulator = await simulate('--seed', '21', '--customers', '60', '--months', '4');
  const { port } = new URL(simulator.url);
  try {
    await sync(served, await addAccount(served, simulator, 'Small shop'));
  } finally {
    await simulator.stop();
  }
  // Somebody else's merchant at the same address does not know this key: so answers a provider whose key was rolled.
  const stranger = await simulate('--seed', '22', '--customers', '20', '--months', '2', '--port', port);
  try {
    await enter(page, served.url);
    const number = page.locator('.figure.large .number');
    await expect(number).toContainText(/\d/);
    const known = (await number.textContent()) ?? '';
    await page.getByRole('button', { name: 'Sync now' }).press('Enter');
    await expect(page.getByText(/key was not accepted/i).first()).toBeVisible();
    await expect(number, 'what was known stays').toHaveText(known);
    await go(page, 'g s');
    await page.getByRole('button', { name: /Check/ }).first().press('Enter');
    await expect(page.getByText(/key was not accepted/i).first()).toBeVisible();
    await go(page, 'g c');
    await expect(page.getByRole('grid', { name: 'Customers' }).getByRole('row').nth(1)).toBeVisible();
  } finally {
    await stranger.stop();
  }
});

test('one key switches the mode, says what changes, and takes no half-done act along', async ({
  page,
  served,
}) => {
  const live = await simulate('--seed', '23', '--customers', '60', '--months', '4', '--live');
  const rehearsal = await simulate('--seed', '24', '--customers', '60', '--months', '4');
  try {
    for (const merchant of [live, rehearsal])
      await sync(served, await addAccount(served, merchant, 'Small shop'));
    const mrr = async (mode: 'live' | 'test') =>
      ((await served.call('overview', { mode, currency: null })) as { mrr: { text: string } }).mrr.text;
    await enter(page, served.url);
    const number = page.locator('.figure.large .number');
    await expect(number).toContainText(await mrr('live'));
    await expect(page.locator('.frame.test')).toHaveCount(0);

    await page.keyboard.press('m');
    await expect(page.locator('.frame.test')).toBeVisible();
    await expect(page.locator('.toasts')).toContainText(/test/i);
    await expect(number).toContainText(await mrr('test'));
    await expect(page).toHaveTitle(/TEST/);

    const found = (await served.call('records', {
      mode: 'test',
      view: 'payments',
      filter: 'status:succeeded',
      sort: 'created',
      descending: true,
      offset: 0,
      limit: 1,
    })) as { rows: { customer: string }[] };
    await page.evaluate((id) => {
      location.hash = `#/customer/${id}`;
    }, found.rows[0]?.customer);
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await page.keyboard.press('r');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expect(page.getByRole('dialog')).toContainText('TEST');
    await page.evaluate(() => {
      (document.activeElement as HTMLElement | null)?.blur();
    });
    await page.getByRole('switch', { name: 'Test mode' }).evaluate((button: HTMLElement) => button.click());
    await expect(page.getByRole('dialog'), 'what was half done was about the other mode').toHaveCount(0);
    await expect(page.locator('.frame.test')).toHaveCount(0);
    for (const merchant of [live, rehearsal]) {
      const effects = await fetch(`${merchant.url}/_sim/effects`);
      expect(await effects.json(), 'nothing was done').toEqual([]);
    }
  } finally {
    await live.stop();
    await rehearsal.stop();
  }
});
