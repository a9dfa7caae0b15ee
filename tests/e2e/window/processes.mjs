// Starts programs and ends them again, whatever happens in between.
//
// Every program gets a process group of its own and inherits the mark of this run in its environment. Ending a program
// ends its group; at the end of a run the sweep ends by id whatever still carries the mark, such as a helper that the
// session bus started by itself. Nothing that this run did not start is ever touched.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** The variable that marks every program of a run. */
export const MARK = 'COFFER_WINDOW_TEST_RUN';
const OUTPUT_MAX = 64 * 1024;

/** A program that was started. */
export class Program {
  constructor(name, command, args, { env = process.env, input = null, extraPipe = false } = {}) {
    this.name = name;
    this.stdout = '';
    this.stderr = '';
    this.startedMs = Date.now();
    const stdio = [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'];
    if (extraPipe) stdio.push('pipe');
    this.child = spawn(command, args, { env, detached: true, stdio });
    this.exited = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.stderr += `\n${command} could not be started: ${error.message}`;
        resolve({ code: null, signal: null });
      });
      this.child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this.child.stdout.on('data', (data) => {
      this.stdout = (this.stdout + data).slice(-OUTPUT_MAX);
    });
    this.child.stderr.on('data', (data) => {
      this.stderr = (this.stderr + data).slice(-OUTPUT_MAX);
    });
    if (input !== null) this.child.stdin.end(input);
  }

  get pid() {
    return this.child.pid;
  }

  get running() {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** How it ended, or null when it has not after so long. */
  async endedWithin(ms) {
    return Promise.race([this.exited, pause(ms, null, { ref: false })]);
  }

  /** Asks it to end, then ends it. */
  async stop() {
    if (this.child.pid === undefined) return;
    signalGroup(this.child.pid, 'SIGTERM');
    if ((await this.endedWithin(2000)) === null) signalGroup(this.child.pid, 'SIGKILL');
    await this.endedWithin(2000);
    signalGroup(this.child.pid, 'SIGKILL');
  }
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** Runs a program to its end. */
export async function run(command, args, options = {}) {
  const program = new Program(command, command, args, options);
  const ended = await program.endedWithin(options.timeoutMs ?? 15_000);
  if (ended === null) await program.stop();
  return { code: ended?.code ?? null, stdout: program.stdout, stderr: program.stderr };
}

/** Asks again and again until the answer is there. */
export async function until(what, ask, { timeoutMs = 15_000, everyMs = 100 } = {}) {
  const deadline = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== null && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`gave up after ${timeoutMs} ms waiting for ${what}`, { cause: last });
    }
    await pause(everyMs);
  }
}

/** A port nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The programs whose environment carries a text: id, executable, command line, environment, start. */
export function processesWith(text) {
  const found = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      const environ = readFileSync(`/proc/${entry}/environ`);
      if (!environ.includes(text)) continue;
      found.push({
        pid: Number(entry),
        executable: readlinkSync(`/proc/${entry}/exe`),
        cmdline: readFileSync(`/proc/${entry}/cmdline`),
        environ,
        startedMs: statSync(`/proc/${entry}`).ctimeMs,
      });
    } catch {
      // It ended while it was looked at, or belongs to somebody else.
    }
  }
  return found;
}

/** Ends whatever carries this run's mark. */
export function sweep(mark) {
  const left = processesWith(`${MARK}=${mark}`);
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  return left.map(({ executable }) => executable);
}
