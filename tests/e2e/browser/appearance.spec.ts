// Theme, the frame of test mode, and that every view is clean to an accessibility checker in both themes.

import { axe, expect, go, type Page, test } from './harness';

const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test('the theme follows the system until one is chosen, and the choice is kept', async ({ desk }) => {
  await desk.emulateMedia({ colorScheme: 'light' });
  const light = await background(desk);
  await desk.emulateMedia({ colorScheme: 'dark' });
  const dark = await background(desk);
  expect(dark).not.toBe(light);

  await go(desk, 'g s');
  await desk.getByText('Light', { exact: true }).click();
  await expect.poll(() => background(desk)).toBe(light);
  await desk.reload();
  await desk.getByRole('navigation', { name: 'Views' }).waitFor();
  expect(await background(desk)).toBe(light);
});

test('test mode wears the frame and the word everywhere', async ({ desk, simulator }) => {
  test.skip(!/_test_/.test(simulator.key), 'the simulator spoke live');
  await expect(desk.locator('.frame.test')).toBeVisible();
  await expect(desk.locator('.mark')).toHaveText('TEST');
  await expect(desk).toHaveTitle(/TEST/);
  await desk.keyboard.press('?');
  await expect(desk.getByRole('dialog').locator('.mark')).toHaveText('TEST');
  await desk.keyboard.press('Escape');
  await expect(desk.getByRole('dialog')).toHaveCount(0);
  await go(desk, 'g s');
  await desk.getByRole('button', { name: 'Remove…' }).click();
  await expect(desk.getByRole('dialog').locator('.mark')).toHaveText('TEST');
});

test('the page obeys its own content policy', async ({ desk }) => {
  const complaints: string[] = [];
  desk.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  await desk.reload();
  for (const keys of ['g o', 'g c', 'g s']) await go(desk, keys);
  expect(complaints).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every view is clean to axe in ${colorScheme}`, async ({ desk }) => {
    await desk.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await desk.locator('.chart-drawing svg').waitFor();
    expect(await axe(desk), 'overview').toEqual([]);

    await desk.getByRole('button', { name: 'Show as table' }).click();
    expect(await axe(desk), 'overview as table').toEqual([]);

    await go(desk, 'g c');
    await desk.getByRole('grid').locator('.name').first().waitFor();
    expect(await axe(desk), 'customers').toEqual([]);

    await desk.getByRole('grid').locator('[aria-rowindex="2"] .name').click();
    await desk.getByRole('heading', { name: 'Timeline' }).waitFor();
    expect(await axe(desk), 'customer').toEqual([]);

    await go(desk, 'g s');
    await desk.getByRole('heading', { name: 'Accounts' }).waitFor();
    expect(await axe(desk), 'settings').toEqual([]);

    await desk.getByRole('button', { name: 'Remove…' }).click();
    expect(await axe(desk), 'a question in a sheet').toEqual([]);
    await desk.keyboard.press('Escape');

    await desk.keyboard.press('/');
    await desk.keyboard.type('an');
    await desk.getByRole('option').first().waitFor();
    expect(await axe(desk), 'search').toEqual([]);
  });

  test(`the first run is clean to axe in ${colorScheme}`, async ({ page, served }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(served.url);
    await page.getByRole('heading', { name: 'Connect your billing' }).waitFor();
    expect(await axe(page)).toEqual([]);
  });
}
