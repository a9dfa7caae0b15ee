// Starts what the specs look at: the real `coffer serve` in a home of its own and the real simulated merchant, and ends
// both afterwards. The one place that reaches into the UI's packages, because the specs lie outside that project.
// Syncing takes longer than looking, so it is done once: each spec that wants a full desk gets a copy of that home.
//
// COFFER_BIN and COFFER_SIM_BIN name the two programs; without them the specs fail, so that none passes without having run.

import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test as base, type Page } from '../../../ui/node_modules/@playwright/test';

export { expect, type Page } from '../../../ui/node_modules/@playwright/test';

// The machine may be busy with other work; a limit only has to tell slow from never.
const START_MS_MAX = 45_000;
export const SYNC_MS_MAX = 90_000;
export const SECRETS = { COFFER_SECRETS: 'file', COFFER_PASSPHRASE: 'correct horse battery staple' };

interface Orders {
  /** What goes wrong on the way, for instance `{ kind: 'latency', ms: 200 }`. */
  faults?: Record<string, unknown>[];
  /** The permissions that the restricted key lacks. */
  deny?: string[];
}

export interface Simulator {
  url: string;
  key: string;
  now: string;
  /** Orders misbehaviour, in place of what was ordered before. */
  order: (orders: Orders) => Promise<void>;
  /** Ends it, as a network that is gone does. */
  stop: () => Promise<void>;
}

export interface Served {
  /** The address with the token in its fragment. */
  url: string;
  /** Runs a command as the window would. */
  call: (name: string, request: unknown) => Promise<unknown>;
  /** Ends it, politely or not. */
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Runs a program until its first line of JSON; everything it writes after that is left alone. */
async function start<T>(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ said: T; child: ChildProcess }> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  child.stderr?.on('data', (part: Buffer) => errors.push(part.toString()));
  const said = new Promise<T>((resolve, reject) => {
    const give = (why: string) =>
      reject(new Error(`${program} ${args.join(' ')}: ${why}\n${errors.join('')}`));
    const late = setTimeout(() => give('said nothing in time'), START_MS_MAX);
    child.once('error', (error) => give(error.message));
    child.once('exit', (code) => give(`ended with ${code}`));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(late);
      try {
        resolve(JSON.parse(line) as T);
      } catch {
        give(`said no JSON: ${line}`);
      }
    });
  });
  try {
    return { said: await said, child };
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(force);
}

function program(name: 'COFFER_BIN' | 'COFFER_SIM_BIN'): string {
  const path = process.env[name];
  if (path === undefined) throw new Error(`${name} does not name a program`);
  return path;
}

/** Starts a simulated merchant, on a port of its own unless one is among the options. */
export async function simulate(...options: string[]): Promise<Simulator> {
  const path = program('COFFER_SIM_BIN');
  const { said, child } = await start<Omit<Simulator, 'order' | 'stop'>>(
    path,
    options.includes('--port') ? options : [...options, '--port', '0'],
  );
  const order = async (orders: Orders) => {
    const response = await fetch(`${said.url}/_sim/faults`, { method: 'POST', body: JSON.stringify(orders) });
    if (!response.ok) throw new Error(`the simulator took no orders: ${await response.text()}`);
  };
  return { ...said, order, stop: () => end(child) };
}

/** Starts `coffer serve` on a home; the port is a free one unless it is given. */
export async function serve(home: string, port = 0): Promise<Served> {
  const path = program('COFFER_BIN');
  const { said, child } = await start<{ url: string }>(
    path,
    ['--home', home, '--json', 'serve', '--port', `${port}`],
    SECRETS,
  );
  const address = new URL(said.url);
  const token = /token=([^&]+)/.exec(address.hash)?.[1] ?? '';
  return {
    url: said.url,
    stop: (signal) => end(child, signal),
    call: async (name, request) => {
      const response = await fetch(new URL(`/api/${name}`, address.origin), {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(request),
      });
      const body: unknown = await response.json();
      if (!response.ok) throw new Error(`${name}: ${JSON.stringify(body)}`);
      return body;
    },
  };
}

