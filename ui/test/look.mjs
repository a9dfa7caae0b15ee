// Takes pictures of every view in every scene that matters into tests/e2e/results/look, for judging by eye, and reports
// what the page complained about. `npm run look -- overview` takes only those whose name contains the word.

import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { startFixture } from './fixture.mjs';

const OUT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'tests', 'e2e', 'results', 'look');
const WIDE = { width: 1280, height: 800 };
const SMALL = { width: 900, height: 600 };

const first = '[role=row][aria-rowindex="4"]';
const hover = async (page) => {
  const box = await page.locator('.chart').boundingBox();
  await page.mouse.move(box.x + box.width * 0.55, box.y + 100);
};
const openCustomer = async (page) => {
  await page.locator(first).click();
  await page.locator('#timeline').waitFor();
};

const openWhy = async (page) => {
  await page.getByRole('button', { name: /^partial/ }).click();
  await page.getByRole('dialog').waitFor();
};

const SHOTS = [
  ['first-run', 'none', ''],
  ['first-run-small', 'none', '', { size: SMALL }],
  [
    'first-run-error',
    'none',
    '',
    {
      act: async (page) => {
        await page.getByLabel('Restricted key').fill('rk_test_wrong');
        await page.getByRole('button', { name: 'Connect Stripe' }).click();
        await page.getByRole('alert').waitFor();
      },
    },
  ],
  ['overview', 'live+test', 'overview'],
  ['overview-hover', 'live+inferred', 'overview', { act: hover }],
  ['overview-small', 'live', 'overview', { size: SMALL }],
  ['overview-narrow', 'live', 'overview', { size: { width: 640, height: 600 } }],
  ['overview-test', 'testonly+one', 'overview'],
  ['overview-demo', 'live+demo', 'overview'],
  ['overview-first-sync', 'live+first', 'overview'],
  ['overview-partial', 'live+partial+missing+inferred+down', 'overview'],
  ['overview-missing-test', 'testonly+missing', 'overview'],
  ['overview-again', 'live+again', 'overview'],
  [
    'overview-again-lists',
    'live+again',
    'overview',
    { act: (page) => page.getByRole('button', { name: 'Lists' }).click() },
  ],
  ['overview-unknown', 'live+first+unknown', 'overview'],
  ['overview-proving', 'testonly+proving', 'overview'],
  ['overview-refused', 'live+refused+partial', 'overview'],
  ['overview-partial-small', 'testonly+partial', 'overview', { size: SMALL }],
  ['overview-again-small', 'live+again', 'overview', { size: SMALL }],
  ['overview-partial-hover', 'live+partial', 'overview', { act: hover }],
  ['why', 'live+missing+mismatch', 'overview', { act: openWhy }],
  ['why-test', 'testonly+first', 'overview', { act: openWhy }],
  ['customers-partial', 'live+partial', 'customers'],
  ['customer-partial', 'live+partial', 'customers', { act: openCustomer }],
  ['settings-proof', 'live+test+mismatches+thirsty+acts', 'settings'],
  ['settings-running', 'testonly+again+unclear', 'settings'],
  ['overview-empty', 'live+empty', 'overview'],
  ['overview-loading', 'live+hang', 'overview'],
  ['overview-broken', 'live+broken', 'overview'],
  ['overview-offline', 'live+offline', 'overview'],
  [
    'overview-table',
    'live',
    'overview',
    { act: (page) => page.getByRole('button', { name: 'Show as table' }).click() },
  ],
  ['overview-lost', 'live', 'overview', { lose: true }],
  [
    'search',
    'live',
    'overview',
    {
      act: async (page) => {
        await page.keyboard.press('/');
        await page.keyboard.type('kestr');
        await page.locator('[role=option]').nth(3).waitFor();
      },
    },
  ],
  [
    'search-partial',
    'live+partial',
    'overview',
    {
      act: async (page) => {
        await page.keyboard.press('/');
        await page.keyboard.type('kestr');
        await page.locator('[role=option]').nth(3).waitFor();
      },
    },
  ],
  [
    'help',
    'testonly',
    'overview',
    {
      act: async (page) => {
        await page.keyboard.press('?');
        await page.getByRole('dialog').waitFor();
      },
    },
  ],
  [
    'customers',
    'live+test',
    'customers',
    {
      act: async (page) => {
        await page.locator('.table').focus();
        for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowDown');
      },
    },
  ],
  ['customers-small', 'live', 'customers', { size: SMALL }],
  [
    'customers-deep',
    'live',
    'customers',
    { act: (page) => page.locator('.table').evaluate((node) => node.scrollTo(0, 1_400_000)) },
  ],
  ['customers-loading', 'live+hang', 'customers'],
  ['customers-empty', 'live+empty', 'customers'],
  ['customers-nobody', 'live', 'customers?search=zzzz'],
  ['customers-broken', 'live+broken', 'customers'],
  ['customer', 'live', 'customers', { act: openCustomer }],
  ['customer-small', 'testonly', 'customers', { size: SMALL, act: openCustomer }],
  ['settings', 'live+test+missing', 'settings'],
  ['settings-small', 'live', 'settings', { size: SMALL }],
  [
    'settings-add',
    'live',
    'settings',
    { act: (page) => page.getByRole('button', { name: 'Add account' }).click() },
  ],
  [
    'settings-organization',
    'live',
    'settings',
    {
      act: async (page) => {
        await page.getByRole('button', { name: 'Add account' }).click();
        await page.getByLabel('Restricted key').fill('sk_org_live_example');
      },
    },
  ],
  [
    'settings-remove',
    'testonly',
    'settings',
    { act: (page) => page.getByRole('button', { name: 'Remove…' }).click() },
  ],
  ['parts', 'live', 'parts', { size: { width: 1280, height: 2200 } }],
  ['parts-test', 'testonly', 'parts'],
  ['palette', 'live+test', 'overview', { act: (page) => page.keyboard.press('Control+k') }],
  ['fault', 'live+fault', ''],
];

const only = process.argv[2] ?? '';
await mkdir(OUT, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const theme of ['light', 'dark']) {
  for (const [name, scene, place, { size = WIDE, act, lose } = {}] of SHOTS) {
    const file = `${name}-${theme}`;
    if (!file.includes(only)) continue;
    const fixture = await startFixture();
    const context = await browser.newContext({ viewport: size, colorScheme: theme, locale: 'en-GB' });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (
        ['error', 'warning'].includes(message.type()) &&
        !/422|ERR_CONN|ERR_INCOMPLETE/.test(message.text())
      )
        console.log(file, message.text());
    });
    page.on('pageerror', (error) => console.log(file, error.message));
    await page.goto(`${fixture.url}#token=${scene}${place ? `&/${place}` : ''}`);
    await page.waitForTimeout(350);
    try {
      await act?.(page);
    } catch (error) {
      console.log(file, error.message.split('\n')[0]);
    }
    if (lose) fixture.close();
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(OUT, `${file}.png`) });
    await context.close();
    fixture.close();
  }
}
await browser.close();
