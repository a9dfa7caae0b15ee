// The customers table by hand: find, walk, open, and come back to the same place.

import { expect, go, test } from './harness';

test('a search narrows the table and arrows and Enter open a customer', async ({ desk }) => {
  await go(desk, 'g c');
  const grid = desk.getByRole('grid', { name: 'Customers' });
  await expect(grid).toHaveAttribute('aria-rowcount', /^\d{3,}$/);
  const everybody = Number(await grid.getAttribute('aria-rowcount'));
  const third = grid.locator('[aria-rowindex="4"] .name');
  const name = await third.innerText();

  await desk.getByLabel('Find in customers').fill(name);
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
