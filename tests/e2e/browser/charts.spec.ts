// The charts as files, beside an earlier time, and with words on days: what is exported is what was on screen, and all of it
// works by keyboard alone.

import type { Download } from '../../../ui/node_modules/@playwright/test';
import { axe, expect, go, type Page, test, where } from './harness';

interface Point {
  date: string;
  label: string;
  unfinished: boolean;
  value: { minor: number; text: string };
  earlier: {
    date: string;
    value: { minor: number; text: string } | null;
    difference: { text: string } | null;
    percent: string | null;
    why: string | null;
  } | null;
}
interface Chart {
  currency: string;
  points: Point[];
}
interface Served {
  call: (name: string, request: unknown) => Promise<unknown>;
}

const drawing = (page: Page) => page.locator('.chart-drawing svg');
const chart = (page: Page) => page.locator('.chart');
const spoken = (page: Page) => page.locator('section p[aria-live]');
const marks = (page: Page) => page.getByRole('button', { name: /^Words \d/ });

async function ask(office: Served, compare: string | null): Promise<Chart> {
  const request = { mode: 'test', currency: null, months: 13, compare, width: 900, height: 304 };
  return (await office.call('mrr_chart', request)) as Chart;
}

async function bytesOf(file: Download): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Exports through the menu with keys alone. */
async function exported(page: Page, what: string, downs: number): Promise<Download> {
  await page.getByRole('button', { name: `Export: ${what} as a file` }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  for (let press = 0; press < downs; press += 1) await page.keyboard.press('ArrowDown');
  const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  return file;
}

/** The rows of a file by the names of their columns; no cell here has a comma. */
function tableOf(bytes: Buffer): Record<string, string>[] {
  const lines = bytes.toString('utf8').replace('\ufeff', '').trimEnd().split('\r\n');
  const names = lines[0]?.split(',') ?? [];
  return lines.slice(1).map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
  });
}

/** The hairlines, bars and lines of a drawing, which a page and a file have alike wherever they stand. */
const shapes = (svg: string) => ({
  polygons: svg.match(/<polygon/g)?.length,
  circles: svg.match(/<circle/g)?.length,
});

test('what is exported is what was on screen, in its theme, with the mode', async ({ desk, office }) => {
  await desk.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await drawing(desk).waitFor();
  await desk.getByRole('radio', { name: 'A year before' }).focus();
  await desk.keyboard.press('Space');
  await desk.locator('.c-earlier').first().waitFor({ state: 'attached' });
  const { currency, points } = await ask(office, 'year');
  const shown = await drawing(desk).evaluate((it) => it.outerHTML);

  const svgFile = await exported(desk, 'the MRR chart', 0);
  expect(svgFile.suggestedFilename()).toMatch(
    new RegExp(`^coffer-test-mrr-${currency}-\\d{4}-\\d\\d-\\d\\d\\.svg$`),
  );
  const svg = (await bytesOf(svgFile)).toString('utf8');
  const ground = await desk.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(svg, 'the paper of the dark theme').toContain('fill="#121216"');
  expect(ground, 'which the page has as well').toContain('oklch(0.185');
  expect(svg).toContain('\nTEST\n');
  expect(svg).toContain('a year before');
  expect(shapes(svg)).toEqual(shapes(shown));
  for (const month of await drawing(desk).locator('text').allTextContents())
    expect(svg).toContain(month.trim());

  const pngFile = await exported(desk, 'the MRR chart', 1);
  expect(pngFile.suggestedFilename()).toMatch(/^coffer-test-mrr-.*\.png$/);
  const png = await bytesOf(pngFile);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16), 'as wide as on screen').toBe(
    Number(await drawing(desk).getAttribute('width')),
  );

  const csvFile = await exported(desk, 'the MRR chart', 2);
  expect(csvFile.suggestedFilename()).toMatch(/^coffer-test-mrr-.*\.csv$/);
  const rows = tableOf(await bytesOf(csvFile));
  expect(rows.map((row) => row['mrr_minor'])).toEqual(points.map((it) => `${it.value.minor}`));
  expect(rows.map((row) => row['earlier_mrr_minor'])).toEqual(
    points.map((it) => `${it.earlier?.value?.minor ?? ''}`),
  );
  expect(rows.every((row) => row['mode'] === 'test' && row['currency'] === currency)).toBe(true);
  const newest = await desk.locator('.figure.large .number').innerText();
  expect(newest).toContain(points.at(-1)?.value.text ?? 'nothing');
});

