// The table by keyboard: what a person without a mouse can reach.

import { fireEvent, render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { describe, expect, test, vi } from 'vitest';
import VirtualTable from './VirtualTable.svelte';

function shown(total = 50) {
  const onopen = vi.fn();
  const onsort = vi.fn();
  const onrange = vi.fn();
  render(VirtualTable<string>, {
    props: {
      label: 'Things',
      columns: [
        { id: 'a', label: 'A', track: '1fr', sort: 'a' },
        { id: 'b', label: 'B', track: '1fr' },
      ],
      total,
      rowHeight: 28,
      rowAt: (index: number) => (index < 20 ? `thing ${index}` : undefined),
      cell: createRawSnippet((row: () => string) => ({ render: () => `<span>${row()}</span>` })),
      sort: { by: 'a', descending: true },
      onopen,
      onsort,
      onrange,
    },
  });
  return { grid: screen.getByRole('grid'), onopen, onsort, onrange };
}

describe('virtual table', () => {
  test('says how many rows there are, not how many are drawn', () => {
    const { grid, onrange } = shown(50_000);
    expect(grid.getAttribute('aria-rowcount')).toBe('50001');
    expect(screen.getAllByRole('row').length).toBeLessThan(100);
    expect(onrange).toHaveBeenCalled();
  });

  test('arrows move the active row and Enter opens it', async () => {
    const { grid, onopen } = shown();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp'])
      await fireEvent.keyDown(grid, { key });
    const active = grid.getAttribute('aria-activedescendant');
    expect(document.getElementById(active ?? '')?.getAttribute('aria-rowindex')).toBe('3');
    await fireEvent.keyDown(grid, { key: 'Enter' });
    expect(onopen).toHaveBeenCalledWith(1);
  });

  test('Enter opens nothing while no row is active', async () => {
    const { grid, onopen } = shown();
    await fireEvent.keyDown(grid, { key: 'Enter' });
    expect(onopen).not.toHaveBeenCalled();
  });

  test('a header says the order and changes it', async () => {
    const { onsort } = shown();
    expect(screen.getByRole('columnheader', { name: 'A' }).getAttribute('aria-sort')).toBe('descending');
    expect(screen.getByRole('columnheader', { name: 'B' }).hasAttribute('aria-sort')).toBe(false);
    await fireEvent.click(screen.getByRole('button', { name: 'A' }));
    expect(onsort).toHaveBeenCalledWith('a');
  });
});
