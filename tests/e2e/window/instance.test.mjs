// One window at a time on a home, with and without a session bus to say so.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pressClose } from './close-button.mjs';
import { Desktop } from './desktop.mjs';
import { until } from './processes.mjs';

describe('a second start', () => {
  let desktop;
  let window;

  before(async () => {
    desktop = new Desktop();
    await desktop.signIn('open');
    window = await desktop.open();
    await window.find('h1', 'Connect your billing');
  });
  after(() => desktop?.tearDown());

  test('ends, and the first window stays and is told', async () => {
    const second = desktop.launch();
    const ended = await second.endedWithin(15_000);
    assert.deepEqual(ended, { code: 0, signal: null }, second.stderr);
    await until('the first to be told', () => /started again/.test(desktop.log()));
    await window.find('h1', 'Connect your billing');
  });

  test('ends with a clear sentence where there is no bus to tell the first', async () => {
    const second = desktop.launch({ env: { DBUS_SESSION_BUS_ADDRESS: 'disabled:' } });
    const ended = await second.endedWithin(15_000);
    assert.equal(ended?.code, 1, second.stderr);
    assert.match(second.stderr, /Coffer is already open with the folder .*Look for its window/);
    await window.find('h1', 'Connect your billing');
  });

  test('with another home opens beside the first', async () => {
    const other = desktop.launch({ home: join(desktop.folder, 'other') });
    await until(
      'the other window',
      () => desktop.windowProcesses().app.length === 2 && desktop.windowProcesses().page.length === 2,
    );
    assert.equal(await other.endedWithin(2500), null, other.stderr);
    await other.stop();
    await window.find('h1', 'Connect your billing');
  });

  test('two at the same moment leave exactly one', async () => {
    const home = join(desktop.folder, 'race');
    const both = [desktop.launch({ home }), desktop.launch({ home })];
    const ends = await until('one of the two to end', async () => {
      const states = await Promise.all(both.map((it) => it.endedWithin(100)));
      return states.some((it) => it !== null) && states;
    });
    assert.equal(ends.filter((it) => it === null).length, 1, both.map((it) => it.stderr).join('\n'));
    const stays = both[ends.indexOf(null)];
    assert.equal(await stays.endedWithin(2500), null, 'the one that was first goes on');
    await stays.stop();
  });

  test('after a crash finds the home free', async () => {
    const home = join(desktop.folder, 'crash');
    const first = desktop.launch({ home });
    await until('the window', () => desktop.windowProcesses().page.length === 2);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = desktop.launch({ home });
    assert.equal(await second.endedWithin(4000), null, second.stderr);
    await second.stop();
  });

  test('while the first closes waits for the home and gets it', async () => {
    const home = join(desktop.folder, 'closing');
    const first = desktop.launch({ home });
    await until('the window', () => /the window is shown/.test(desktop.log(home)));
    await until('its close button', async () => (await pressClose(desktop.env.DISPLAY, first.pid)) > 0);
    const second = desktop.launch({ home });
    assert.deepEqual(await first.endedWithin(10_000), { code: 0, signal: null }, first.stderr);
    await until('the second window', () =>
      /the window closes[\s\S]*the window is shown/.test(desktop.log(home)),
    );
    assert.equal(await second.endedWithin(1500), null, second.stderr);
    await second.stop();
  });
});
