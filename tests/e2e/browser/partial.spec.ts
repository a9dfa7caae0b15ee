// A copy that is not complete: its numbers are marked everywhere, one place says why, and mending it takes the marks away.

import {
  addAccount,
  axe,
  enter,
  expect,
  go,
  type Page,
  type Simulator,
  SYNC_MS_MAX,
  serve,
  simulate,
  sync,
  test,
  unmarked,
} from './harness';

const partial = (page: Page) => page.getByRole('banner').getByRole('button', { name: /^partial/ });

/** A page on a home whose key may not read disputes. */
async function withoutDisputes(
  page: Page,
  home: string,
  run: (simulator: Simulator) => Promise<void>,
): Promise<void> {
  const simulator = await simulate('--seed', '3', '--customers', '60', '--months', '6');
  await simulator.order({ deny: ['rak_dispute_read'] });
  const served = await serve(home);
  try {
    await sync(served, await addAccount(served, simulator, 'Small shop'));
    await enter(page, served.url);
    await run(simulator);
  } finally {
    await served.stop();
    await simulator.stop();
  }
}

test('every number of it is marked, in every view', async ({ page, home }) => {
  await withoutDisputes(page, home, async () => {
    await page.locator('.chart-drawing svg').waitFor();
    await expect(partial(page)).toBeVisible();
    await expect(page.locator('.figure .number:not(.qualified)')).toHaveCount(0);
    await expect(page.getByRole('button', { name: /, partial/ }).first()).toBeVisible();
    expect(await unmarked(page), 'overview').toEqual([]);

    await page.locator('.chart').focus();
    await page.keyboard.press('End');
    await expect(page.locator('.reading table')).toBeVisible();
    await expect(page.locator('section p[aria-live]')).toContainText('partial');
    expect(await unmarked(page), 'a month of the chart').toEqual([]);

    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.getByRole('region', { name: 'The chart as a table' }).locator('tbody tr').first().waitFor();
    expect(await unmarked(page), 'the chart as a table').toEqual([]);

    await go(page, 'g c');
    const grid = page.getByRole('grid', { name: 'Customers' });
    await grid.locator('.name').first().waitFor();
    await expect(page.locator('.total .tag')).toHaveText('partial');
    expect(await unmarked(page), 'customers').toEqual([]);

    await grid.locator('[aria-rowindex="2"] .name').click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    expect(await page.locator('.qualified').count()).toBeGreaterThan(5);
    expect(await unmarked(page), 'a customer').toEqual([]);

    await page.keyboard.press('/');
    await page.keyboard.type('in_');
    await page.getByRole('option').nth(1).waitFor();
    expect(await unmarked(page), 'hits of the search').toEqual([]);
  });
});

test('one place says why, and mending it takes the marks away', async ({ page, home }) => {
  await withoutDisputes(page, home, async (simulator) => {
    await page.getByRole('button', { name: 'Why, and what to do', exact: true }).click();
    const sheet = page.getByRole('dialog', { name: 'Why figures are partial' });
    await expect(sheet).toContainText('The key may not read disputes.');
    await expect(sheet).toContainText('Tick “Disputes: Read” on the key at Stripe');
    expect(await axe(page), 'the reasons').toEqual([]);
    await sheet.getByRole('button', { name: 'Open in Settings' }).click();

    const card = page.getByRole('article', { name: /Small shop/ });
    await expect(card).toContainText('1 missing');
    await expect(card).toContainText('Tick “Disputes: Read” on the key');
    await expect(card.getByRole('link', { name: /only reads/ })).toHaveAttribute(
      'href',
      /^https:\/\/dashboard\.stripe\.com\/apikeys\/create\?.*rak_dispute_read/,
    );
    await expect(card.getByRole('link', { name: /also act/ })).toHaveAttribute('href', /rak_dispute_write/);
    expect(await axe(page), 'a card with a missing box').toEqual([]);

    await simulator.order({ deny: [] });
    await card.getByRole('button', { name: 'Check key' }).click();
    await expect(card).not.toContainText('1 missing');
    await card.getByRole('button', { name: 'Sync', exact: true }).click();
    await expect(partial(page)).toHaveCount(0, { timeout: SYNC_MS_MAX });
    await expect(card).toContainText('Everything held together on');
    await go(page, 'g o');
    await expect(page.locator('.figure .number').first()).toContainText(/\d/);
    await expect(page.locator('.qualified:not(.change *), .tag:not(.change *)')).toHaveCount(0);
  });
});

test('the mark is reached and opened by keyboard, and Escape leads back', async ({ page, home }) => {
  await withoutDisputes(page, home, async () => {
    await partial(page).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Why figures are partial' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(partial(page)).toBeFocused();
  });
});
