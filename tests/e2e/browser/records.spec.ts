// The lists of the desk: each opens by its keys, is narrowed by text, says why it will not be, keeps its place in the address,
// and leads to the customer at the very object.

import type { RecordPage } from '../../../ui/src/api/generated';
import { axe, expect, go, type Page, test, where } from './harness';

const LISTS = [
  ['g c', 'Customers'],
  ['g u', 'Subscriptions'],
  ['g p', 'Payments'],
  ['g i', 'Invoices'],
  ['g d', 'Disputes'],
  ['g r', 'Recovery'],
  ['g a', 'Trials'],
] as const;

const total = (page: Page) => page.locator('.total');

test('a list is narrowed by keyboard, says why it will not be, and keeps its rows', async ({ desk }) => {
  await go(desk, 'g p');
  const grid = desk.getByRole('grid', { name: 'Payments' });
  await grid.getByRole('row').nth(1).waitFor();
  // While one types, the number of what was asked before still stands: the answer to the whole filter tells the right one.
  const answered = desk.waitForResponse(
    (it) => it.url().endsWith('/api/records') && it.request().postData()?.includes('status:failed') === true,
  );
  await desk.keyboard.press('f');
  await desk.keyboard.type('status:failed');
  const { total: number, sums } = (await (await answered).json()) as RecordPage;
  await expect(total(desk)).toContainText(`${number.toLocaleString('en-US')} payments`);
  await expect(total(desk).locator('.sum')).toHaveCount(Math.min(sums.length, 4));
  const failed = await total(desk).innerText();
  await expect(grid.getByRole('row').nth(1)).toContainText('Failed');
  await expect.poll(() => where(desk)).toContain('filter=status:failed');

  await desk.keyboard.type(' amonut>3');
  await expect(desk.getByText('There is no key “amonut” here.')).toBeVisible();
  await expect(total(desk), 'the rows before stay').toHaveText(failed);
  await expect(grid.getByRole('row').nth(1)).toContainText('Failed');
});

test('an address carries the filter, and a row leads to the customer at the object and back', async ({
  desk,
}) => {
  await desk.evaluate(() => {
    location.hash = '#/payments?filter=status%3Asucceeded&sort=amount';
  });
  const grid = desk.getByRole('grid', { name: 'Payments' });
  await grid.getByRole('row').nth(1).waitFor();
  await expect(desk.getByRole('combobox', { name: /Filter payments/ })).toHaveValue('status:succeeded');
  await grid.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await desk.keyboard.press(key);
  await desk.getByRole('heading', { name: 'Timeline' }).waitFor();
  await expect(desk.locator('li.sought')).toHaveCount(1);
  await expect(desk.locator('li.sought')).toBeInViewport();
  await desk.keyboard.press('Escape');
  await expect.poll(() => where(desk)).toContain('filter=status:succeeded');
});

test('a list with a name is kept for the next page', async ({ desk }) => {
  await go(desk, 'g i');
  await desk.getByRole('grid', { name: 'Invoices' }).getByRole('row').nth(1).waitFor();
  await desk.keyboard.press('f');
  await desk.keyboard.type('status:paid amount>100');
  await expect.poll(() => where(desk)).toContain('amount>100');
  await desk.getByRole('button', { name: 'Save view' }).click();
  await desk.keyboard.type('Large ones');
  await desk.keyboard.press('Enter');
  const kept = desk.getByRole('button', { name: 'Large ones', exact: true });
  await expect(kept).toBeVisible();
  await go(desk, 'g o');
  await desk.reload();
  // Keys before the page is there go nowhere.
  await desk.getByRole('navigation', { name: 'Views' }).waitFor();
  await go(desk, 'g i');
  await kept.click();
  await expect.poll(() => where(desk)).toContain('status:paid amount>100');
});

test('the file of a list holds every row of it and names the mode', async ({ desk, office }) => {
  await go(desk, 'g u');
  const grid = desk.getByRole('grid', { name: 'Subscriptions' });
  await grid.getByRole('row').nth(1).waitFor();
  const mode = (await desk.locator('.mark').count()) > 0 ? 'test' : 'live';
  const page = (await office.call('records', {
    mode,
    view: 'subscriptions',
    filter: '',
    sort: 'created',
    descending: true,
    offset: 0,
    limit: 1,
  })) as { total: number };
  const [file] = await Promise.all([
    desk.waitForEvent('download'),
    desk.getByRole('button', { name: 'Export CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toContain(`-${mode}-subscriptions-`);
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString('utf8').trimEnd().split('\r\n');
  expect(lines.length - 1).toBe(page.total);
  expect(lines.slice(1).every((line) => line.startsWith(`${mode},`))).toBe(true);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every list is clean to axe in ${colorScheme}`, async ({ desk }) => {
    await desk.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [keys, name] of LISTS) {
      await go(desk, keys);
      await expect(desk.getByRole('heading', { name, level: 1 })).toHaveCount(1);
      await expect(total(desk)).toHaveText(/\d/);
      expect(await axe(desk), name).toEqual([]);
    }
  });
}
