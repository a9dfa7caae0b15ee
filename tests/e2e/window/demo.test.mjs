// The window started with --demo: the simulated merchant's numbers appear without a key, in a home of its own.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Desktop, RESULTS } from './desktop.mjs';

describe('the demo in the real window', () => {
  let desktop;

  before(async () => {
    desktop = new Desktop();
    await desktop.signIn('open');
  });
  after(() => desktop?.tearDown());

  test('shows the merchant and its numbers as they come in', async () => {
    const window = await desktop.open('--demo');
    const began = Date.now();
    await window.find('.figure.large button.number', '', { timeoutMs: 60_000 });
    process.stdout.write(`# first number ${Date.now() - began} ms after the driver had the window\n`);
    await window.find('.fresh', 'Synced', { timeoutMs: 120_000 });
    process.stdout.write(`# synced ${Date.now() - began} ms after the driver had the window\n`);
    assert.match(await window.text(), /Simulated merchant/);
    await window.find('.chart-drawing svg');
    await new Promise((resolve) => setTimeout(resolve, 400));
    await window.screenshot(join(RESULTS, 'window-demo.png'));
    await window.click('button', 'Leave');
    await window.find('h1', 'Connect your billing');
    await desktop.quit(window);
  });
});
