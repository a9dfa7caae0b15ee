// How much somebody looks: said when it changes, once, and to nobody when nobody can hear it.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fakeHost } from '../../test/fake-host';
import { accountOf, stateOf } from '../../test/things';
import { attentionOf } from './presence';
import { Session } from './session.svelte';

const page = { focused: true, visible: true };

function look(changes: Partial<typeof page>, event: 'focus' | 'blur' | 'visibilitychange') {
  Object.assign(page, changes);
  (event === 'visibilitychange' ? document : window).dispatchEvent(new Event(event));
}

const pass = (ms = 500) => vi.advanceTimersByTimeAsync(ms);

describe('presence', () => {
  let stop = () => {};

  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    Object.assign(page, { focused: true, visible: true });
    vi.spyOn(document, 'hasFocus').mockImplementation(() => page.focused);
    vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() =>
      page.visible ? 'visible' : 'hidden',
    );
  });

  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  async function started() {
    const both = stateOf([accountOf(), accountOf({ id: 'acct_t', mode: 'test' })]);
    const host = fakeHost({ state: both, presence: {} });
    const session = new Session(host);
    stop = session.start();
    await pass();
    return { host, session };
  }

  test('is the focus, unless nothing is to be seen', () => {
    expect(attentionOf({ visibilityState: 'visible', hasFocus: () => true })).toBe('focused');
    expect(attentionOf({ visibilityState: 'visible', hasFocus: () => false })).toBe('idle');
    expect(attentionOf({ visibilityState: 'hidden', hasFocus: () => true })).toBe('asleep');
  });

  test('is said at the start and at each change', async () => {
    const { host } = await started();
    look({ focused: false }, 'blur');
    await pass();
    look({ visible: false }, 'visibilitychange');
    await pass();
    look({ focused: true, visible: true }, 'focus');
    await pass();
    expect(host.asked('presence')).toEqual([
      { mode: 'live', attention: 'focused' },
      { mode: 'live', attention: 'idle' },
      { mode: 'live', attention: 'asleep' },
      { mode: 'live', attention: 'focused' },
    ]);
  });

  test('a flurry is said once, and what was said already is not said again', async () => {
    const { host } = await started();
    for (let turn = 0; turn < 5; turn += 1) {
      look({ focused: false }, 'blur');
      await pass(50);
      look({ focused: true }, 'focus');
      await pass(50);
    }
    await pass();
    expect(host.asked('presence')).toHaveLength(1);
  });

  test('another mode in view is said', async () => {
    const { host, session } = await started();
    session.mode = 'test';
    await pass();
    expect(host.asked('presence').at(-1)).toEqual({ mode: 'test', attention: 'focused' });
  });

  test('nothing is said while the engine is out of reach, and all of it when it is back', async () => {
    const { host } = await started();
    host.link('lost');
    look({ focused: false }, 'blur');
    await pass();
    expect(host.asked('presence')).toHaveLength(1);
    look({ focused: true }, 'focus');
    await pass();
    host.link('up');
    await pass();
    expect(host.asked('presence'), 'a new start knows nothing').toHaveLength(2);
  });

  test('what was not heard is said again', async () => {
    const host = fakeHost({ state: stateOf() });
    const session = new Session(host);
    stop = session.start();
    await pass();
    void host.calls.find((call) => call.name === 'presence')?.refuse(new Error('gone'));
    await pass(0);
    look({}, 'focus');
    await pass();
    expect(host.asked('presence')).toHaveLength(2);
  });

  test('nothing is said before it is known which mode is in view', async () => {
    const host = fakeHost({ presence: {} });
    const session = new Session(host);
    stop = session.start();
    await pass();
    expect(host.asked('presence')).toEqual([]);
    const sandbox = stateOf([accountOf({ mode: 'test' })]);
    void host.calls.find((call) => call.name === 'state')?.answer(sandbox);
    await pass();
    expect(host.asked('presence')).toEqual([{ mode: 'test', attention: 'focused' }]);
  });

  test('after the end nothing is said', async () => {
    const { host } = await started();
    stop();
    look({ focused: false }, 'blur');
    await pass();
    expect(host.asked('presence')).toHaveLength(1);
  });
});