test('what it is compared with is there again after a reload and on the way back', async ({ desk }) => {
  await drawing(desk).waitFor();
  const before = desk.getByRole('radio', { name: 'A year before' });
  await before.focus();
  await desk.keyboard.press('Space');
  await desk.locator('.c-earlier').first().waitFor({ state: 'attached' });
  await desk.reload();
  await expect(before).toBeChecked();
  await desk.locator('.c-earlier').first().waitFor({ state: 'attached' });
  await chart(desk).focus();
  for (const key of ['End', 'Enter']) await desk.keyboard.press(key);
  await expect.poll(() => where(desk)).toContain('movements');
  await desk.goBack();
  await expect(before).toBeChecked();
});

test('the chart of movements is exported with its policy and period, from the palette too', async ({
  desk,
}) => {
  await desk.evaluate(() => {
    location.hash = '#/movements?every=week&policy=baremetrics';
  });
  await drawing(desk).waitFor();
  await desk.keyboard.press('/');
  await desk.keyboard.type('export movements csv');
  const [file] = await Promise.all([desk.waitForEvent('download'), desk.keyboard.press('Enter')]);
  expect(file.suggestedFilename()).toMatch(/^coffer-test-movements-[A-Z]{3}-.*\.csv$/);
  const rows = tableOf(await bytesOf(file));
  expect(rows).toHaveLength(26);
  expect(new Set(rows.map((row) => row['policy']))).toEqual(new Set(['baremetrics']));
  await desk.getByRole('button', { name: 'Show as table' }).click();
  const closing = desk.getByRole('region', { name: 'Movements as a table' }).locator('tbody tr').first();
  await expect(closing).toContainText('so far');
  const text = await closing.locator('td').nth(6).innerText();
  const digits = text.replace(/\D/g, '');
  expect(Number(digits), 'the table and the file close alike').toBe(Number(rows.at(-1)?.['closing_minor']));
});

test('an earlier time is told by pointer, by ear and in the table, and says where there is none', async ({
  desk,
  office,
}) => {
  await drawing(desk).waitFor();
  await desk.getByRole('radio', { name: 'Alone' }).focus();
  for (const _ of [1, 2]) await desk.keyboard.press('ArrowRight');
  await expect(desk.getByRole('radio', { name: 'A year before' })).toBeChecked();
  await desk.locator('.c-earlier').first().waitFor({ state: 'attached' });
  const { points } = await ask(office, 'year');
  const known = points.findLast((it) => it.earlier?.value != null && !it.unfinished);
  const unknown = points.find((it) => it.earlier?.value == null);
  if (known?.earlier == null || unknown?.earlier == null) throw new Error('the merchant has 14 months');
  const { value, difference, percent } = known.earlier;

  await chart(desk).focus();
  await desk.keyboard.press('End');
  await desk.keyboard.press('ArrowLeft');
  await expect(spoken(desk)).toContainText(`${value?.text}, difference ${difference?.text}, ${percent}`);
  for (const text of [value?.text, difference?.text, percent])
    await expect(desk.locator('.reading')).toContainText(text ?? 'nothing');
  await desk.keyboard.press('Home');
  await expect(spoken(desk)).toContainText(`undefined. ${unknown.earlier.why}`);
  await expect(desk.locator('.reading')).toContainText(unknown.earlier.why ?? 'nothing');

  await desk.getByRole('button', { name: 'Show as table' }).click();
  const row = (label: string) => desk.getByRole('row', { name: new RegExp(`^${label}`) });
  for (const text of [value?.text, difference?.text, percent])
    await expect(row(known.label)).toContainText(text ?? 'nothing');
  await expect(row(unknown.label).locator('td').nth(1)).toHaveText(`—${unknown.earlier.why}`);
});

