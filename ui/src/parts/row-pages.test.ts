// Rows fetched around what is in view: few requests, the newest wish first, and never a blank where a row was known.

import { describe, expect, test } from 'vitest';
import { type FetchedPage, RowPages } from './row-pages';

function harness(parallel = 2, kept = 60) {
  const asked: {
    offset: number;
    answer: (page: FetchedPage<string>) => Promise<void>;
    fail: () => Promise<void>;
  }[] = [];
  const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  let changes = 0;
  const pages = new RowPages<string>(
    (offset) =>
      new Promise((resolve, reject) => {
        asked.push({
          offset,
          answer: (page) => {
            resolve(page);
            return settled();
          },
          fail: () => {
            reject(new Error('no'));
            return settled();
          },
        });
      }),
    () => {
      changes += 1;
    },
    { size: 10, parallel, kept },
  );
  const rows = (from: number) => ({
    rows: Array.from({ length: 10 }, (_, i) => `row ${from + i}`),
    total: 1000,
  });
  return { pages, asked, rows, changes: () => changes };
}

describe('row pages', () => {
  test('asks for the pages in view and hands out their rows', async () => {
    const { pages, asked, rows } = harness();
    pages.want(5, 15);
    expect(asked.map((request) => request.offset)).toEqual([0, 10]);
    await asked[1]?.answer(rows(10));
    expect(pages.at(12)).toBe('row 12');
    expect(pages.at(3)).toBeUndefined();
    expect(pages.total).toBe(1000);
  });

  test('while the bar is dragged only the newest place is asked for', async () => {
    const { pages, asked, rows } = harness(1);
    pages.want(0, 10);
    pages.want(300, 310);
    pages.want(700, 710);
    expect(asked).toHaveLength(1);
    await asked[0]?.answer(rows(0));
    expect(asked.map((request) => request.offset)).toEqual([0, 700]);
  });

  test('a stale row stays until its successor is here', async () => {
    const { pages, asked, rows } = harness();
    pages.want(0, 10);
    await asked[0]?.answer(rows(0));
    pages.invalidate();
    expect(pages.at(3)).toBe('row 3');
    expect(asked).toHaveLength(2);
    await asked[1]?.answer({ rows: Array.from({ length: 10 }, () => 'new'), total: 999 });
    expect(pages.at(3)).toBe('new');
    expect(pages.total).toBe(999);
  });

  test('a failure is kept for the view and not repeated by itself', async () => {
    const { pages, asked, rows } = harness();
    pages.want(0, 10);
    await asked[0]?.fail();
    expect(pages.error).toBeInstanceOf(Error);
    expect(asked).toHaveLength(1);
    pages.want(0, 10);
    await asked[1]?.answer(rows(0));
    expect(pages.error).toBeNull();
  });

  test('answers after closing change nothing on screen', async () => {
    const { pages, asked, rows, changes } = harness();
    pages.want(0, 10);
    pages.close();
    await asked[0]?.answer(rows(0));
    expect(changes()).toBe(0);
  });

  test('keeps a bounded number of pages', async () => {
    const { pages, asked, rows } = harness(2, 3);
    for (let page = 0; page < 6; page += 1) {
      pages.want(page * 10, page * 10 + 10);
      await asked[page]?.answer(rows(page * 10));
    }
    expect(pages.at(0)).toBeUndefined();
    expect(pages.at(55)).toBe('row 55');
  });
});
