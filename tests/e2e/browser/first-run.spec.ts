// From an empty home to a first number, by each of the two ways in, and what a wrong key says.

import { expect, go, type Page, SYNC_MS_MAX, test } from './harness';

const MONEY = /[$€£¥]\s?[\d,.]+/;

test('a pasted key leads to MRR on the overview', async ({ page, served, simulator }) => {
  await page.goto(served.url);
  await expect(page.getByRole('heading', { name: 'Connect your billing' })).toBeVisible();
  await page.getByLabel('Account name').fill('Simulated shop');
  await page.getByLabel('Restricted key').fill(simulator.key);
  await page.getByText('Advanced').click();
  await page.getByLabel('API address').fill(simulator.url);
  await page.getByRole('button', { name: 'Connect Stripe' }).click();

  await expect(page.getByRole('heading', { name: 'Overview' })).toBeAttached();
  await expect(page.locator('.figure.large .number')).toHaveText(MONEY, { timeout: SYNC_MS_MAX });
  await expect(page.locator('.fresh')).toContainText('Synced', { timeout: SYNC_MS_MAX });
  await expect(page.locator('.chart-drawing svg')).toBeVisible();
});

/** Everything a script of the page could reach: its markup, its storages and whatever hangs from its globals. */
async function reachable(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: string[] = [
      document.documentElement.outerHTML,
      JSON.stringify({ ...localStorage }),
      JSON.stringify(history.state),
      document.cookie,
      JSON.stringify(await indexedDB.databases()),
      JSON.stringify(await caches.keys().catch(() => [])),
      ...[...document.querySelectorAll('input')].map((field) => `${field.value} ${field.defaultValue}`),
    ];
    const known = new Set<unknown>();
    const waiting: unknown[] = [window];
    while (waiting.length > 0 && known.size < 200_000) {
      const thing = waiting.pop();
      if (typeof thing === 'string') found.push(thing);
      if ((typeof thing !== 'object' && typeof thing !== 'function') || thing === null || known.has(thing))
        continue;
      known.add(thing);
      if (thing instanceof Map) waiting.push(...thing.keys(), ...thing.values());
      if (thing instanceof Set) waiting.push(...thing);
      for (const name of Reflect.ownKeys(thing)) {
        try {
          waiting.push((thing as Record<PropertyKey, unknown>)[name]);
        } catch {
          // Some of a browser's own properties refuse to be read.
        }
      }
    }
    return found.join('\n');
  });
}

/** What the engine of the page still holds after collecting garbage, closures and all. */
async function heap(page: Page): Promise<string> {
  const debug = await page.context().newCDPSession(page);
  const parts: string[] = [];
  debug.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => parts.push(chunk));
  await debug.send('HeapProfiler.collectGarbage');
  await debug.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await debug.detach();
  return parts.join('');
}

test('the key is nowhere in the page once it was sent', async ({ page, served, simulator }) => {
  await page.goto(served.url);
  await page.getByText('Advanced').click();
  await page.getByLabel('API address').fill(simulator.url);
  await page.getByLabel('Restricted key').focus();
  // As a paste does: the text reaches the field and no script of the test's.
  await page.keyboard.insertText(simulator.key);
  const secret = simulator.key.slice(8);
  const before = page.getByLabel('Restricted key');
  await expect.poll(async () => (await before.inputValue()).length).toBe(simulator.key.length);
  await page.getByRole('button', { name: 'Connect Stripe' }).click();
  await expect(page.getByRole('navigation', { name: 'Views' })).toBeVisible();

  expect(page.url(), 'the token left the address bar').not.toContain('token');
  const walked = await reachable(page);
  expect(walked, 'the walk went through the page').toContain('Monthly recurring revenue');
  expect(walked.includes(secret), 'the key hangs from no global').toBe(false);

  const canary = `canary-${secret.length}-kept-by-a-closure`;
  await page.evaluate((word) => {
    const hold = () => word;
    window.addEventListener('a-word-nobody-says', hold);
  }, canary);
  const held = await heap(page);
  expect(held.includes(canary), 'the look into the heap sees what a closure holds').toBe(true);
  expect(held.includes(secret), 'no closure holds the key').toBe(false);
});

test('the simulated merchant opens without a key and can be left', async ({ page, served }) => {
  await page.goto(served.url);
  await page.getByRole('button', { name: 'Look around with the simulated merchant' }).click();
  await expect(page.locator('.demo')).toContainText('Simulated merchant', { timeout: SYNC_MS_MAX });
  await expect(page).toHaveTitle(/Simulated merchant/);
  await expect(page.locator('.figure.large .number')).toHaveText(MONEY, { timeout: SYNC_MS_MAX });
  await page.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('heading', { name: 'Connect your billing' })).toBeVisible();
});

test('a wrong key says so, empties the field and adds nothing', async ({ page, served, simulator }) => {
  await page.goto(served.url);
  const field = page.getByLabel('Restricted key');
  await field.fill(`${simulator.key.slice(0, 8)}wrongwrongwrongwrong`);
  await page.getByText('Advanced').click();
  await page.getByLabel('API address').fill(simulator.url);
  await page.getByRole('button', { name: 'Connect Stripe' }).click();
  await expect(page.getByRole('alert')).toContainText('paste the key again');
  await expect(field).toHaveValue('');
  await expect(field).toBeFocused();
  const { items } = (await served.call('account_list', {})) as { items: unknown[] };
  expect(items).toEqual([]);
});

test('an address that is not of this machine is refused', async ({ page, served, simulator }) => {
  await page.goto(served.url);
  await page.getByLabel('Restricted key').fill(simulator.key);
  await page.getByText('Advanced').click();
  await page.getByLabel('API address').fill('http://192.0.2.1:80');
  await page.getByRole('button', { name: 'Connect Stripe' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
});

test('a key of the other mode than the one expected is refused before anything is kept', async ({
  desk,
  office,
  simulator,
}) => {
  await go(desk, 'g s');
  await desk.getByRole('button', { name: 'Add account' }).click();
  const sheet = desk.getByRole('dialog');
  await expect(sheet.locator('.mark'), 'a test account is meant').toHaveText('TEST');
  await sheet.getByText('Live', { exact: true }).click();
  await expect(sheet.locator('.mark')).toHaveCount(0);
  await sheet.getByLabel('Restricted key').fill(simulator.key);
  await sheet.getByText('Advanced').click();
  await sheet.getByLabel('API address').fill(simulator.url);
  await sheet.getByRole('button', { name: 'Connect Stripe in live mode' }).click();
  await expect(sheet.getByRole('alert')).toContainText('test mode');
  await expect(sheet.getByRole('alert')).toContainText('Nothing was added');
  await expect(sheet.getByLabel('Restricted key')).toHaveValue('');
  const { items } = (await office.call('account_list', {})) as { items: { mode: string }[] };
  expect(items.map((account) => account.mode)).toEqual(['test']);
});
