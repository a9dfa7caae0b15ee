// A keyring that is locked or absent: the window says so in one sentence, soon, and nothing is lost.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Desktop, RESULTS } from './desktop.mjs';
import { filesWithKey } from './keyhunt.mjs';
import { Merchant } from './merchant.mjs';

const picture = (name) => join(RESULTS, `window-${name}.png`);
/** Five seconds of patience with the keyring for each mode's file, and some for the window. */
const SOON_MS = 20_000;

async function addAccount(window, merchant) {
  await window.type('input[type=password]', merchant.key);
  await window.click('summary', 'Advanced');
  await window.type('input[inputmode=url]', merchant.url);
  await window.click('button.primary', 'Connect Stripe');
}

describe('a keyring that does not answer', () => {
  let desktop;
  let merchant;

  before(async () => {
    desktop = new Desktop();
    merchant = await Merchant.open();
  });
  after(async () => {
    await merchant?.stop();
    await desktop?.tearDown();
  });

  test('when it is absent, a key is refused with what to do, and is kept nowhere', async () => {
    await desktop.signIn('absent');
    const window = await desktop.open();
    await addAccount(window, merchant);
    const text = await window.says(/no keychain that answers/, { timeoutMs: SOON_MS });
    assert.match(text, /Start a keychain .* or set COFFER_SECRETS=file/);
    await window.screenshot(picture('keyring-absent'));
    assert.deepEqual(filesWithKey(desktop.folder, merchant.key), []);
    await desktop.quit(window);
  });

  test('once it is there, the same home takes the key', async () => {
    await desktop.signIn('open');
    const window = await desktop.open();
    await addAccount(window, merchant);
    await window.find('.fresh', 'Synced', { timeoutMs: 60_000 });
    await desktop.quit(window);
  });

  for (const [keyring, sentence] of [
    ['absent', /no keychain that answers/],
    ['locked', /keychain (is locked|did not answer within five seconds)/],
  ]) {
    test(`a home with data says that the keyring is ${keyring} instead of hanging`, async () => {
      await desktop.signIn(keyring);
      const window = await desktop.open();
      const began = Date.now();
      const text = await window.says(sentence, { timeoutMs: SOON_MS });
      process.stdout.write(`# ${keyring}: said after ${Date.now() - began} ms\n`);
      assert.match(text, /Try again/);
      assert.match(text, /Coffer has not changed them/);
      await window.screenshot(picture(`fault-${keyring}`));
      await desktop.quit(window);
    });
  }

  test('afterwards the home opens as if nothing had been', async () => {
    await desktop.signIn('open');
    const window = await desktop.open();
    await window.find('.figure.large button.number');
    await desktop.quit(window);
  });
});
