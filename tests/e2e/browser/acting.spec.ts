// Acting from a customer's page by keyboard, and what the provider really did of it: a support person's refund, a change of
// plan, no network and back, and an answer that was lost.

import {
  addAccount,
  axe,
  enter,
  expect,
  go,
  type Page,
  type Served,
  type Simulator,
  serve,
  simulate,
  sync,
  test,
} from './harness';

interface Effect {
  method: string;
  path: string;
}

interface Row {
  id: string;
  name: string | null;
}

interface Entry {
  id: string;
  kind: string;
  acts: string[];
  amount: { currency: string } | null;
}

interface Detail {
  customer: Row;
  timeline: Entry[];
  subscriptions: { id: string; status: string; acts: string[]; items: unknown[] }[];
}

/** Refunds that really were made, whatever was asked for and answered. */
async function refunds(simulator: Simulator): Promise<number> {
  const response = await fetch(`${simulator.url}/_sim/effects`);
  const all = (await response.json()) as Effect[];
  return all.filter((it) => it.method === 'POST' && it.path === '/v1/refunds').length;
}

/** The details of customers, the largest first, until one fits. */
async function customerWhere(
  served: Served,
  mode: 'live' | 'test',
  fits: (it: Detail) => boolean,
): Promise<Detail> {
  const page = (await served.call('records', {
    mode,
    view: 'customers',
    filter: '',
    sort: 'amount',
    descending: true,
    offset: 0,
    limit: 100,
  })) as { rows: Row[] };
  for (const row of page.rows) {
    const detail = (await served.call('customer', { mode, id: row.id })) as Detail;
    if (fits(detail)) return detail;
  }
  throw new Error('no customer fits');
}

const newestRefundable = (it: Detail) => it.timeline.find((entry) => entry.acts.includes('refund'));
const refundable = (it: Detail) => newestRefundable(it) !== undefined;

async function open(page: Page, id: string): Promise<void> {
  await page.evaluate((place) => {
    location.hash = place;
  }, `#/customer/${id}`);
  await expect(page.getByRole('heading', { name: 'Timeline' })).toBeVisible();
}

/** Each spec here changes the provider, so that each has a shop of its own. */
async function shop(
  served: Served,
  ...options: string[]
): Promise<{ simulator: Simulator; mode: 'live' | 'test' }> {
  const simulator = await simulate('--customers', '40', '--months', '6', ...options);
  const mode = await addAccount(served, simulator, 'Small shop');
  await sync(served, mode);
  return { simulator, mode };
}

test('a refund by keyboard takes at most four keys, happens once, and gives the focus back', async ({
  page,
  served,
}) => {
  const { simulator, mode } = await shop(served);
  try {
    const customer = await customerWhere(served, mode, refundable);
    await enter(page, served.url);
    await page.evaluate(() => {
      const seen = { mouse: 0, keys: [] as string[] };
      Object.assign(window, { seen });
      for (const kind of ['pointerdown', 'mousedown'])
        window.addEventListener(kind, () => (seen.mouse += 1), true);
      window.addEventListener('keydown', (event) => seen.keys.push(event.key), true);
    });
    await open(page, customer.customer.id);
    const heading = page.getByRole('heading', { level: 1 });
    await expect(heading).toBeFocused();

    await page.keyboard.press('r');
    const sheet = page.getByRole('dialog', { name: 'Refund' });
    await expect(sheet.getByLabel('Amount')).toBeFocused();
    await expect(sheet.getByRole('button', { name: /^Refund .*\d.* in test mode$/ })).toBeEnabled();
    await page.keyboard.press('Enter');
    await expect(sheet).toBeHidden();

    const seen = await page.evaluate(
      () => (window as unknown as { seen: { mouse: number; keys: string[] } }).seen,
    );
    expect(seen, 'from an open customer to the refund').toEqual({ mouse: 0, keys: ['r', 'Enter'] });
    await expect(heading, 'the focus is where it was').toBeFocused();
    await expect(page.locator('.toasts')).toContainText('Done');
    expect(await refunds(simulator)).toBe(1);
    await expect(page.locator('li.is-refund').first(), 'the copy has it').toContainText('Refund');
    await expect(page.locator('li.is-action').first(), 'so has the story of what we did').toContainText(
      'Done',
    );
  } finally {
    await simulator.stop();
  }
});

