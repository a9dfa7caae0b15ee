// Amounts of currencies with none, two and three decimals must stand with their decimal points below one another, and
// what is copied out of the table must be the engine's text and nothing else.

import { render } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import Amount from './Amount.svelte';
import { MARK_KEY } from './mark';

describe('an amount in a column', () => {
  test.each([
    ['$1,053.00', []],
    ['¥100,998', ['whole']],
    ['ISK 18,637.50', []],
    ['KWD 50.800', ['long']],
    ['—', []],
  ])('%s is written as it came', (text, marks) => {
    const { container } = render(Amount, { props: { text } });
    const span = container.querySelector('span > span');
    expect(container.textContent).toBe(text);
    expect(['whole', 'long'].filter((mark) => span?.classList.contains(mark))).toEqual(marks);
  });
});

describe('an amount of a copy that is not complete', () => {
  const marked = (text: string, account: string | null = null) => {
    const markOf = (of: string | null) =>
      of === 'acct_whole' ? null : { word: 'partial', because: 'The key may not read refunds.' };
    return render(Amount, { props: { text, account }, context: new Map([[MARK_KEY, markOf]]) }).container;
  };

  test('carries the line, the reason and the word, which is not copied', () => {
    const container = marked('$1,053.00');
    const number = container.querySelector('.qualified');
    expect(number?.textContent).toBe('$1,053.00');
    expect(number?.getAttribute('title')).toBe('The key may not read refunds.');
    expect(container.querySelector('.visually-hidden.uncopied')?.textContent).toBe(', partial');
  });

  test('a dash is no number', () => {
    expect(marked('—').querySelector('.qualified')).toBeNull();
  });

  test('an account whose own copy is complete is not marked', () => {
    expect(marked('$1,053.00', 'acct_whole').querySelector('.qualified')).toBeNull();
  });
});
