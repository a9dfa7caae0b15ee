// Files that leave the window: an invoice's PDF, also without a network, and a backup that only its passphrase opens.

import { readFile } from 'node:fs/promises';
import { expect, go, type Page, test } from './harness';

/** Opens the customer of the newest paid bill at that bill. */
async function atABill(page: Page): Promise<void> {
  await page.evaluate(() => {
    location.hash = '#/invoices?filter=status%3Apaid';
  });
  const grid = page.getByRole('grid', { name: 'Invoices' });
  await grid.getByRole('row').nth(1).waitFor();
  await grid.focus();
  for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
  await page.locator('li.sought').waitFor();
}

async function pdf(page: Page): Promise<{ name: string; text: string }> {
  const saving = page.waitForEvent('download');
  await page
    .locator('li.sought')
    .getByRole('button', { name: /^Save the PDF of/ })
    .press('Enter');
  const download = await saving;
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'latin1') };
}

test('the PDF of a bill is saved by keyboard, names the mode, and is there without a network', async ({
  desk,
  simulator,
}) => {
  await atABill(desk);
  const first = await pdf(desk);
  expect(first.name).toMatch(/^TEST-invoice-.+\.pdf$/);
  const number = first.name.slice('TEST-invoice-'.length, -'.pdf'.length);
  expect(first.text).toMatch(/^%PDF-/);
  expect(first.text).toContain(`Invoice ${number}`);
  await simulator.order({ faults: [{ kind: 'reset', skip: 0 }] });
  try {
    expect(await pdf(desk)).toEqual(first);
  } finally {
    await simulator.order({ faults: [] });
  }
});

test('a backup is written where the page says, once both passphrases are the same', async ({ desk }) => {
  await go(desk, 'g s');
  const backup = desk.getByRole('region', { name: 'Backup of test data' });
  await backup.getByLabel('Passphrase').fill('three blue umbrellas');
  await backup.getByLabel('Once more').fill('three blue umbrella');
  await expect(backup.getByText('The two are not the same yet.')).toBeVisible();
  await expect(backup.getByRole('button', { name: 'Back up now' })).toBeDisabled();
  await backup.getByLabel('Once more').fill('three blue umbrellas');
  await backup.getByRole('button', { name: 'Back up now' }).press('Enter');
  const path = await backup
    .locator('.mono')
    .filter({ hasText: /coffer-test-.+\.backup$/ })
    .innerText();
  expect((await readFile(path)).subarray(0, 16).toString()).toBe('coffer backup 1\n');
  await expect(backup.getByLabel('Passphrase')).toHaveValue('');
});