test('words are written on a day with the keyboard alone, stay, are changed and removed', async ({
  desk,
}) => {
  await drawing(desk).waitFor();
  await chart(desk).focus();
  await desk.keyboard.press('End');
  await desk.keyboard.press('ArrowLeft');
  const month = await desk.locator('.reading th').innerText();
  await desk.keyboard.press('a');
  const sheet = desk.getByRole('dialog', { name: /Words on a day/ });
  await expect(sheet).toContainText('TEST');
  await expect(sheet.getByRole('textbox', { name: 'Words' })).toBeFocused();
  const day = await sheet.getByLabel('Day').inputValue();
  expect(new Date(day).toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })).toBe(
    month,
  );
  await desk.keyboard.type('Raised prices');
  await desk.keyboard.press('Enter');
  await expect(sheet).toHaveCount(0);
  await expect(chart(desk), 'the focus is where it was').toBeFocused();
  await expect(marks(desk)).toHaveCount(1);
  await desk.keyboard.press('End');
  await desk.keyboard.press('ArrowLeft');
  await expect(spoken(desk)).toContainText('words: Raised prices');

  await desk.reload();
  await drawing(desk).waitFor();
  await expect(marks(desk)).toHaveAccessibleName(/Raised prices/);
  await marks(desk).focus();
  await expect(desk.locator('.words')).toContainText('Raised prices');
  await desk.keyboard.press('Enter');
  await desk.keyboard.press('End');
  await desk.keyboard.type(' a lot');
  await desk.keyboard.press('Enter');
  await expect(marks(desk)).toHaveAccessibleName(/Raised prices a lot/);
  expect(tableOf(await bytesOf(await exported(desk, 'the MRR chart', 2))).at(-2)?.['words']).toBe(
    `${day}: Raised prices a lot`,
  );

  await go(desk, 'g m');
  await drawing(desk).waitFor();
  await expect(marks(desk), 'the chart of movements shows them too').toHaveAccessibleName(/a lot/);
  await go(desk, 'g o');
  await desk.getByRole('button', { name: 'Show as table' }).press('Enter');
  await desk.getByRole('button', { name: `change words on ${month}` }).press('Enter');
  await sheet.getByRole('button', { name: 'Remove' }).press('Enter');
  await expect(sheet).toHaveCount(0);
  await expect(desk.getByRole('button', { name: `Write words on ${month}` })).toHaveCount(1);
});

test('a click on the axis writes on the day under the pointer, and a refusal says why', async ({ desk }) => {
  await drawing(desk).waitFor();
  const box = await chart(desk).boundingBox();
  if (box === null) throw new Error('the chart has no place on the page');
  await desk.mouse.move(box.x + box.width / 2, box.y + box.height - 10);
  const offer = await desk.locator('.words').innerText();
  expect(offer).toMatch(/^Write on \d/);
  await desk.mouse.click(box.x + box.width / 2, box.y + box.height - 10);
  const sheet = desk.getByRole('dialog', { name: /Words on a day/ });
  await sheet.getByLabel('Day').fill('1999-12-31');
  await sheet.getByLabel('Day').evaluate((it) => it.removeAttribute('min'));
  await sheet.getByRole('textbox', { name: 'Words' }).fill('Before everything');
  await desk.keyboard.press('Enter');
  await expect(sheet.getByRole('alert')).toContainText('out of reach');
  await expect(sheet.getByRole('textbox', { name: 'Words' }), 'nothing typed is lost').toHaveValue(
    'Before everything',
  );
  await desk.keyboard.press('Escape');
  await expect(marks(desk)).toHaveCount(0);
  await desk.mouse.click(box.x + box.width / 2, box.y + 40);
  await expect
    .poll(() => desk.evaluate(() => location.hash), 'the rest of it opens the month')
    .toContain('movements?date=');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the charts are clean to axe in ${colorScheme}, and nothing runs over the edge`, async ({
    desk,
    office,
  }) => {
    await desk.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await drawing(desk).waitFor();
    const { points } = await ask(office, null);
    const day = points.at(-2)?.date;
    await office.call('annotation_put', { mode: 'test', id: null, day, text: 'Raised prices' });
    await expect(marks(desk)).toHaveCount(1);
    await desk.getByText('A year before').click();
    await desk.locator('.c-earlier').first().waitFor({ state: 'attached' });
    await chart(desk).focus();
    await desk.keyboard.press('End');
    expect(await axe(desk), 'the line').toEqual([]);
    await desk.keyboard.press('a');
    await desk.getByRole('dialog').waitFor();
    expect(await axe(desk), 'the sheet').toEqual([]);
    await desk.keyboard.press('Escape');
    await desk.getByRole('button', { name: 'Show as table' }).click();
    expect(await axe(desk), 'the table').toEqual([]);
    await go(desk, 'g m');
    await drawing(desk).waitFor();
    await marks(desk).first().focus();
    expect(await axe(desk), 'the bars').toEqual([]);
    await desk.getByRole('button', { name: 'Show as table' }).click();
    expect(await axe(desk), 'the table of bars').toEqual([]);
    // 900 by 600, and what 1280 by 800 comes to at twice the size.
    for (const [width, height] of [[900, 600] as const, [640, 400] as const]) {
      await desk.setViewportSize({ width, height });
      for (const keys of ['g o', 'g m']) {
        await go(desk, keys);
        await drawing(desk).first().waitFor({ state: 'attached' });
        const over = await desk.evaluate(() => {
          const main = document.querySelector('main');
          return main === null ? -1 : main.scrollWidth - main.clientWidth;
        });
        expect(over, `${keys} at ${width}`).toBe(0);
      }
    }
  });
}
