// Lines in words, and a file that a spreadsheet opens without running anything.

import { describe, expect, test } from 'vitest';
import type { ActionLine } from '../../api/generated';
import { csvOf, detailOf } from './lines';

const line = (detail: string): ActionLine => ({
  seq: 3,
  at: '2026-11-21T14:08:00Z',
  who: 'owner',
  operation: 'op_1',
  action: 'accepted',
  detail,
  hash: 'ab',
});

describe('a line of the log', () => {
  test('says what people read and leaves out what is nested or empty', () => {
    const detail = JSON.stringify({ sentence: 'Refund $1.00', note: 'twice', code: null, intent: { a: 1 } });
    expect(detailOf(line(detail))).toBe('Refund $1.00 · note: twice');
    expect(detailOf(line('no json'))).toBe('no json');
  });

  test('becomes a row that carries the mode and runs nothing', () => {
    const csv = csvOf([line('=cmd(), "x"')], 'test');
    expect(csv.split('\r\n')[1]).toBe(`test,3,2026-11-21T14:08:00Z,owner,op_1,accepted,"'=cmd(), ""x""",ab`);
  });
});
