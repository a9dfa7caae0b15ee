// Starts what the specs look at: the real `coffer serve` in a home of its own and the real simulated merchant, and ends
// both afterwards. The one place that reaches into the UI's packages, because the specs lie outside that project.
//
// COFFER_BIN and COFFER_SIM_BIN name the two programs; without them the specs are skipped and say so.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test as base, type Page } from '../../../ui/node_modules/@playwright/test';

export { expect, type Page } from '../../../ui/node_modules/@playwright/test';

const START_MS_MAX = 30_000;
const SYNC_MS_MAX = 45_000;

export interface Simulator {
  url: string;
  key: string;
  now: string;
}

export interface Served {
  /** The address with the token in its fragment. */
  url: string;
  /** Runs a command as the window would. */
  call: (name: string, request: unknown) => Promise<unknown>;
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

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(force);
}

function program(name: 'COFFER_BIN' | 'COFFER_SIM_BIN'): string {
  const path = process.env[name];
  base.skip(path === undefined, `${name} does not name a program`);
  return path ?? '';
}

interface TestFixtures {
  /** `coffer serve` on an empty home. */
  served: Served;
  /** The page of a home whose one account is synced from the simulator. */
  desk: Page;
}

interface WorkerFixtures {
  simulator: Simulator;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  simulator: [
    // biome-ignore lint/correctness/noEmptyPattern: the test runner reads the pattern to see what a fixture needs.
    async ({}, use) => {
      const path = program('COFFER_SIM_BIN');
      const { said, child } = await start<Simulator>(path, [
        '--seed',
        '7',
        '--customers',
        '300',
        '--months',
        '18',
        '--port',
        '0',
      ]);
      await use(said);
      await end(child);
    },
    { scope: 'worker' },
  ],

  // biome-ignore lint/correctness/noEmptyPattern: as above.
  served: async ({}, use) => {
    const path = program('COFFER_BIN');
    const home = await mkdtemp(join(tmpdir(), 'coffer-e2e-'));
    const secrets = { COFFER_SECRETS: 'file', COFFER_PASSPHRASE: 'correct horse battery staple' };
    const { said, child } = await start<{ url: string }>(
      path,
      ['--home', home, '--json', 'serve', '--port', '0'],
      secrets,
    );
    const address = new URL(said.url);
    const token = /token=([^&]+)/.exec(address.hash)?.[1] ?? '';
    await use({
      url: said.url,
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
    });
    await end(child);
    await rm(home, { recursive: true, force: true });
  },

  desk: async ({ served, simulator, page }, use) => {
    const account = (await served.call('account_add', {
      provider: 'stripe',
      name: 'Simulated shop',
      key: simulator.key,
      api_url: simulator.url,
      expect_mode: null,
    })) as { mode: string };
    await served.call('sync_start', { mode: account.mode, account: null });
    await base.expect
      .poll(
        async () =>
          (await served.call('sync_status', { mode: account.mode })) as {
            running: boolean;
            as_of: string | null;
          },
        {
          timeout: SYNC_MS_MAX,
        },
      )
      .toMatchObject({ running: false, as_of: base.expect.any(String) });
    await page.goto(served.url);
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await use(page);
  },
});

/** Goes to a view by its key sequence, the way a hand does. */
export async function go(page: Page, keys: string): Promise<void> {
  for (const key of keys.split(' ')) await page.keyboard.press(key);
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
