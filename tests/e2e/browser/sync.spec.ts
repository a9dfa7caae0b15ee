// A sync while it runs: how far it is, in words, without moving the page; figures can be used meanwhile. And what the page
// tells the engine about how much anybody looks.

import { addAccount, axe, enter, expect, go, SYNC_MS_MAX, simulate, test } from './harness';

test('a sync says how far each list is and the figures can be used meanwhile', async ({ page, served }) => {
  const simulator = await simulate('--customers', '2500', '--months', '4');
  try {
    await addAccount(served, simulator, 'Big shop');
    await simulator.order({ faults: [{ kind: 'latency', ms: 300 }] });
    await enter(page, served.url);
    await page.keyboard.press('y');
    const progress = page.getByRole('region', { name: 'Sync of Big shop' });
    await expect(progress).toContainText('Reading every list');
    const lists = page.getByRole('region', { name: 'Lists of Big shop' });
    await expect(lists.locator('li')).toHaveCount(20);
    await expect(lists).toContainText('Customer credit');
    await expect(lists).toContainText(/\d of about [\d,]+/);
    await expect(progress.getByRole('status')).toHaveText('Reading every list');
    expect(await axe(page), 'a running sync').toEqual([]);

    await go(page, 'g c');
    await page.getByRole('grid').locator('.name').first().click();
    await expect(page.getByRole('heading', { name: 'Timeline' })).toBeVisible();
    await go(page, 'g o');
    await expect(page.getByRole('progressbar')).toBeVisible();
    await simulator.order({ faults: [] });
    await expect(page.locator('.fresh')).toContainText('Synced', { timeout: SYNC_MS_MAX });
    await expect(progress).toHaveCount(0);
    await expect(page.locator('.tag')).toHaveCount(0);
  } finally {
    await simulator.stop();
  }
});

test('reading everything again marks the figures, moves nothing and ends proved', async ({
  desk,
  simulator,
}) => {
  await go(desk, 'g s');
  const card = desk.getByRole('article', { name: /Simulated shop/ });
  await expect(card).toContainText('Everything held together on');
  await expect(card).toContainText(/[\d,]+ of [\d,]+ in the last 30 days/);
  await expect(card.getByRole('meter', { name: 'Reads' })).toBeVisible();
  await simulator.order({ faults: [{ kind: 'latency', ms: 250 }] });
  try {
    await card.getByRole('button', { name: 'Read everything again' }).click();
    await expect(card.getByRole('button', { name: 'Syncing' })).toBeDisabled();
    await go(desk, 'g o');
    await desk.locator('.chart-drawing svg').waitFor();
    await expect(desk.getByRole('progressbar', { name: 'Sync of Simulated shop' })).toBeVisible();
    await expect(desk.locator('.figure.large .number')).toHaveClass(/qualified/);
    const place = async () => (await desk.locator('.chart').boundingBox())?.y;
    const during = await place();
    await simulator.order({ faults: [] });
    await expect(desk.getByRole('progressbar')).toHaveCount(0, { timeout: SYNC_MS_MAX });
    await expect(desk.locator('.figure.large .number')).not.toHaveClass(/qualified/);
    expect(await place(), 'the chart stands where it stood').toBe(during);
  } finally {
    await simulator.order({ faults: [] });
  }
});

test('the engine is told what is looked at', async ({ office, page }) => {
  const told: unknown[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/presence')) told.push(request.postDataJSON());
  });
  await enter(page, office.url);
  await expect.poll(() => told.length).toBe(1);
  expect(told).toEqual([{ mode: 'test', attention: 'focused' }]);
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect.poll(() => told.at(-1)).toEqual({ mode: 'test', attention: 'asleep' });
  expect(await office.call('presence', { mode: 'test', attention: 'focused' })).toEqual({});
});

test('a key of an organization asks for its account', async ({ page, served }) => {
  await page.goto(served.url);
  const account = page.getByLabel('Account at Stripe');
  await expect(account).toHaveCount(0);
  await page.getByLabel('Restricted key').fill('sk_org_test_51abcdefghijklmnop');
  await expect(account).toBeVisible();
  await expect(page.getByRole('button', { name: 'Connect Stripe' })).toBeDisabled();
  await account.fill('acct_1A2b');
  await expect(page.getByRole('button', { name: 'Connect Stripe' })).toBeEnabled();
  expect(await axe(page)).toEqual([]);
});

test('the guide to a key takes its boxes and links from the engine', async ({ page, served }) => {
  const guide = (await served.call('key_guide', { provider: 'stripe' })) as {
    links: { read_only: string; with_actions: string };
  };
  await page.goto(served.url);
  const reads = page.getByRole('link', { name: /only reads/ });
  await expect(reads).toHaveAttribute('href', guide.links.read_only);
  await page.getByText('A key that may also act', { exact: true }).click();
  await expect(page.getByRole('link', { name: /also act/ })).toHaveAttribute(
    'href',
    guide.links.with_actions,
  );
  expect(await axe(page)).toEqual([]);
});
