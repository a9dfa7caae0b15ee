// Speaks W3C WebDriver to WebKitWebDriver, which drives the window's own web view. One driver holds one session.
//
// The driver starts the window's program itself, so the program's environment is the driver's.

import { writeFileSync } from 'node:fs';
import { freePort, Program, until } from './processes.mjs';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export class Window {
  /** Starts a driver and, through it, the window; `args` are the window's own. */
  static async open({ binary, args, env }) {
    const port = await freePort();
    const driver = new Program('WebKitWebDriver', 'WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
      env: { ...env, TAURI_AUTOMATION: 'true', TAURI_WEBVIEW_AUTOMATION: 'true' },
    });
    const window = new Window(driver, `http://127.0.0.1:${port}`);
    try {
      await until('the driver', async () => (await fetch(`${window.base}/status`)).ok);
      const { sessionId } = await window.#send('POST', '/session', {
        capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args } } },
      });
      window.session = `/session/${sessionId}`;
      await window.#send('POST', `${window.session}/timeouts`, { script: 20_000, implicit: 0 });
      return window;
    } catch (error) {
      await driver.stop();
      throw new Error(`the window did not open: ${driver.stderr.slice(-2000)}`, { cause: error });
    }
  }

  constructor(driver, base) {
    this.driver = driver;
    this.base = base;
    this.session = '';
  }

  async #send(method, path, body) {
    const response = await fetch(this.base + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  }

  /** Runs a function inside the page; its result must be JSON. */
  run(script, ...args) {
    return this.#send('POST', `${this.session}/execute/sync`, {
      script: `return (${script})(...arguments);`,
      args,
    });
  }

  /** Runs a function inside the page that returns a promise. */
  runAsync(script, ...args) {
    return this.#send('POST', `${this.session}/execute/async`, {
      script: `const done = arguments[arguments.length - 1];
        (${script})(...Array.prototype.slice.call(arguments, 0, -1)).then(
          (value) => done({ value }),
          (reason) => done({ refused: typeof reason === 'string' ? reason : JSON.stringify(reason) }));`,
      args,
    });
  }

  /** The element with this selector whose words contain `text`, once it is there and has a size. */
  find(selector, text = '', { timeoutMs = 15_000 } = {}) {
    return until(
      `${selector} ${text}`,
      async () => {
        const found = await this.#send('POST', `${this.session}/elements`, {
          using: 'css selector',
          value: selector,
        });
        for (const element of found) {
          const id = element[ELEMENT];
          const words = await this.#send('GET', `${this.session}/element/${id}/text`);
          if (words.includes(text)) return id;
        }
        return null;
      },
      { timeoutMs },
    );
  }

  async click(selector, text) {
    const id = await this.find(selector, text);
    await this.#send('POST', `${this.session}/element/${id}/click`, {});
  }

  async type(selector, text) {
    const id = await this.find(selector);
    await this.#send('POST', `${this.session}/element/${id}/value`, { text });
  }

  /** What the page says, as a person reads it. */
  text() {
    return this.run('() => document.body.innerText');
  }

  /** The page's words, once they contain what is looked for. */
  says(pattern, { timeoutMs = 20_000 } = {}) {
    return until(
      `the page to say ${pattern}`,
      async () => {
        const text = await this.text();
        return pattern.test(text) ? text : null;
      },
      { timeoutMs, everyMs: 200 },
    );
  }

  async screenshot(path) {
    writeFileSync(path, Buffer.from(await this.#send('GET', `${this.session}/screenshot`), 'base64'));
  }

  async resize(width, height) {
    await this.#send('POST', `${this.session}/window/rect`, { width, height });
  }

  /** Ends the session and with it the window. */
  async close() {
    await this.#send('DELETE', this.session).catch(() => {});
    await this.driver.stop();
  }
}
