// Commands are found by the beginnings of their words, and each does what its key does.

import { describe, expect, test } from 'vitest';
import { everywhere, matching } from './commands';

const acted: string[] = [];
const commands = everywhere((action) => acted.push(action));
const labels = (text: string) => matching(commands, text).map((command) => command.label);

describe('commands', () => {
  test('are found by the beginnings of their words, in any order of typing', () => {
    expect(labels('cust')).toEqual(['Go to Customers']);
    expect(labels('live te')).toEqual(['Switch between live and test']);
    expect(labels('go sett')).toEqual(['Go to Settings']);
    expect(labels('ustomers'), 'the middle of a word is no beginning').toEqual([]);
  });

  test('whose first word is meant come first', () => {
    expect(labels('s')[0]).not.toMatch(/^Go to/);
    expect(labels('s')).toContain('Go to Settings');
  });

  test('are all there when nothing is typed, but for the search they are chosen in', () => {
    expect(labels('')).toContain('Go to Overview');
    expect(commands.map((command) => command.id)).not.toContain('search');
  });

  test('do what their key does', () => {
    matching(commands, 'sync')[0]?.run();
    expect(acted).toEqual(['sync']);
  });
});
