// The first day and the second in the real window: an empty home, a key pasted, the MRR on screen and equal to the
// merchant's truth; the key in the keyring and nowhere else; quit, start again without a network, still there.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Desktop, RESULTS } from './desktop.mjs';
import { copiesInMemory, filesBelow, filesWithKey, PAGE_HUNT, processesWithKey } from './keyhunt.mjs';
import { Merchant } from './merchant.mjs';
import { run, until } from './processes.mjs';

const picture = (name) => join(RESULTS, `window-${name}.png`);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The big number with its currency, in minor units. */
async function shownMrr(window) {
  const shown = await window.run(`() => {
    const figure = document.querySelector('.figure.large');
    return figure && { label: figure.querySelector('.label').textContent, text: figure.querySelector('button.number')?.firstChild.textContent };
  }`);
  if (!shown?.text) return null;
  const currency = /[A-Z]{3}$/.exec(shown.label.trim())?.[0];
  return { currency, text: shown.text, minor: Number(shown.text.replace(/\D/g, '')) };
}

describe('from a key to a number in the real window', () => {
  let desktop;
  let merchant;
  let window;
  let firstMrr;

  before(async () => {
    desktop = new Desktop();
    await desktop.signIn('open');
    merchant = await Merchant.open();
  });
  after(async () => {
    await merchant?.stop();
    await desktop?.tearDown();
  });

  test('an empty home shows the way in', async () => {
    window = await desktop.open();
    await window.find('h1', 'Connect your billing');
    await window.screenshot(picture('first-run'));
    const figures = await until('the log to say when the window was shown', () => shownAfterMs(desktop));
    process.stdout.write(`# window shown ${figures} ms after the process began\n`);
    assert.ok(figures < 5000, 'the window comes within the time a person waits');
  });

  test('the page may do what its capability says and nothing else', async () => {
    const invoke = (name, request) =>
      window.runAsync('(name, request) => window.__TAURI_INTERNALS__.invoke(name, request)', name, request);
    assert.ok((await invoke('state', { request: {} })).value, 'our own commands answer');
    for (const [name, request] of [
      ['plugin:opener|open_url', { url: 'https://example.com/' }],
      ['plugin:opener|open_url', { url: 'http://dashboard.stripe.com/' }],
      ['plugin:opener|open_url', { url: 'https://dashboard.stripe.com.example.com/' }],
      ['plugin:opener|open_path', { path: '/etc/passwd' }],
      ['plugin:event|emit', { event: 'changed', payload: null }],
      ['plugin:window|close', { label: 'main' }],
      ['plugin:window|create', { options: { label: 'other' } }],
      ['plugin:webview|create_webview_window', { options: { label: 'other', url: 'https://example.com/' } }],
      ['plugin:path|resolve_directory', { directory: 1 }],
      ['plugin:app|version', {}],
      ['plugin:dialog|open', { options: {} }],
      ['plugin:fs|read_text_file', { path: '/etc/passwd' }],
      ['plugin:window-state|restore_state', { label: 'main', flags: 0 }],
    ]) {
      const answer = await invoke(name, request);
      assert.match(
        answer.refused ?? 'it answered',
        /not allowed|not found/i,
        `${name} ${JSON.stringify(request)} is refused`,
      );
    }
    const page = await window.run(`() => ({
      frozen: Object.isFrozen(Object.prototype),
      global: '__TAURI__' in window,
      address: location.href,
    })`);
    assert.deepEqual(page, { frozen: true, global: false, address: page.address });
    assert.match(page.address, /^tauri:\/\/localhost/);
  });

  test('the window does not leave its own pages', async () => {
    await window.run(
      `() => { window.open('https://example.com/'); location.href = 'https://example.com/'; }`,
    );
    await wait(700);
    assert.match(await window.run('() => location.href'), /^tauri:\/\/localhost/);
    const reached = await window.runAsync(`(url) => fetch(url).then(() => 'reached')`, merchant.url);
    assert.ok(reached.refused, 'the policy lets the page reach nothing but the engine');
    await window.find('h1', 'Connect your billing');
  });

  test('a pasted key brings the MRR, and it is the truth', async () => {
    await window.type('input[type=password]', merchant.key);
    await window.click('summary', 'Advanced');
    await window.type('input[inputmode=url]', merchant.url);
    await window.click('button.primary', 'Connect Stripe');
    await window.find('.figure.large button.number', '', { timeoutMs: 60_000 });
    await window.find('.fresh', 'Synced', { timeoutMs: 60_000 });
    firstMrr = await until('the MRR to equal the truth', async () => {
      const shown = await shownMrr(window);
      const truth = await merchant.mrr();
      if (shown === null || truth[shown.currency] !== shown.minor) {
        throw new Error(`shown ${JSON.stringify(shown)}, truth ${JSON.stringify(truth)}`);
      }
      return shown;
    });
    await window.find('.chart-drawing svg');
    await wait(400);
    await window.screenshot(picture('overview'));
    process.stdout.write(`# MRR shown and true: ${firstMrr.text} (${firstMrr.currency})\n`);
  });

  test('the key is in the keyring', async () => {
    const found = await run('secret-tool', ['search', '--all', 'service', 'dev.coffer.desk/test'], {
      env: desktop.env,
    });
    const text = found.stdout + found.stderr;
    assert.ok(text.includes(merchant.key), 'the real keyring gives the key back under the test service');
    const live = await run('secret-tool', ['search', '--all', 'service', 'dev.coffer.desk/live'], {
      env: desktop.env,
    });
    assert.ok(!(live.stdout + live.stderr).includes(merchant.key), 'and not under the live one');
  });

  test('the key is nowhere else', async () => {
    const files = filesBelow(desktop.folder);
    for (const needed of [/test\.db$|test\.\w+$/, /-wal$/, /\.log$/]) {
      assert.ok(
        files.some((path) => needed.test(path)),
        `the hunt looks at a file like ${needed}`,
      );
    }
    assert.deepEqual(filesWithKey(desktop.folder, merchant.key), [], 'no file holds the key');

    const { app, page, network } = desktop.windowProcesses();
    assert.equal(app.length, 1, 'the window is one process');
    assert.ok(page.length >= 1, 'the page is a process of its own');
    assert.deepEqual(processesWithKey([...app, ...page, ...network], merchant.key), []);

    const hunt = await window.run(PAGE_HUNT, Array.from(merchant.key).reverse().join(''));
    assert.ok(hunt.objects > 1000 && hunt.nodes > 100, `the hunt saw the page (${JSON.stringify(hunt)})`);
    assert.deepEqual(hunt.found, [], 'nothing that a script can reach holds the key');
    process.stdout.write(
      `# looked at ${files.length} files, ${hunt.objects} objects and ${hunt.nodes} nodes of the page\n`,
    );
    tellMemory({ app, page, network }, merchant.key);
  });

  test('the database cannot be read without its key', () => {
    const databases = filesBelow(desktop.home).filter((path) => /test\.(db|sqlite3?)$/.test(basename(path)));
    assert.ok(databases.length > 0);
    for (const path of databases) {
      assert.ok(
        !readFileSync(path).subarray(0, 15).equals(Buffer.from('SQLite format 3')),
        `${path} is encrypted`,
      );
    }
  });

  test('the log names neither customers nor keys', () => {
    const log = desktop.log();
    assert.match(log, /the window opens/);
    assert.doesNotMatch(log, /@|[rs]k_(test|live)_/);
    writeFileSync(join(RESULTS, 'window-journey.log'), log);
  });

  test('the other views are there', async () => {
    await window.click('nav a, nav button', 'Customers');
    await window.find('[role=grid] .name');
    await wait(400);
    await window.screenshot(picture('customers'));
    await window.click('[role=grid] [aria-rowindex="2"] .name', '');
    await window.find('h2', 'Timeline');
    await wait(300);
    await window.screenshot(picture('customer'));
    await window.click('nav a, nav button', 'Settings');
    await window.find('h1, h2', 'Accounts');
    await wait(300);
    await window.screenshot(picture('settings'));
  });

  test('the window is whole in the dark and at its least size', async () => {
    await window.click('label, button', 'Dark');
    await window.click('nav a, nav button', 'Overview');
    await window.find('.chart-drawing svg');
    await wait(400);
    await window.screenshot(picture('overview-dark'));
    await window.resize(900, 600);
    await wait(700);
    const overflow = await window.run(
      '() => document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    assert.equal(overflow, 0, 'nothing stands outside the window');
    await window.screenshot(picture('overview-least'));
    await window
      .click('nav a, nav button', 'Customers')
      .catch(() => window.run("() => { location.hash = '#/customers'; }"));
    await window.find('[role=grid] .name');
    await wait(300);
    await window.screenshot(picture('customers-least'));
  });

  test('after a restart without a network the MRR is still there, said to be of earlier', async () => {
    await desktop.quit(window);
    await merchant.stop();
    window = await desktop.open();
    await window.find('.figure.large button.number');
    const shown = await shownMrr(window);
    assert.deepEqual(shown, firstMrr, 'the number is the one that was synced');
    await window.says(/Synced .* ago|Synced just now/);
    await window.click('button[aria-label="Sync now"]', '');
    await window.find('.fresh', 'Offline', { timeoutMs: 60_000 });
    assert.deepEqual(await shownMrr(window), firstMrr, 'a sync that cannot reach anybody takes nothing away');
    await wait(300);
    await window.screenshot(picture('offline'));
    assert.deepEqual(filesWithKey(desktop.folder, merchant.key), [], 'a second start leaves no key either');
  });
});

/** Milliseconds from the start of the process to the log's word that the window is shown; null before it is. */
function shownAfterMs(desktop) {
  const line = /^(\S+).*the window is shown/m.exec(desktop.log());
  const { app } = desktop.windowProcesses();
  return line && app[0] ? Math.round(Date.parse(line[1]) - app[0].startedMs) : null;
}

/** Says, without judging, whether freed memory of a process still holds the key: no language here wipes it everywhere. */
function tellMemory(groups, key) {
  const needles = [Buffer.from(key, 'utf8'), Buffer.from(key, 'utf16le')];
  for (const [name, processes] of Object.entries(groups)) {
    for (const { pid } of processes) {
      const copies = copiesInMemory(pid, needles);
      if (copies !== null)
        process.stdout.write(`# raw memory of ${name} (${pid}): ${copies} copies of the key\n`);
    }
  }
}
