// Runs the tests of the real window: `npm run e2e:window` in ui/, or `node tests/e2e/window/run.mjs [name pattern]`.
//
// It needs Xvfb, WebKitWebDriver, dbus-daemon, gnome-keyring-daemon, gdbus, secret-tool and flock, the window's program
// (COFFER_DESKTOP_BIN, else target/debug/coffer-desktop) and the simulated merchant's (COFFER_SIM_BIN, else
// target/debug/coffer-sim). It starts a display of its own and ends everything it started, also when interrupted.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MARK, Program, sweep, until } from './processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../../..');
const TOOLS = {
  Xvfb: 'xvfb',
  WebKitWebDriver: 'webkit2gtk-driver',
  'dbus-daemon': 'dbus',
  'gnome-keyring-daemon': 'gnome-keyring',
  gdbus: 'libglib2.0-bin',
  'secret-tool': 'libsecret-tools',
  flock: 'util-linux',
};

function missingTools() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return Object.keys(TOOLS).filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
}

function program(variable, name, build) {
  const path = process.env[variable] ?? join(root, 'target/debug', name);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    fail(`${path} is not there. Build it with \`${build}\`, or name another with ${variable}.`);
  }
  return resolve(path);
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

const missing = missingTools();
if (missing.length > 0) {
  fail(
    `These are needed and not installed: ${missing.map((tool) => `${tool} (${TOOLS[tool]})`).join(', ')}.`,
  );
}

const mark = randomUUID();
const results = join(root, 'tests/e2e/results');
mkdirSync(results, { recursive: true });
const env = {
  ...process.env,
  [MARK]: mark,
  COFFER_DESKTOP_BIN: program('COFFER_DESKTOP_BIN', 'coffer-desktop', 'cargo build -p coffer-desktop'),
  COFFER_SIM_BIN: program('COFFER_SIM_BIN', 'coffer-sim', 'cargo build -p coffer-sim'),
  COFFER_WINDOW_RESULTS: results,
};
// The tests say themselves where a window's home and secrets are.
for (const name of [
  'COFFER_HOME',
  'COFFER_SECRETS',
  'COFFER_PASSPHRASE',
  'WEBKIT_DISABLE_DMABUF_RENDERER',
  'WAYLAND_DISPLAY',
]) {
  delete env[name];
}

let display;
let tests;
let ending = false;
async function end(code) {
  if (ending) return;
  ending = true;
  tests?.kill('SIGTERM');
  await display?.stop();
  sweep(mark);
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(130));
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack}\n`);
  void end(1);
});

// Xvfb picks a free display itself and says which.
display = new Program(
  'Xvfb',
  'Xvfb',
  ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'],
  {
    env,
    extraPipe: true,
  },
);
let number = '';
display.child.stdio[3].on('data', (data) => {
  number += data;
});
await until('a display', () => number.endsWith('\n') && display.running);
env.DISPLAY = `:${number.trim()}`;

const files = readdirSync(here)
  .filter((name) => name.endsWith('.test.mjs'))
  .sort()
  .map((name) => join(here, name));
const pattern = process.argv[2] ? [`--test-name-pattern=${process.argv[2]}`] : [];
tests = spawn(
  process.execPath,
  ['--test', '--test-concurrency=1', '--test-reporter=spec', ...pattern, ...files],
  { env, stdio: 'inherit' },
);
tests.once('exit', (code) => void end(code ?? 1));
