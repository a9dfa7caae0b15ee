// How far a sync is: estimates are called estimates, and what is not known is not claimed.

import { describe, expect, test } from 'vitest';
import { runOf } from '../../../test/things';
import { atWork, phaseWords, resourceCount, runLeft, Steady, shareOf } from './progress';

const list = (resource: string, fetched: number, left: number | null, done = false) => ({
  resource,
  fetched,
  left,
  done,
});
const walking = (resources: ReturnType<typeof list>[], changes = {}) =>
  runOf({ running: true, phase: 'walking', resources, ...changes });

describe('a list', () => {
  test.each([
    [list('invoices', 1234, 4366), '1,234 of about 5,600'],
    [list('invoices', 0, 318), 'about 320'],
    [list('invoices', 1234, null), '1,234'],
    [list('invoices', 0, null), ''],
    [list('invoices', 5588, null, true), '5,588'],
    [list('invoices', 0, null, true), '0'],
  ])('%j', (resource, text) => {
    expect(resourceCount(resource)).toBe(text);
  });
});

describe('a run', () => {
  test('is as far as its lists are, and says of how many', () => {
    const share = shareOf(walking([list('customers', 300, null, true), list('invoices', 100, 800)]));
    expect(share.value).toBeCloseTo(1 / 3);
    expect(share.text).toBe('400 of about 1,200');
  });

  test('counts lists while one of them cannot be guessed', () => {
    const run = walking([
      list('products', 9, null, true),
      list('customers', 300, 100),
      list('invoices', 0, null),
      list('charges', 0, null),
    ]);
    expect(shareOf(run)).toEqual({ value: 1.75 / 4, text: '309, 1 of 4 lists' });
  });

  test('that has brought nothing yet claims nothing', () => {
    expect(shareOf(walking([list('customers', 0, null)]))).toEqual({ value: null, text: '' });
  });

  test('that only asks for changes has no share', () => {
    const run = runOf({ running: true, phase: 'changes', resources: [list('customers', 0, null, true)] });
    expect(shareOf(run)).toEqual({ value: null, text: '' });
  });

  test('whose lists are here is full while it is proved', () => {
    const run = runOf({ running: true, phase: 'proving', resources: [list('customers', 300, null, true)] });
    expect(shareOf(run)).toEqual({ value: 1, text: '300' });
  });

  test('tells the time left only while lists are read', () => {
    expect(runLeft(walking([], { seconds_left: 41 }))).toBe('about 40 s left');
    expect(runLeft(walking([], { seconds_left: null }))).toBe('');
    expect(runLeft(runOf({ phase: 'proving', seconds_left: 41 }))).toBe('');
  });

  test('names every phase in plain words', () => {
    const phases = ['reprojecting', 'walking', 'deriving', 'changes', 'sweeping', 'proving', 'ended'];
    expect(new Set(phases.map(phaseWords)).size).toBe(phases.length);
    expect(phaseWords('proving')).toBe('Checking that everything adds up');
    expect(phaseWords('something new')).toBe('Syncing');
  });

  test('the first that runs is at work', () => {
    const [done, now, next] = [
      runOf(),
      runOf({ account: 'b', running: true }),
      runOf({ account: 'c', running: true }),
    ];
    expect(atWork([done, now, next])).toBe(now);
    expect(atWork([done])).toBeNull();
  });
});

describe('the bar', () => {
  test('does not move back when the estimate grows, and starts anew with another run', () => {
    const steady = new Steady();
    expect(steady.next(walking([list('a', 50, 50)], { seconds: 1 }))).toBeCloseTo(0.5);
    expect(steady.next(walking([list('a', 60, 140)], { seconds: 2 }))).toBeCloseTo(0.5);
    expect(steady.next(walking([list('a', 60, null)], { seconds: 3 }))).toBeCloseTo(0.5);
    expect(steady.next(walking([list('a', 1, 9)], { seconds: 0.2 }))).toBeCloseTo(0.1);
    expect(steady.next(walking([list('a', 1, 19)], { account: 'b', seconds: 1 }))).toBeCloseTo(0.05);
  });
});
