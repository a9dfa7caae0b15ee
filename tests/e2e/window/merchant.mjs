// The simulated merchant as a program of its own, with the truth the window's figures are held against.

import { Program, until } from './processes.mjs';

export class Merchant {
  static async open(env = process.env) {
    const args = ['--seed', '7', '--customers', '300', '--months', '18', '--port', '0'];
    const program = new Program('coffer-sim', process.env.COFFER_SIM_BIN, args, { env });
    const line = await until(
      'the merchant',
      () => program.stdout.includes('\n') && program.stdout.split('\n')[0],
    );
    return new Merchant(program, JSON.parse(line));
  }

  constructor(program, { url, key }) {
    this.program = program;
    this.url = url;
    this.key = key;
  }

  /** MRR now in minor units, by currency. */
  async mrr() {
    const truth = await (await fetch(`${this.url}/_sim/truth`)).json();
    return Object.fromEntries(Object.entries(truth.mrr).map(([currency, { minor }]) => [currency, minor]));
  }

  stop() {
    return this.program.stop();
  }
}
