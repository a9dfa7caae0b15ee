// A founder's morning on the overview: what moved MRR, what is new, what waits, and that each of them is a door.

import { axe, enter, expect, go, test } from './harness';

interface Told {
  moved: { span: string; change: { text: string; minor: number }; parts: { amount: { minor: number } }[] }[];
  figures: { metric: string; text: string | null }[];
  needs_count: number;
}
interface News {
  looked: boolean;
  until: string;
  groups: { kind: string; count: number; lines: { customer: string; amount: { text: string } }[] }[];
}

test('what moved MRR is told as the engine reckons it, and its parts add up', async ({ office, page }) => {
  const told = (await office.call('today', { mode: 'test', currency: null })) as Told;
  expect(told.moved.map((it) => it.span)).toEqual(['day', 'month', 'year']);
  for (const { change, parts } of told.moved)
    expect(parts.reduce((sum, part) => sum + part.amount.minor, 0)).toBe(change.minor);
  await enter(page, office.url);
  const moved = page.getByRole('list', { name: 'How MRR moved' });
  for (const { change } of told.moved.filter((it) => it.change.minor !== 0))
    await expect(moved).toContainText(change.text);
  await moved.getByRole('link', { name: 'This year' }).press('Enter');
  await expect(page).toHaveURL(/#\/movements\?every=month/);
});

test('a figure is a door to what it is made of', async ({ office, page }) => {
  const told = (await office.call('today', { mode: 'test', currency: null })) as Told;
  const arpa = told.figures.find((it) => it.metric === 'arpa')?.text ?? '';
  await enter(page, office.url);
  await page
    .getByRole('button', { name: 'Opens what it is made of' })
    .filter({ hasText: arpa })
    .press('Enter');
  await expect(page).toHaveURL(/#\/explain\?metric=arpa&date=/);
});

test('news are of customers, and stay until they are seen', async ({ office, page }) => {
  const before = (await office.call('news', { mode: 'test' })) as News;
  expect(before.looked).toBe(false);
  const first = before.groups[0]?.lines[0];
  expect(first, 'the simulated week has news').toBeDefined();
  await enter(page, office.url);
  const news = page.getByRole('region', { name: 'Since you last looked' });
  await expect(news).toContainText(first?.amount.text ?? '');
  await go(page, 'g c');
  await go(page, 'g o');
  await expect(news, 'a look in passing loses nothing').toContainText(first?.amount.text ?? '');
  await news.getByRole('button', { name: 'Seen' }).press('Enter');
  await expect(news).toContainText('Nothing happened.');
  expect((await office.call('news', { mode: 'test' })) as News).toMatchObject({ looked: true, groups: [] });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`nothing stands in anybody's way, ${colorScheme}`, async ({ desk }) => {
    await desk.emulateMedia({ colorScheme });
    await expect(desk.getByRole('region', { name: 'Needs you' })).toBeVisible();
    await expect(desk.getByRole('region', { name: 'Since you last looked' })).not.toContainText('Loading');
    expect(await axe(desk)).toEqual([]);
    if (process.env['SHOTS'] !== undefined) {
      await desk.setViewportSize({ width: 1280, height: 1400 });
      await desk.waitForTimeout(800);
      await desk.screenshot({ path: `${process.env['SHOTS']}/${colorScheme}.png` });
      await desk.setViewportSize({ width: 900, height: 1400 });
      await desk.waitForTimeout(500);
      await desk.screenshot({ path: `${process.env['SHOTS']}/${colorScheme}-900.png` });
    }
  });
}
