// The provider's own command line, pointed at the simulated merchant.
//
// It gets a home of its own that goes at the end, so that nothing of the user's is read or written, and a proxy that leads
// nowhere, so that what is not meant for this machine fails instead of leaving it.

import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program, until } from '../window/processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const PATIENCE_MS = 30_000;

/** The program, as its own package for Linux carries it. */
const BINARY = join(
  dirname(createRequire(import.meta.url).resolve('@stripe/cli-linux-x64/package.json')),
  'bin/stripe',
);

/** A merchant as a program of its own: `COFFER_SIM`, else the debug build. */
export class Merchant {
  static async open() {
    const path = resolve(process.env.COFFER_SIM ?? join(here, '../../../target/debug/coffer-sim'));
    const world = ['--seed', '3', '--customers', '120', '--months', '10', '--now', '2026-11-21T12:00:00Z'];
    const manners = ['--limits', 'live', '--latency-ms', '5', '--event-version', '2024-04-10'];
    const program = new Program('coffer-sim', path, [...world, ...manners]);
    try {
      const line = await until('the merchant', () => {
        if (!program.running) throw new Error(`${path} ended: ${program.stderr}`);
        return program.stdout.includes('\n') && program.stdout.split('\n')[0];
      });
      return new Merchant(program, JSON.parse(line));
    } catch (error) {
      await program.stop();
      throw error;
    }
  }

  constructor(program, { url, key, secret_key }) {
    this.program = program;
    this.url = url;
    this.restrictedKey = key;
    this.secretKey = secret_key;
  }

  /** Asks the API directly, to see by another way what the command line did. */
  async get(path) {
    const answer = await fetch(`${this.url}${path}`, { headers: { authorization: `Bearer ${this.secretKey}` } });
    return answer.json();
  }

  /** Asks the simulator itself: `journal`, `limits`, `counts`. */
  async about(what) {
    return (await fetch(`${this.url}/_sim/${what}`)).json();
  }

  stop() {
    return this.program.stop();
  }
}

/** The command line with a home of its own. */
export class Cli {
  constructor(merchant, key = merchant.secretKey) {
    this.home = mkdtempSync(join(tmpdir(), 'coffer-stripe-cli-'));
    this.common = ['--api-key', key, '--color', 'off'];
    this.base = ['--api-base', merchant.url];
    this.env = {
      PATH: process.env.PATH,
      HOME: this.home,
      XDG_CONFIG_HOME: join(this.home, '.config'),
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
      DO_NOT_TRACK: '1',
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1',
    };
  }

  /** Runs a command to its end and returns what it printed. */
  async run(...args) {
    const program = new Program('stripe', BINARY, [...args, ...this.common, ...this.base], { env: this.env });
    const ended = await program.endedWithin(PATIENCE_MS);
    await program.stop();
    if (ended === null) throw new Error(`stripe ${args.join(' ')} did not end: ${program.stderr}`);
    return { code: ended.code, stdout: program.stdout, stderr: program.stderr };
  }

  /** Runs a command that answers with an object. */
  async json(...args) {
    const { code, stdout, stderr } = await this.run(...args);
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(`stripe ${args.join(' ')} ended with ${code} and no JSON: ${stdout}${stderr}`);
    }
  }

  remove() {
    rmSync(this.home, { recursive: true, force: true });
  }
}
