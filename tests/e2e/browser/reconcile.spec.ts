// Stripe's export beside our figures: the merchant's own statement agrees to the last customer, a line that was changed in it
// comes back as a difference with its cause and its customer, and the way leads to that customer and back.

import { axe, expect, go, type Page, type Simulator, test, unmarked } from './harness';

interface Truth {
  customers: Record<string, Record<string, number>>;
}

interface Answer {
  currencies: string[];
  splits: { month: string; currency: string; causes: unknown[]; theirs: { minor: number } }[];
}

/** Decimals of the wire unit; krónur travel with two. */
const DECIMALS: Record<string, number> = {
  JPY: 0,
  KRW: 0,
  CLP: 0,
  VND: 0,
  KWD: 3,
  BHD: 3,
  JOD: 3,
  OMR: 3,
  TND: 3,
};

function decimal(minor: number, currency: string): string {
  const places = DECIMALS[currency] ?? 2;
  const digits = `${Math.abs(minor)}`.padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const sign = minor < 0 ? '-' : '';
  return places === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-places)}`;
}

/** Month to the instant at whose end the merchant is asked, the last one being the present. */
function monthsUntil(now: string, count: number): [string, string][] {
  const present = new Date(now);
  return Array.from({ length: count }, (_, back) => {
    const first = Date.UTC(present.getUTCFullYear(), present.getUTCMonth() - (count - 1 - back), 1);
    const next = Date.UTC(present.getUTCFullYear(), present.getUTCMonth() - (count - 1 - back) + 1, 1);
    const end = Math.min(next - 1000, present.getTime());
    return [new Date(first).toISOString().slice(0, 7), `${Math.floor(end / 1000)}`];
  });
}

class Statement {
  readonly months: string[] = [];
  /** Customer and currency to an amount for each month. */
  readonly rows = new Map<string, number[]>();

  static async of(simulator: Simulator, now: string, count = 4): Promise<Statement> {
    const statement = new Statement();
    for (const [month, at] of monthsUntil(now, count)) {
      const response = await fetch(`${simulator.url}/_sim/truth?by=customer&at=${at}`);
      const { customers } = (await response.json()) as Truth;
      for (const [customer, sums] of Object.entries(customers)) {
        for (const [currency, minor] of Object.entries(sums)) {
          const key = `${customer} ${currency}`;
          const row = statement.rows.get(key) ?? statement.months.map(() => 0);
          row[statement.months.length] = minor;
          statement.rows.set(key, row);
        }
      }
      statement.months.push(month);
      for (const row of statement.rows.values()) row[statement.months.length - 1] ??= 0;
    }
    return statement;
  }

  /** The rows of a currency that are worth something at the end. */
  paying(currency: string): string[] {
    return [...this.rows]
      .filter(([key, row]) => key.endsWith(` ${currency}`) && (row.at(-1) ?? 0) > 0)
      .map(([key]) => key)
      .sort();
  }

  /** As Stripe writes it; `note` makes every row longer. */
  csv(note = ''): Buffer {
    const lines = [`Customer ID,Customer,Note,Currency,${this.months.join(',')}`];
    for (const [key, row] of this.rows) {
      const [customer = '', currency = ''] = key.split(' ');
      const amounts = row.map((minor) => decimal(minor, currency));
      lines.push(`${customer},"Somebody, Inc.",${note},${currency.toLowerCase()},${amounts.join(',')}`);
    }
    return Buffer.from(`${lines.join('\n')}\n`);
  }
}

/** Chooses a file by the key for it. */
async function choose(page: Page, buffer: Buffer, name = 'mrr.csv'): Promise<void> {
  const opened = page.waitForEvent('filechooser', { timeout: 15_000 });
  // The browser has to know that somebody waits for its dialog before the key comes.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  await page.keyboard.press('o');
  await (await opened).setFiles({ name, mimeType: 'text/csv', buffer });
}

const headline = (page: Page) => page.locator('#headline');
const where = (page: Page) => page.evaluate(() => location.hash);

async function presentOf(office: { call: (name: string, request: unknown) => Promise<unknown> }) {
  return (await office.call('overview', { mode: 'test', currency: null })) as {
    as_of: string;
    currency: string;
  };
}

test('a changed line is found, with its cause and its customer, without a mouse', async ({
  desk,
  office,
  simulator,
}) => {
  const { as_of, currency } = await presentOf(office);
  const statement = await Statement.of(simulator, as_of);
  await go(desk, 'g x');
  await expect(desk.getByRole('heading', { name: /another MRR/ })).toBeVisible();

  // Longer than any other request may be.
  const whole = statement.csv('x'.repeat(1_200));
  expect(whole.length).toBeGreaterThan(300_000);
  await choose(desk, whole);
  await expect(headline(desk)).toBeVisible();
  await desk.getByRole('button', { name: /Why does the overview say another number/ }).focus();
  await desk.keyboard.press('Enter');
  await expect(desk.getByText(/every customer’s figure is the same on both sides/).first()).toBeVisible();
  await expect(desk.locator('.explained')).toContainText(/both sides say the same of every customer/i);
  expect(await where(desk)).toContain('policy=coffer-1');

  const [changed = ''] = statement.paying(currency);
  const [customer = ''] = changed.split(' ');
  const row = statement.rows.get(changed) ?? [];
  row[row.length - 1] = (row.at(-1) ?? 0) + 1_200;
  await choose(desk, statement.csv());
  // Cents may be left of the totals, where each customer's yearly price is rounded.
  await expect(headline(desk)).toHaveText(/^Ours is .*1[12]\.\d\d below Stripe’s in /);
  await expect(desk.getByText('None of it is explained.').first()).toBeVisible();
  const causes = desk.getByRole('region', { name: /^Causes in/ });
  await expect(causes.getByRole('heading', { name: /^Not explained/ })).toBeVisible();
  await expect(causes.locator('.unexplained .head > .amount')).toHaveText(/^−.*12\.00$/);
  const named = causes.getByRole('row').nth(1).getByRole('button');
  const name = await named.innerText();
  await named.focus();
  await desk.keyboard.press('Enter');
  await expect.poll(() => where(desk)).toBe(`#/customer/${customer}`);
  await expect(desk.getByRole('heading', { level: 1 })).toHaveText(name);
  await desk.keyboard.press('Escape');
  await expect(headline(desk), 'nothing has to be chosen again').toHaveText(/below Stripe’s/);
  await expect(desk.locator('.file')).toContainText('mrr.csv');
});

