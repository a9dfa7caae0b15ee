// Keys must do nothing while somebody types, and sequences must not outlive the moment.

import { describe, expect, test } from 'vitest';
import { isTypingTarget, type KeyPress, ShortcutReader } from './shortcuts';

function press(key: string, rest: Partial<KeyPress> = {}): KeyPress {
  return { key, ctrlKey: false, metaKey: false, altKey: false, typing: false, at: 0, ...rest };
}

describe('shortcuts', () => {
  test('g and a letter go to a view', () => {
    const reader = new ShortcutReader();
    expect(reader.press(press('g'))).toBeNull();
    expect(reader.press(press('c', { at: 400 }))).toBe('customers');
  });

  test('a second letter that comes too late is alone', () => {
    const reader = new ShortcutReader();
    reader.press(press('g'));
    expect(reader.press(press('c', { at: 1001 }))).toBeNull();
  });

  test('the sequence ends with its second key', () => {
    const reader = new ShortcutReader();
    reader.press(press('g'));
    reader.press(press('c', { at: 10 }));
    expect(reader.press(press('c', { at: 20 }))).toBeNull();
  });

  test('keys that are typed into a field do nothing', () => {
    const reader = new ShortcutReader();
    expect(reader.press(press('/', { typing: true }))).toBeNull();
    expect(reader.press(press('?', { typing: true }))).toBeNull();
  });

  test('Ctrl-K and Command-K search even from a field', () => {
    const reader = new ShortcutReader();
    expect(reader.press(press('k', { ctrlKey: true, typing: true }))).toBe('search');
    expect(reader.press(press('k', { metaKey: true }))).toBe('search');
  });

  test('other keys with a modifier belong to the browser', () => {
    const reader = new ShortcutReader();
    expect(reader.press(press('/', { ctrlKey: true }))).toBeNull();
    reader.press(press('g'));
    expect(reader.press(press('c', { ctrlKey: true }))).toBeNull();
  });

  test('text fields are for typing, check boxes are not', () => {
    const field = document.createElement('input');
    expect(isTypingTarget(field)).toBe(true);
    field.type = 'checkbox';
    expect(isTypingTarget(field)).toBe(false);
    expect(isTypingTarget(document.body)).toBe(false);
  });
});
