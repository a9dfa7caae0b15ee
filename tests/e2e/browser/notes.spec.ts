// Notes on a customer by keyboard alone: written, found, changed, taken out and taken back; nothing that was typed is lost by a
// key too many; and the command line reads them.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { axe, expect, go, type Page, SECRETS, test } from './harness';

const CALLED = 'Called about the invoice.\nWants yearly bills.';

/** Opens the customer who pays most, and tells the id. */
async function openFirst(desk: Page): Promise<string> {
  await go(desk, 'g c');
  const grid = desk.getByRole('grid', { name: 'Customers' });
  await grid.locator('.name').first().waitFor();
  await grid.focus();
  await desk.keyboard.press('Home');
  await desk.keyboard.press('Enter');
  await expect(desk.getByRole('heading', { name: 'Timeline' })).toBeVisible();
  return decodeURIComponent(new URL(desk.url()).hash.replace(/^#\/customer\//, ''));
}

async function write(desk: Page, text: string): Promise<void> {
  await desk.keyboard.press('n');
  await expect(desk.getByRole('textbox', { name: /^Note on / })).toBeFocused();
  await desk.keyboard.insertText(text);
  await desk.keyboard.press('Control+Enter');
}

const lines = (desk: Page) => desk.locator('li.is-note');

test('a note is written, changed, taken out and taken back without a pointer', async ({ desk }) => {
  await openFirst(desk);
  await write(desk, CALLED);
  const note = lines(desk).first();
  await expect(note.locator('.text')).toHaveText(CALLED);
  expect(await note.locator('.text').evaluate((node) => getComputedStyle(node).whiteSpace)).toContain(
    'pre-wrap',
  );
  await expect(note).toBeFocused();
  await expect(desk.getByRole('button', { name: 'Notes 1' })).toBeVisible();

  // The note's own line offers what can be done with it.
  await desk.keyboard.press('a');
  await expect(desk.getByRole('menuitem', { name: 'Change' })).toBeFocused();
  await desk.keyboard.press('Enter');
  const field = desk.getByRole('textbox', { name: /^Change the note of / });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue(CALLED);
  await desk.keyboard.insertText(' So she said.');
  await desk.keyboard.press('Control+Enter');
  await expect(note.locator('.text')).toHaveText(`${CALLED} So she said.`);
  await expect(note).toContainText('changed');
  await expect(note).toBeFocused();

  await desk.keyboard.press('a');
  await desk.keyboard.press('ArrowDown');
  await desk.keyboard.press('Enter');
  await expect(lines(desk)).toHaveCount(0);
  await expect(desk.getByText('The note was removed.')).toBeVisible();
  await expect(desk.locator('.story li').first()).toBeFocused();
  await desk.keyboard.press('Control+z');
  await expect(note.locator('.text')).toHaveText(`${CALLED} So she said.`);
  await expect(desk.getByText('The note is back.')).toBeVisible();
});

test('Escape leaves the field, what was typed stays, and no note comes of it', async ({ desk }) => {
  const id = await openFirst(desk);
  await desk.keyboard.press('n');
  await desk.keyboard.type('Half a thou');
  await desk.keyboard.press('Escape');
  await expect(desk.getByRole('textbox', { name: /^Note on / })).toHaveCount(0);
  await expect(desk.getByRole('button', { name: 'Go on with the note' })).toBeFocused();
  expect(desk.url()).toContain(encodeURIComponent(id));
  await expect(lines(desk)).toHaveCount(0);
  // One more leaves the page, and the draft is there when somebody comes back.
  await desk.keyboard.press('Escape');
  await openFirst(desk);
  await desk.keyboard.press('n');
  await expect(desk.getByRole('textbox', { name: /^Note on / })).toHaveValue('Half a thou');
  await desk.keyboard.type('ght.');
  await desk.keyboard.press('Control+Enter');
  await expect(lines(desk).locator('.text')).toHaveText('Half a thought.');
  await expect(desk.getByRole('button', { name: 'Write a note' })).toBeVisible();
});

test('a chip leaves the notes alone, and the search leads to the very note', async ({ desk }) => {
  await openFirst(desk);
  await write(desk, 'Speaks zanzibarian.');
  await expect(lines(desk)).toHaveCount(1);
  const all = await desk.locator('.story ol li').count();
  expect(all).toBeGreaterThan(1);
  await desk.getByRole('button', { name: 'Notes 1' }).click();
  await expect(desk.locator('.story ol li')).toHaveCount(1);
  await go(desk, 'g o');
  await desk.keyboard.press('/');
  await desk.keyboard.type('zanzi');
  await expect(desk.getByRole('option', { name: /Speaks zanzibarian\..*Note on / })).toBeVisible();
  await desk.keyboard.press('Enter');
  await expect(desk.locator('li.is-note.sought .text')).toHaveText('Speaks zanzibarian.');
  await expect(desk.locator('li.is-note.sought')).toBeInViewport();
});

test('where there are operators a note asks who writes it and stays theirs', async ({ desk, office }) => {
  const named = async (name: string, pin: string, by: string | null, byPin: string | null) =>
    office.call('operator_add', { mode: 'test', name, pin, by, by_pin: byPin });
  await named('Dana', '4711', null, null);
  await named('Eli', '0815', 'Dana', '4711');
  await openFirst(desk);
  await desk.keyboard.press('n');
  await desk.keyboard.type('Hers.');
  await desk.keyboard.press('Control+Enter');
  await expect(lines(desk)).toHaveCount(0);
  await desk.getByLabel('You are').selectOption('Dana');
  await desk.getByLabel('Your PIN').fill('0000');
  await desk.keyboard.press('Control+Enter');
  await expect(desk.getByRole('alert')).toContainText('PIN is not right');
  await desk.getByLabel('Your PIN').fill('4711');
  await desk.keyboard.press('Control+Enter');
  await expect(lines(desk)).toContainText('Dana');
  expect(await axe(desk)).toEqual([]);

  await desk.keyboard.press('a');
  await desk.keyboard.press('ArrowDown');
  await desk.keyboard.press('Enter');
  await desk.getByLabel('You are').selectOption('Eli');
  await desk.getByLabel('Your PIN').fill('0815');
  await desk.keyboard.press('Enter');
  await expect(desk.getByRole('alert')).toContainText('Dana wrote this note');
  expect(await axe(desk)).toEqual([]);
  await desk.keyboard.press('Escape');
  await expect(lines(desk)).toBeFocused();
  await expect(lines(desk)).toHaveCount(1);
});

async function shown(home: string, id: string, ...options: string[]): Promise<string> {
  const program = process.env['COFFER_BIN'] ?? '';
  const { stdout } = await promisify(execFile)(
    program,
    ['--home', home, '--mode', 'test', ...options, 'show', id],
    {
      env: { ...process.env, ...SECRETS },
      maxBuffer: 1 << 26,
    },
  );
  return stdout;
}

test('the command line shows them, for people and for programs', async ({ desk, fullHome }) => {
  const id = await openFirst(desk);
  await write(desk, CALLED);
  await expect(lines(desk)).toHaveCount(1);
  const text = await shown(fullHome, id);
  expect(text).toMatch(/\nNote of 20\d\d-.*\n {2}Called about the invoice\.\n {2}Wants yearly bills\.\n/);
  const document = JSON.parse(await shown(fullHome, id, '--json')) as {
    notes: { text: string; author: string | null }[];
    object: unknown;
  };
  expect(document.notes).toMatchObject([{ text: CALLED, author: null }]);
  expect(JSON.stringify(document.object)).not.toContain('yearly bills');
});
