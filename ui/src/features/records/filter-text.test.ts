// Chips and suggestions change one term and leave the rest of what was typed as it is.

import { describe, expect, test } from 'vitest';
import type { RecordKey } from '../../api/generated';
import { completed, readShared, shared, suggestions, terms, toggled, without, worded } from './filter-text';

const KEYS: RecordKey[] = [
  { key: 'status', example: 'status:…', values: ['open', 'paid'] },
  { key: 'amount', example: 'amount>100', values: [] },
];

describe('a filter as text', () => {
  test('words are words, whatever signs are in them', () => {
    expect(worded('  Dana  Smith ')).toBe('Dana Smith');
    expect(worded('dana@post.example')).toBe('dana@post.example');
    expect(worded('-5 a:b "x" & –')).toBe('"-5" "a:b" "\\"x\\""');
  });

  test('a quotation keeps its spaces, also with an escaped mark', () => {
    expect(terms('dana plan:"Pro plan"  -"a \\" b"')).toEqual(['dana', 'plan:"Pro plan"', '-"a \\" b"']);
  });

  test('a chip takes the place of another term with its key and goes out again', () => {
    expect(toggled('dana status:open', 'status:paid')).toBe('dana status:paid');
    expect(toggled('dana status:paid', 'status:paid')).toBe('dana');
    expect(without('dana status:paid', ['status:paid'])).toBe('dana');
  });

  test('keys are suggested, then their values, also after a comma and a minus', () => {
    expect(suggestions('a', 1, KEYS).map((it) => it.text)).toEqual(['amount>']);
    expect(suggestions('-st', 3, KEYS).map((it) => it.text)).toEqual(['-status:']);
    expect(suggestions('status:open,p', 13, KEYS).map((it) => it.text)).toEqual(['status:open,paid']);
    expect(completed('dana st rest', 7, 'status:')).toEqual({ filter: 'dana status: rest', caret: 12 });
  });

  test('what is handed on says its mode and list and is read back', () => {
    const text = shared('test', 'payments', 'status:failed');
    expect(readShared(text)).toEqual({ mode: 'test', view: 'payments', filter: 'status:failed' });
    expect(readShared('payments status:failed')).toBeNull();
  });
});
