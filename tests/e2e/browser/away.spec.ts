// When something is gone: the engine, the provider, or the page itself in the middle of a sync. What was known stays on
// screen, and the words stay calm.

import { addAccount, enter, expect, SYNC_MS_MAX, serve, simulate, sync, test } from './harness';

const figure = '.figure.large .number';

test('a killed engine is said calmly, and its new address brings everything back', async ({
  page,
  fullHome,
}) => {
  const first = await serve(fullHome);
  await enter(page, first.url);
  const number = page.locator(figure);
  await expect(number).toContainText(/\d/);
  const known = (await number.textContent()) ?? '';

  await first.stop('SIGKILL');
  await expect(page.locator('.fresh')).toContainText(/Connection lost · data from /);
  await expect(page.locator('.away')).toContainText('this page reconnects by itself');
  await expect(number, 'what was known stays').toHaveText(known);
  await expect(page.getByRole('alert'), 'nobody shouts').toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Sync now' })).toBeDisabled();

  const second = await serve(fullHome, Number(new URL(first.url).port));
  try {
    await expect(page.locator('.away')).toContainText('Coffer was started again');
    await expect(number).toHaveText(known);
    // Only the fragment differs, so the browser loads nothing by itself.
    await page.goto(second.url);
    await expect(page.locator('.fresh')).toContainText('Synced');
    await expect(page.locator('.away')).toHaveCount(0);
    await expect(number).toHaveText(known);
    expect(page.url(), 'the new token left the address bar').not.toContain('token');
  } finally {
    await second.stop();
  }
});

test('offline keeps the numbers and says how old they are', async ({ page, served }) => {
  const simulator = await simulate('--customers', '40', '--months', '3', '--live');
  try {
    await sync(served, await addAccount(served, simulator, 'Small shop'));
  } finally {
    await simulator.stop();
  }
  await enter(page, served.url);
  await expect(page.locator('.frame.test'), 'live mode wears no frame').toHaveCount(0);
  const number = page.locator(figure);
  await expect(number).toContainText(/\d/);
  const known = (await number.textContent()) ?? '';

  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.locator('.fresh')).toHaveText(/Offline · data from \d/, { timeout: SYNC_MS_MAX });
  await expect(page.locator('.notice.quiet')).toContainText('Small shop cannot be reached');
  await expect(page.locator('.notice.problem'), 'nobody shouts').toHaveCount(0);
  await expect(number).toHaveText(known);
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page.getByRole('grid').locator('.name').first()).toBeVisible();

  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await expect(number).toBeVisible();
  await expect(page.locator('.tag'), 'a whole copy that is old is not called partial').toHaveCount(0);
});

test('a sync goes on while the page is loaded again', async ({ page, served }) => {
  const simulator = await simulate('--customers', '1500', '--months', '2');
  const slow = (ms: number) => simulator.order({ faults: ms === 0 ? [] : [{ kind: 'latency', ms }] });
  try {
    const mode = await addAccount(served, simulator, 'Big shop');
    await slow(400);
    await enter(page, served.url);
    await page.keyboard.press('y');
    const progress = page.getByRole('region', { name: 'Sync of Big shop' });
    await expect(progress).toBeVisible();
    const fresh = page.locator('.fresh');
    await expect(fresh).toContainText(/Syncing · [1-9]/);
    const fetched = async () => Number((await fresh.innerText()).replace(/\D/g, ''));
    const before = await fetched();

    await page.reload();
    await expect(progress, 'the same sync is shown again').toBeVisible();
    await expect.poll(fetched, { message: 'and goes on' }).toBeGreaterThan(before);
    await expect(page.getByRole('button', { name: 'Sync now' })).toBeDisabled();

    await slow(0);
    await expect(fresh).toContainText('Synced', { timeout: SYNC_MS_MAX });
    await expect(progress).toHaveCount(0);
    await expect(page.locator(figure)).toContainText(/\d/);
    expect(await served.call('sync_status', { mode })).toMatchObject({ running: false });
  } finally {
    await simulator.stop();
  }
});
