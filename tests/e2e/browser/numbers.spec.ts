// The founder's morning: the number, what moved it, who that was, and what lies ahead; by keyboard, and in both themes.

import { axe, expect, go, type Page, type Served, test } from './harness';

const where = (page: Page) => page.evaluate(() => location.hash);

test('what moved the number leads to the customer who did, without a mouse', async ({ desk }) => {
  await go(desk, 'g m');
  const bars = desk.getByRole('group', { name: /^Movements of MRR/ });
  await bars.locator('svg').waitFor();
  await bars.focus();
  for (const key of ['End', 'ArrowLeft', 'Enter']) await desk.keyboard.press(key);
  await expect.poll(() => where(desk)).toMatch(/date=\d{4}-\d{2}-\d{2}/);
  const behind = desk.getByRole('region', { name: 'The customers behind it' });
  const customer = behind.getByRole('button').first();
  await customer.waitFor();
  const name = await customer.innerText();
  await customer.focus();
  await desk.keyboard.press('Enter');
  await expect(desk.getByRole('heading', { level: 1 })).toHaveText(name);
  await desk.keyboard.press('Escape');
  await expect.poll(() => where(desk)).toMatch(/^#\/movements/);
});

test('the customers behind a bar add up to it', async ({ desk, office }) => {
  const mode = (await desk.locator('.mark').count()) > 0 ? 'test' : 'live';
  const { currencies } = (await office.call('overview', { mode, currency: null })) as {
    currencies: { currency: string }[];
  };
  expect(currencies.length, 'the merchant sells in several currencies').toBeGreaterThan(2);
  for (const { currency } of currencies) await addsUp(office, mode, currency);
});

async function addsUp(office: Served, mode: string, currency: string): Promise<void> {
  const ask = { mode, currency, policy: null, every: 'month' };
  const chart = (await office.call('movements_chart', { ...ask, periods: 13, width: 900, height: 200 })) as {
    currency: string;
    bars: { point: { date: string; values: { name: string; whole: number }[] } }[];
  };
  expect(chart.currency).toBe(currency);
  for (const bar of chart.bars) {
    for (const { name, whole } of bar.point.values) {
      if (!['new', 'expansion', 'contraction', 'churn', 'reactivation'].includes(name) || whole === 0)
        continue;
      const told = (await office.call('explain', {
        ...ask,
        metric: name,
        date: bar.point.date,
        customer: null,
        after: null,
        limit: 1000,
      })) as { rows: unknown[]; next: string | null; exact: string };
      expect(told.rows.length, `${name} of ${bar.point.date} has customers`).toBeGreaterThan(0);
      const [over = '0', under = '1'] = told.exact.split('/');
      const minor = Number(over) / Number(under);
      // Whole minor units of a period add up, so that one may stand a unit beside its own exact value.
      expect(Math.abs(Math.abs(minor) - Math.abs(whole)), `${name} of ${bar.point.date}`).toBeLessThanOrEqual(
        2,
      );
    }
  }
}

test('a policy is chosen in place and says what the number was', async ({ desk }) => {
  await go(desk, 'g e');
  await desk.getByText(/^exactly/).waitFor();
  await desk.getByLabel('Policy').selectOption('stripe');
  await expect(desk.getByText(/under coffer-1/)).toBeVisible();
  expect(await where(desk)).toContain('policy=stripe');
  await desk.reload();
  await expect(desk.getByLabel('Policy')).toHaveValue('stripe');
});

test('the palette finds what can be done, and does it', async ({ desk }) => {
  await desk.keyboard.press('Control+k');
  await desk.keyboard.type('>coh');
  await expect(desk.getByRole('option')).toHaveCount(1);
  await desk.keyboard.press('Enter');
  await expect.poll(() => where(desk)).toBe('#/cohorts');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the numbers and the parts are clean to axe in ${colorScheme}`, async ({ desk }) => {
    await desk.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await go(desk, 'g m');
    await desk
      .getByRole('group', { name: /^Movements of MRR/ })
      .locator('svg')
      .waitFor();
    await desk.getByRole('button', { name: 'Plan', exact: true }).click();
    await desk.getByRole('region', { name: 'Movements by plan' }).waitFor();
    expect(await axe(desk), 'movements').toEqual([]);
    await go(desk, 'g h');
    await desk.locator('td.cell').first().waitFor();
    expect(await axe(desk), 'cohorts').toEqual([]);
    await go(desk, 'g f');
    await desk.getByRole('heading', { name: /Known to come/ }).waitFor();
    expect(await axe(desk), 'forecast').toEqual([]);
    await go(desk, 'g e');
    await desk.getByText(/^exactly/).waitFor();
    expect(await axe(desk), 'explain').toEqual([]);
    await desk.keyboard.press('Control+k');
    await desk.getByRole('option').first().waitFor();
    expect(await axe(desk), 'palette').toEqual([]);
    await desk.keyboard.press('Escape');
    await desk.evaluate(() => {
      location.hash = '#/parts';
    });
    await desk.getByRole('heading', { name: 'Parts' }).waitFor();
    expect(await axe(desk), 'parts').toEqual([]);
  });
}
