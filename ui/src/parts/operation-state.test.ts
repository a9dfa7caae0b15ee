// Every state has a look of its own: a word, an icon and what it means, told apart without colour.

import { expect, test } from 'vitest';
import { lookOf, NEEDS_YOU, OPERATION_STATES, WAITING } from './operation-state';

test('every state has a word and a meaning, and no two share a word', () => {
  const looks = OPERATION_STATES.map(lookOf);
  expect(new Set(looks.map((look) => look.word)).size).toBe(10);
  for (const look of looks) expect(look.means).toMatch(/^[A-Z].*\.$/);
});

test('what needs somebody is in the colour of attention, and nothing else is', () => {
  const loud = OPERATION_STATES.filter((state) => lookOf(state).tone === 'attention');
  expect([...loud].sort()).toEqual([...NEEDS_YOU].sort());
  expect(NEEDS_YOU.filter((state) => WAITING.includes(state))).toEqual([]);
});

test('a word that a later engine adds is shown as it is', () => {
  expect(lookOf('being_thought_about').word).toBe('Being thought about');
});
