// Amounts of currencies with none, two and three decimals must stand with their decimal points below one another, and
// what is copied out of the table must be the engine's text and nothing else.

import { render } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import Amount from './Amount.svelte';

describe('an amount in a column', () => {
  test.each([
    ['$1,053.00', []],
    ['¥100,998', ['whole']],
    ['ISK 18,637.50', []],
    ['KWD 50.800', ['long']],
    ['—', []],
  ])('%s is written as it came', (text, marks) => {
    const { container } = render(Amount, { props: { text } });
    const span = container.querySelector('span');
    expect(container.textContent).toBe(text);
    expect(['whole', 'long'].filter((mark) => span?.classList.contains(mark))).toEqual(marks);
  });
});
