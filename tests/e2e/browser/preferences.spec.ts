// What is preferred: chosen in the settings, it holds in the views of numbers and after the page is loaded again.

import { axe, expect, go, test } from './harness';

interface Told {
  policy: string;
  currency: string;
  mrr: { text: string };
}

test('policy and currency are chosen once and hold in every view of numbers', async ({ desk, office }) => {
  const overview = async () => (await office.call('overview', { mode: 'test', currency: null })) as Told;
  const before = await overview();
  await go(desk, 'g s');
  const numbers = desk.getByRole('region', { name: 'Numbers', exact: true });
  await numbers.getByLabel('Policy').selectOption({ label: 'Stripe' });
  const currencies = numbers.getByLabel('Currency that stands first');
  const other = (await currencies.locator('option').allInnerTexts()).find(
    (code) => /^[A-Z]{3}$/.test(code) && code !== before.currency,
  );
  expect(other, 'there is a second ledger').toBeDefined();
  await currencies.selectOption(other ?? '');
  await expect.poll(async () => (await overview()).currency).toBe(other);
  const after = await overview();
  expect(after.policy).toBe('stripe');

  await go(desk, 'g o');
  await expect(desk.getByText('policy stripe')).toBeVisible();
  await expect(desk.getByRole('main')).toContainText(after.mrr.text);
  for (const keys of ['g m', 'g h', 'g f', 'g e']) {
    await go(desk, keys);
    await expect(desk.getByLabel('Policy'), keys).toHaveValue('stripe');
  }
  await desk.reload();
  await expect(desk.getByLabel('Policy')).toHaveValue('stripe');
});

test('the zone of this machine is one press away, and the rules can be read', async ({ desk }) => {
  await go(desk, 'g s');
  const numbers = desk.getByRole('region', { name: 'Numbers', exact: true });
  const zone = numbers.getByLabel(/Time zone/);
  await zone.selectOption('Asia/Tokyo');
  await expect(numbers.getByRole('button', { name: /^Use / })).toBeVisible();
  await numbers.getByRole('button', { name: /^Use / }).press('Enter');
  const here = await desk.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  await expect(zone).toHaveValue(here);
  await numbers.getByText(/^The rules of/).click();
  await expect(numbers.getByRole('definition').first()).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the settings stand in nobody's way, ${colorScheme}`, async ({ desk }) => {
    await desk.emulateMedia({ colorScheme });
    await go(desk, 'g s');
    await desk.getByText(/^The rules of/).click();
    await expect(desk.getByRole('definition').first()).toBeVisible();
    expect(await axe(desk)).toEqual([]);
  });
}