export type Mode = 'live' | 'test';

/** Adds the simulator's account; returns the mode its key belongs to. */
export async function addAccount(served: Served, simulator: Simulator, name: string): Promise<Mode> {
  const account = (await served.call('account_add', {
    provider: 'stripe',
    name,
    key: simulator.key,
    api_url: simulator.url,
    expect_mode: null,
    provider_account: null,
  })) as { mode: Mode };
  return account.mode;
}

/** Syncs a mode to the end. */
export async function sync(served: Served, mode: Mode): Promise<void> {
  await served.call('sync_start', { mode, account: null, full: false });
  await base.expect
    .poll(async () => served.call('sync_status', { mode }), { timeout: SYNC_MS_MAX })
    .toMatchObject({ running: false, as_of: base.expect.any(String) });
}

/** Opens a desk and waits until its frame is there. */
export async function enter(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
}

interface TestFixtures {
  /** An empty folder. */
  home: string;
  /** `coffer serve` on an empty home. */
  served: Served;
  /** A home whose one account is synced from the simulator. */
  fullHome: string;
  /** `coffer serve` on that home. */
  office: Served;
  /** Its page. */
  desk: Page;
}

interface WorkerFixtures {
  simulator: Simulator;
  /** The synced home that every full desk is a copy of. */
  original: string;
}

async function folder(use: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'coffer-e2e-'));
  try {
    await use(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  simulator: [
    // biome-ignore lint/correctness/noEmptyPattern: the test runner reads the pattern to see what a fixture needs.
    async ({}, use) => {
      const simulator = await simulate('--seed', '7', '--customers', '300', '--months', '14');
      await use(simulator);
      await simulator.stop();
    },
    { scope: 'worker' },
  ],

  original: [
    async ({ simulator }, use) => {
      await folder(async (home) => {
        const served = await serve(home);
        await sync(served, await addAccount(served, simulator, 'Simulated shop'));
        await served.stop();
        await use(home);
      });
    },
    { scope: 'worker', timeout: START_MS_MAX + SYNC_MS_MAX },
  ],

  // biome-ignore lint/correctness/noEmptyPattern: as above.
  home: async ({}, use) => folder(use),

  served: async ({ home }, use) => {
    const served = await serve(home);
    await use(served);
    await served.stop();
  },

  fullHome: async ({ original }, use) =>
    folder(async (home) => {
      await cp(original, home, { recursive: true });
      await use(home);
    }),

  office: async ({ fullHome }, use) => {
    const served = await serve(fullHome);
    await use(served);
    await served.stop();
  },

  desk: async ({ office, page }, use) => {
    await enter(page, office.url);
    await use(page);
  },
});

/** Goes to a view by its key sequence, the way a hand does. */
export async function go(page: Page, keys: string): Promise<void> {
  for (const key of keys.split(' ')) await page.keyboard.press(key);
}

/** The place in the address as it is read. */
export async function where(page: Page): Promise<string> {
  const hash = await page.evaluate(() => location.hash);
  return decodeURIComponent(hash.replaceAll('+', ' '));
}

interface AxeResult {
  violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[];
}

/**
 * What axe holds against the page, one line for each element. Evaluated through the debugger, because the page's policy
 * rightly refuses a script that is not its own.
 */
export async function axe(page: Page): Promise<string[]> {
  const path = join(dirname(require.resolve('../../../ui/node_modules/axe-core/package.json')), 'axe.min.js');
  await page.evaluate(await readFile(path, 'utf8'));
  const result = (await page.evaluate(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  )) as AxeResult;
  return result.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html}`),
  );
}

/** Amounts on the page that carry no mark; the scale of a drawing is no amount, and a spoken sentence says the word itself. */
export async function unmarked(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const amount = /[−+]?(?:[A-Z]{0,3}\p{Sc}|\b[A-Z]{3} )\d[\d,]*(?:\.\d+)?/gu;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (parentElement === null || parentElement.closest('.qualified, svg, script, [aria-live]') !== null)
        continue;
      found.push(...((textContent ?? '').match(amount) ?? []));
    }
    return found;
  });
}