test('a live refund says so, wants a reason, and keeps what was typed until it is given', async ({
  page,
  served,
}) => {
  const { simulator, mode } = await shop(served, '--live');
  try {
    const customer = await customerWhere(
      served,
      mode,
      (it) => newestRefundable(it)?.amount?.currency === 'USD',
    );
    await enter(page, served.url);
    await open(page, customer.customer.id);
    await page.keyboard.press('r');
    const sheet = page.getByRole('dialog', { name: 'Refund' });
    const button = sheet.getByRole('button', { name: /in live mode$/ });
    await expect(sheet.getByLabel('Note')).toHaveAttribute('aria-required', 'true');
    await page.keyboard.type('1.00');
    await expect(button).toContainText('1.00');
    await page.keyboard.press('Control+Enter');
    await expect(button, 'no reason was given').toBeDisabled();
    expect(await refunds(simulator)).toBe(0);

    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await expect(sheet.getByLabel('Note')).toBeFocused();
    await page.keyboard.type('paid twice');
    await page.keyboard.press('Control+Enter');
    await expect(page.locator('.toasts')).toContainText('Done');
    expect(await refunds(simulator)).toBe(1);
    await expect(page.locator('li.is-refund').first()).toContainText('1.00');
    await expect(page.locator('li.is-action').first()).toContainText('paid twice');
  } finally {
    await simulator.stop();
  }
});

test('a change of plan shows what it costs before it is done', async ({ page, served }) => {
  const { simulator, mode } = await shop(served);
  try {
    const changeable = (it: Detail) =>
      it.subscriptions.some(
        (sub) => sub.status === 'active' && sub.items.length === 1 && sub.acts.includes('plan_change'),
      );
    const customer = await customerWhere(served, mode, changeable);
    const subscription = customer.subscriptions.find(
      (sub) => sub.status === 'active' && sub.acts.includes('plan_change'),
    );
    await enter(page, served.url);
    await open(page, customer.customer.id);
    const strip = page.locator(`article[data-id="${subscription?.id}"]`);
    await strip.getByRole('button', { name: /What can be done/ }).press('Enter');
    await page.getByRole('menuitem', { name: /^Change plan/ }).press('Enter');

    const sheet = page.getByRole('dialog', { name: 'Change plan' });
    await sheet.getByLabel('Quantity').fill('7');
    await expect(sheet.getByRole('row', { name: /^Total/ })).toBeVisible();
    await expect(sheet.getByRole('row', { name: /^Due now/ })).toBeVisible();
    const button = sheet.getByRole('button', { name: /^Change plan.* in test mode$/ });
    await expect(button).toBeEnabled();
    await sheet.getByLabel('Quantity').press('Enter');
    await expect(page.locator('.toasts')).toContainText('Done');
    await expect(strip).toContainText('× 7');
    await expect(page.locator('.toasts').getByRole('button', { name: 'Undo' })).toBeVisible();
  } finally {
    await simulator.stop();
  }
});

test('without a network a refund waits on its row, and is done once when there is one', async ({
  page,
  served,
}) => {
  const { simulator, mode } = await shop(served);
  try {
    const customer = await customerWhere(served, mode, refundable);
    const payment = newestRefundable(customer)?.id ?? '';
    await enter(page, served.url);
    await open(page, customer.customer.id);
    await simulator.order({ faults: [{ kind: 'reset', skip: 0 }] });
    await page.keyboard.press('r');
    await expect(page.getByRole('dialog').getByRole('button', { name: /in test mode$/ })).toBeEnabled();
    await page.keyboard.press('Enter');
    const row = page.locator(`li[data-id="${payment}"]`);
    await expect(row, 'it stands on the very row').toContainText('Queued');
    await expect(page.getByRole('link', { name: /Outbox/ })).toContainText('1');
    expect(await refunds(simulator)).toBe(0);

    await simulator.order({ faults: [] });
    await go(page, 'g b');
    await page
      .getByRole('button', { name: /^(Run now|Send now|Carry on)/ })
      .first()
      .click();
    await expect.poll(() => refunds(simulator)).toBe(1);
    await open(page, customer.customer.id);
    await expect(row).not.toContainText('Queued');
    await expect(page.locator('li.is-action').first()).toContainText('Done');
  } finally {
    await simulator.stop();
  }
});

