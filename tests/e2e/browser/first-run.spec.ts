// From an empty home to a first number, by each of the two ways in, and what a wrong key says.

import { expect, test } from './harness';

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
  await expect(page.locator('.figure.large .number')).toHaveText(MONEY);
  await expect(page.locator('.fresh')).toContainText('Synced', { timeout: 45_000 });
  await expect(page.locator('.chart-drawing svg')).toBeVisible();
});

test('the token and the key are nowhere on the page', async ({ page, served, simulator }) => {
  await page.goto(served.url);
  await page.getByLabel('Restricted key').fill(simulator.key);
  await page.getByText('Advanced').click();
  await page.getByLabel('API address').fill(simulator.url);
  await page.getByRole('button', { name: 'Connect Stripe' }).click();
  await expect(page.getByRole('navigation', { name: 'Views' })).toBeVisible();
  expect(page.url(), 'the token left the address bar').not.toContain('token');
  const kept = await page.evaluate(
    () => JSON.stringify({ ...localStorage, ...history.state }) + document.documentElement.outerHTML,
  );
  expect(kept).not.toContain(simulator.key);
});

test('the simulated merchant opens without a key and can be left', async ({ page, served }) => {
  await page.goto(served.url);
  await page.getByRole('button', { name: 'Look around with the simulated merchant' }).click();
  await expect(page.locator('.demo')).toContainText('Simulated merchant', { timeout: 45_000 });
  await expect(page).toHaveTitle(/Simulated merchant/);
  await expect(page.locator('.figure.large .number')).toHaveText(MONEY, { timeout: 45_000 });
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