test('months are walked by arrows, each ledger has its own, and the file of the differences names the mode', async ({
  desk,
  office,
  simulator,
}) => {
  const { as_of } = await presentOf(office);
  const statement = await Statement.of(simulator, as_of);
  const text = statement.csv();
  const told = (await office.call('reconcile', {
    mode: 'test',
    policy: 'stripe',
    file: 'mrr.csv',
    text: text.toString(),
  })) as Answer;
  expect(told.currencies.length, 'the merchant sells in several currencies').toBeGreaterThan(2);
  await go(desk, 'g x');
  await desk.getByRole('button', { name: 'Choose the file' }).waitFor();
  await choose(desk, text);
  const months = desk.getByRole('region', { name: /^Months/ });
  const shown = months.getByRole('row');
  await expect(shown).toHaveCount(statement.months.length + 1);
  await months.getByRole('button', { pressed: true }).focus();
  const newest = await headline(desk).innerText();
  await desk.keyboard.press('ArrowDown');
  await expect(headline(desk)).not.toHaveText(newest);
  await expect.poll(() => where(desk)).toContain(`month=${statement.months.at(-2)}`);
  await expect(months.getByRole('button', { pressed: true })).toBeFocused();

  const other = told.currencies[1] ?? '';
  await desk.getByLabel('Ledger').selectOption(other);
  await expect.poll(() => where(desk)).toContain(`currency=${other}`);

  const [file] = await Promise.all([
    desk.waitForEvent('download'),
    desk.getByRole('button', { name: 'Export CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^coffer-test-reconcile-stripe-/);
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString('utf8').trimEnd().split('\r\n').slice(1);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.every((line) => line.startsWith('test,stripe,MRR per subscriber per month,'))).toBe(true);
});

test('a file can be dropped, one that is no export is refused with what would be one, and nothing is lost', async ({
  desk,
  office,
  simulator,
}) => {
  const { as_of } = await presentOf(office);
  const statement = await Statement.of(simulator, as_of, 2);
  await go(desk, 'g x');
  await desk.getByRole('button', { name: 'Choose the file' }).waitFor();
  const drop = async (name: string, text: string) => {
    const data = await desk.evaluateHandle(
      ([called, content]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content ?? ''], called ?? '', { type: 'text/csv' }));
        return transfer;
      },
      [name, text],
    );
    for (const kind of ['dragover', 'drop']) await desk.dispatchEvent('main', kind, { dataTransfer: data });
  };
  await drop('odd.csv', 'id,amount\n1,2\n');
  const alert = desk.getByRole('alert');
  await expect(alert).toContainText('The file odd.csv cannot be compared: the columns id, amount');
  await expect(alert).toContainText('“Customer MRR changes”');
  await drop('mrr.csv', statement.csv().toString());
  await expect(headline(desk)).toBeVisible();
  await expect(alert).toHaveCount(0);

  // Elsewhere a file that is dropped is nobody's, and the page stays.
  await go(desk, 'g o');
  await drop('mrr.csv', 'x');
  await expect(desk.locator('.figure.large .number')).toBeVisible();
});

test('the palette chooses a file', async ({ desk }) => {
  await go(desk, 'g x');
  await desk.getByRole('button', { name: 'Choose the file' }).waitFor();
  await desk.keyboard.press('Control+k');
  await desk.keyboard.type('>choose an export');
  await expect(desk.getByRole('option')).toHaveCount(1);
  const opened = desk.waitForEvent('filechooser', { timeout: 15_000 });
  await desk.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  await desk.keyboard.press('Enter');
  await (await opened).setFiles({
    name: 'mrr.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Customer ID,Currency,2026-01\ncus_x,usd,1\n'),
  });
  await expect(
    desk.getByText(/None of the customers in this file is in the copy of test mode/),
  ).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the comparison is clean to axe in ${colorScheme}`, async ({ desk, office, simulator }) => {
    await desk.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { as_of } = await presentOf(office);
    const statement = await Statement.of(simulator, as_of);
    await go(desk, 'g x');
    await expect(desk.getByRole('heading', { name: 'Reconcile', level: 1 })).toHaveCount(1);
    expect(await axe(desk), 'before there is a file').toEqual([]);
    await choose(desk, statement.csv());
    await expect(headline(desk)).toBeVisible();
    for (const fold of await desk.locator('.fold[aria-expanded=false]').all()) await fold.click();
    expect(await axe(desk), 'with a file').toEqual([]);
    expect((await unmarked(desk)).length, 'a whole copy has no mark').toBeGreaterThan(0);
    await choose(desk, Buffer.from('id\n1\n'));
    await desk.getByRole('alert').waitFor();
    expect(await axe(desk), 'a refused file').toEqual([]);
  });
}