test('an answer that was lost is looked for, and the money goes back once', async ({ page, served }) => {
  const { simulator, mode } = await shop(served);
  try {
    const customer = await customerWhere(served, mode, refundable);
    await enter(page, served.url);
    await open(page, customer.customer.id);
    await simulator.order({ faults: [{ kind: 'lost', path: '/v1/refunds', method: 'POST', times: 1 }] });
    await page.keyboard.press('r');
    await expect(page.getByRole('dialog').getByRole('button', { name: /in test mode$/ })).toBeEnabled();
    await page.keyboard.press('Enter');
    await expect(page.locator('.toasts')).toContainText('Done');
    expect(await refunds(simulator), 'it was looked for, not sent again').toBe(1);
    await expect(page.locator('li.is-refund'), 'one refund in the copy').toHaveCount(
      customer.timeline.filter((entry) => entry.kind === 'refund').length + 1,
    );
  } finally {
    await simulator.stop();
  }
});

test('a limit that is set holds up a refund, in words of the window', async ({ page, served }) => {
  const { simulator, mode } = await shop(served);
  try {
    const inDollars = (it: Detail) => newestRefundable(it)?.amount?.currency === 'USD';
    const customer = await customerWhere(served, mode, inDollars);
    await enter(page, served.url);
    await go(page, 'g s');
    const form = page.getByRole('form', { name: 'Set a limit' });
    await form.getByLabel('Currency').fill('usd');
    await form.getByRole('textbox', { name: 'Amount' }).fill('0.0001');
    await form.getByRole('textbox', { name: 'Amount' }).press('Enter');
    await expect(page.getByRole('alert'), 'what cannot be is said in place').toContainText('0.0001');
    await form.getByRole('textbox', { name: 'Amount' }).fill('1.00');
    await form.getByRole('textbox', { name: 'Amount' }).press('Enter');
    await expect(page.getByRole('button', { name: /^Remove: One refund at most \$1\.00/ })).toBeVisible();

    await open(page, customer.customer.id);
    await page.keyboard.press('r');
    const sheet = page.getByRole('dialog', { name: 'Refund' });
    await expect(sheet.getByRole('button', { name: /in test mode$/ })).toBeEnabled();
    await page.keyboard.press('Enter');
    await expect(sheet.getByRole('alert')).toContainText('more than may be given back at once');
    await expect(sheet.getByRole('alert')).toContainText('Settings');
    expect(await refunds(simulator)).toBe(0);
  } finally {
    await simulator.stop();
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the sheet, the outbox and the log are clean to axe in ${colorScheme}`, async ({ page, fullHome }) => {
    const served = await serve(fullHome);
    try {
      await page.emulateMedia({ colorScheme });
      const customer = await customerWhere(served, 'test', refundable);
      await enter(page, served.url);
      await go(page, 'g b');
      await page
        .getByRole('heading', { name: /Outbox|Nothing/ })
        .first()
        .waitFor();
      expect(await axe(page), 'an empty outbox').toEqual([]);
      const payment = newestRefundable(customer)?.id ?? '';
      await served.call('operation_submit', {
        mode: 'test',
        wish: { kind: 'refund', payment, amount: '1', reason: null },
        note: 'for the look of it',
        operator: null,
        pin: null,
        typed_amount: null,
        approved_total: null,
        offline: true,
      });
      await open(page, customer.customer.id);
      await expect(page.locator(`li[data-id="${payment}"]`)).toContainText('Queued');
      expect(await axe(page), 'a customer with something that waits').toEqual([]);
      await page.keyboard.press('r');
      await page.getByRole('dialog').waitFor();
      expect(await axe(page), 'the sheet').toEqual([]);
      await page.keyboard.press('Escape');
      await go(page, 'g b');
      await page
        .getByText('for the look of it')
        .or(page.getByText(/^Refund \$?/))
        .first()
        .waitFor();
      expect(await axe(page), 'the outbox').toEqual([]);
      await go(page, 'g l');
      await page.getByRole('button', { name: /Verify/ }).waitFor();
      expect(await axe(page), 'the log').toEqual([]);
      await go(page, 'g s');
      await page.getByRole('heading', { name: /^Limits/ }).waitFor();
      expect(await axe(page), 'limits and operators').toEqual([]);
    } finally {
      await served.stop();
    }
  });
}
