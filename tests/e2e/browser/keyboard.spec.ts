// The whole way without a mouse: from the overview to a customer and back, by Tab and by shortcut.

import { expect, type Page, test } from './harness';

/** Presses Tab until the focus stands where it should; says where it went when it never does. */
async function tabTo(page: Page, selector: string): Promise<void> {
  const visited: string[] = [];
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    visited.push(await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 60) ?? ''));
  }
  throw new Error(`Tab never reaches ${selector}; it went\n${visited.join('\n')}`);
}

test('from the overview to a customer and back without a mouse', async ({ desk }) => {
  await desk.locator('.chart-drawing svg').waitFor();
  await desk.evaluate(() => {
    const seen = { mouse: 0 };
    Object.assign(window, { seen });
    for (const kind of ['pointerdown', 'mousedown'])
      window.addEventListener(kind, () => (seen.mouse += 1), true);
  });

  await tabTo(desk, 'a[href^="#/customers"]');
  await expect(desk.locator(':focus')).toHaveCSS('outline-style', 'solid');
  await desk.keyboard.press('Enter');
  const grid = desk.getByRole('grid', { name: 'Customers' });
  await grid.locator('.name').first().waitFor();
  await tabTo(desk, '[role=grid]');
  for (let step = 0; step < 3; step += 1) await desk.keyboard.press('ArrowDown');
  const row = grid.locator('[aria-selected=true]');
  const index = await row.getAttribute('aria-rowindex');
  const name = await row.locator('.name').innerText();

  await desk.keyboard.press('Enter');
  const heading = desk.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText(name);
  await expect(heading, 'a reader starts at the name').toBeFocused();
  await tabTo(desk, '.chip');
  await desk.keyboard.press('Space');
  await expect(desk.locator('.chip').first()).toHaveAttribute('aria-pressed', 'true');

  await desk.keyboard.press('Escape');
  await expect(grid).toBeFocused();
  await expect(row).toHaveAttribute('aria-rowindex', index ?? '');
  await desk.keyboard.press('g');
  await desk.keyboard.press('o');
  await expect(desk.locator('.figure.large .number')).toBeVisible();
  expect(await desk.evaluate(() => (window as unknown as { seen: { mouse: number } }).seen.mouse)).toBe(0);
});
