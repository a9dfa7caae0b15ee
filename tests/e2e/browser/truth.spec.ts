// The number on screen is the merchant's true one. The simulator works its truth out on its own, in another way than the
// engine; here it is compared with what a person reads.

import { expect, test } from './harness';

interface Truth {
  mrr: Record<string, { minor: number }>;
  active_subscribers: number;
}

interface Figures {
  as_of: string;
  currency: string;
}

/** The digits of an amount, which are its minor units: every amount is written with all its decimals, or has none. */
function minorOf(text: string, currency: string): number {
  const digits = Number(text.replace(/\D/g, ''));
  // Krónur travel with two decimals that are always zero, and are written without them where they are.
  return currency === 'ISK' && !/\.\d\d$/.test(text) ? digits * 100 : digits;
}

test('every ledger shows exactly what the merchant is worth', async ({ desk, office, simulator }) => {
  const figures = (await office.call('overview', { mode: 'test', currency: null })) as Figures;
  const answer = await fetch(`${simulator.url}/_sim/truth?at=${figures.as_of}`);
  const truth = (await answer.json()) as Truth;
  const currencies = Object.keys(truth.mrr).sort();
  expect(currencies.length, 'the merchant sells in several currencies').toBeGreaterThan(2);

  const ledgers = desk.getByRole('group', { name: /Ledgers/ }).locator('label');
  await expect(ledgers).toHaveCount(currencies.length);
  const number = desk.locator('button.number').first();
  const label = desk.locator('.figure.large .label');
  const active = desk.locator('.figures .figure').filter({ hasText: 'Active' }).locator('.number').first();
  let subscribers = 0;
  for (const currency of currencies) {
    const ledger = ledgers.filter({ hasText: currency }).first();
    await ledger.click();
    await expect(label).toContainText(currency);
    await expect(desk.locator('.chart')).toHaveAttribute('aria-label', new RegExp(currency));
    const [shown = ''] = (await number.innerText()).split('\n');
    const text = shown.replace(/\. Opens.*$/, '');
    expect(minorOf(text, currency), `${currency}: ${text}`).toBe(truth.mrr[currency]?.minor);
    await expect(ledger, 'the ledger says the same').toContainText(text);
    await expect(active).toHaveText(/\d/);
    subscribers += Number((await active.innerText()).replace(/\D/g, ''));
  }
  expect(subscribers, 'subscribers of all ledgers').toBe(truth.active_subscribers);
});
