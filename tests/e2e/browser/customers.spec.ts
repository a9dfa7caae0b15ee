// The customers table by hand: find, narrow, walk, open, come back to the same place, hand on and write to a file.

import { axe, expect, go, type Page, test, where } from './harness';

const total = (page: Page) => page.locator('.total');

test('a search narrows the table and arrows and Enter open a customer', async ({ desk }) => {
  await go(desk, 'g c');
  const grid = desk.getByRole('grid', { name: 'Customers' });
  await expect(grid).toHaveAttribute('aria-rowcount', /^\d{3,}$/);
  const everybody = Number(await grid.getAttribute('aria-rowcount'));
  const third = grid.locator('[aria-rowindex="4"] .name');
  const name = await third.innerText();

  await desk.getByLabel('Filter customers').fill(name);
  await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount'))).toBeLessThan(everybody);
  await desk.keyboard.press('Enter');
  await expect(grid).toBeFocused();
  await desk.keyboard.press('Enter');
  await expect(desk.getByRole('heading', { name: 'Timeline' })).toBeVisible();
  await expect(desk.locator('aside h1')).toHaveText(name);
});

test('coming back finds the same scroll position and the same row', async ({ desk }) => {
  await go(desk, 'g c');
  const grid = desk.getByRole('grid', { name: 'Customers' });
  await grid.locator('.name').first().waitFor();
  await grid.focus();
  await desk.keyboard.press('PageDown');
  await desk.keyboard.press('PageDown');
  await desk.keyboard.press('ArrowDown');
  const active = grid.locator('.active');
  await expect(active.locator('.name')).toBeVisible();
  const index = await active.getAttribute('aria-rowindex');
  const top = await grid.evaluate((node) => node.scrollTop);
  expect(top).toBeGreaterThan(0);

  await desk.keyboard.press('Enter');
  await desk.getByRole('heading', { name: 'Timeline' }).waitFor();
  await desk.keyboard.press('Escape');
  await expect(active).toHaveAttribute('aria-rowindex', index ?? '');
  await expect(grid).toBeFocused();
  expect(Math.abs((await grid.evaluate((node) => node.scrollTop)) - top)).toBeLessThan(2);
});

test('the order can be changed and is said', async ({ desk }) => {
  await go(desk, 'g c');
  const header = desk.getByRole('columnheader', { name: 'Since' });
  await header.getByRole('button').click();
  await expect(header).toHaveAttribute('aria-sort', 'descending');
  await header.getByRole('button').click();
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
});

test('End reaches the last customer', async ({ desk }) => {
  await go(desk, 'g c');
  const grid = desk.getByRole('grid', { name: 'Customers' });
  await grid.locator('.name').first().waitFor();
  await grid.focus();
  await desk.keyboard.press('End');
  await expect(grid.locator('.active')).toHaveAttribute(
    'aria-rowindex',
    (await grid.getAttribute('aria-rowcount')) ?? '',
  );
  await expect(grid.locator('.active .name')).toBeInViewport();
});

test('the search of the top bar finds by typing and opens by Enter', async ({ desk }) => {
  await go(desk, 'g c');
  const name = await desk.getByRole('grid').locator('.name').first().innerText();
  await go(desk, 'g o');
  await desk.keyboard.press('/');
  await desk.keyboard.type(name.slice(0, 6));
  await expect(desk.getByRole('option').first()).toContainText(name.slice(0, 6), { ignoreCase: true });
  await desk.keyboard.press('Enter');
  await expect(desk.getByRole('heading', { name: 'Timeline' })).toBeVisible();
});

test('filter chips leave only the chosen kind in the timeline', async ({ desk }) => {
  await go(desk, 'g c');
  await desk.getByRole('grid').locator('[aria-rowindex="2"] .name').click();
  const entries = desk.locator('ol li');
  await entries.first().waitFor();
  const all = await entries.count();
  const chip = desk.getByRole('button', { name: /^Invoices \d/ });
  await chip.click();
  await expect(chip).toHaveAttribute('aria-pressed', 'true');
  expect(await entries.count()).toBeLessThan(all);
  await expect(desk.locator('ol li:not(.is-invoice)')).toHaveCount(0);
});

