// A draft is what was typed and would be lost; what stands there anyway is none.

import { beforeEach, expect, test } from 'vitest';
import { draftOf, dropDraft, keepDraft } from './drafts';

beforeEach(() => dropDraft('one'));

test('what was typed is there again until it is kept or emptied', () => {
  keepDraft('one', 'Call Dana\n');
  expect(draftOf('one')).toBe('Call Dana\n');
  expect(draftOf('another')).toBeUndefined();
  keepDraft('one', ' \n');
  expect(draftOf('one')).toBeUndefined();
});

test('words that were not changed are no draft', () => {
  keepDraft('one', 'Called.', 'Called.');
  expect(draftOf('one')).toBeUndefined();
  keepDraft('one', 'Called twice.', 'Called.');
  expect(draftOf('one')).toBe('Called twice.');
  keepDraft('one', 'Called.', 'Called.');
  expect(draftOf('one')).toBeUndefined();
});