test('a filter is typed with what is offered, narrows, is kept by a name and handed on', async ({
  desk,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await go(desk, 'g c');
  const grid = desk.getByRole('grid', { name: 'Customers' });
  await grid.locator('.name').first().waitFor();
  const everybody = await total(desk).innerText();
  await desk.keyboard.press('f');
  const field = desk.getByRole('combobox', { name: 'Filter customers' });
  await expect(field).toBeFocused();
  await desk.keyboard.type('status:chur');
  await expect(desk.getByRole('option', { name: 'status:churned' })).toBeVisible();
  await desk.keyboard.press('ArrowDown');
  await desk.keyboard.press('Enter');
  await expect(total(desk)).not.toHaveText(everybody);
  await expect(grid.getByRole('row').nth(1)).toContainText('Churned');
  await desk.keyboard.type('paid>10');
  await expect.poll(() => where(desk)).toContain('filter=status:churned paid>10');
  await expect(desk.locator('.refusal')).toHaveCount(0);
  const narrowed = await total(desk).innerText();

  await desk.getByRole('button', { name: 'Save view' }).click();
  await desk.keyboard.type('Gone and paid');
  await desk.keyboard.press('Enter');
  const kept = desk.getByRole('button', { name: 'Gone and paid', exact: true });
  await expect(kept).toHaveAttribute('aria-pressed', 'true');
  await desk.getByRole('button', { name: 'Copy filter' }).click();
  const text = await desk.evaluate(() => navigator.clipboard.readText());
  expect(text).toMatch(/^(live|test) customers status:churned paid>10$/);

  await desk.getByRole('button', { name: 'All', exact: true }).click();
  await desk.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(total(desk)).toHaveText(everybody);
  await kept.click();
  await expect(total(desk)).toHaveText(narrowed);
  // Pasted into another list it opens this one.
  await go(desk, 'g p');
  await desk.keyboard.press('f');
  await desk.keyboard.press('Control+v');
  await expect.poll(() => where(desk)).toContain('#/customers?filter=status:churned paid>10');
  await expect(total(desk)).toHaveText(narrowed);
});

test('names can be walked from either end, and what is no filter is said', async ({ desk }) => {
  await go(desk, 'g c');
  const grid = desk.getByRole('grid', { name: 'Customers' });
  await grid.locator('.name').first().waitFor();
  const header = desk.getByRole('columnheader', { name: 'Customer' });
  await header.getByRole('button').click();
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(() => where(desk)).toBe('#/customers?sort=name');
  const names = async () =>
    (await grid.locator('[aria-rowindex="2"] .name, [aria-rowindex="9"] .name').allInnerTexts()).map((it) =>
      it.toLowerCase(),
    );
  await expect.poll(async () => (await names()).length).toBe(2);
  const [first = '', later = ''] = await names();
  expect(first <= later).toBe(true);
  await desk.keyboard.press('f');
  await desk.keyboard.type('amount>5');
  await expect(desk.getByText('There is no key “amount” here.')).toBeVisible();
});

test('the file of customers has everybody and names the mode', async ({ desk }) => {
  await go(desk, 'g c');
  const grid = desk.getByRole('grid', { name: 'Customers' });
  await grid.locator('.name').first().waitFor();
  const [file] = await Promise.all([
    desk.waitForEvent('download'),
    desk.getByRole('button', { name: 'Export CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toContain('-test-customers-');
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString('utf8').trimEnd().split('\r\n');
  expect(lines.length).toBe(Number(await grid.getAttribute('aria-rowcount')));
  expect(lines.slice(1).every((line) => line.startsWith('test,'))).toBe(true);
  expect(await axe(desk)).toEqual([]);
});
