// Rows of a long table, fetched a page at a time around what is in view. Few requests at once and only the newest wish
// counts, so that dragging the scroll bar through a hundred thousand rows does not ask for all of them. A page that went
// stale stays on screen until its successor is here.

export interface FetchedPage<Row> {
  rows: readonly Row[];
  total: number;
}

interface Page<Row> {
  rows: readonly Row[];
  stale: boolean;
}

export interface RowPagesOptions {
  /** Rows in a page. */
  size?: number;
  /** Requests under way at once. */
  parallel?: number;
  /** Pages kept. */
  kept?: number;
}

export class RowPages<Row> {
  readonly #fetch: (offset: number, limit: number) => Promise<FetchedPage<Row>>;
  readonly #onchange: () => void;
  readonly #size: number;
  readonly #parallel: number;
  readonly #kept: number;
  readonly #pages = new Map<number, Page<Row>>();
  readonly #underWay = new Set<number>();
  #wanted: number[] = [0];
  #closed = false;
  /** How many rows there are; `null` until the first page is here. */
  total: number | null = null;
  /** Why the newest request failed. */
  error: unknown = null;

  constructor(
    fetch: (offset: number, limit: number) => Promise<FetchedPage<Row>>,
    onchange: () => void,
    { size = 100, parallel = 2, kept = 60 }: RowPagesOptions = {},
  ) {
    this.#fetch = fetch;
    this.#onchange = onchange;
    this.#size = size;
    this.#parallel = parallel;
    this.#kept = kept;
  }

  at(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / this.#size))?.rows[index % this.#size];
  }

  /** Says which rows are in view. */
  want(first: number, end: number): void {
    const from = Math.floor(first / this.#size);
    const to = Math.floor(Math.max(first, end - 1) / this.#size);
    this.#wanted = Array.from({ length: to - from + 1 }, (_, step) => from + step);
    this.#pump();
  }

  /** The rows may have changed: what is in view is fetched again, the rest when it is wanted. */
  invalidate(): void {
    for (const page of this.#pages.values()) page.stale = true;
    this.#pump();
  }

  /** Nobody looks any more; answers under way are dropped. */
  close(): void {
    this.#closed = true;
  }

  #pump(): void {
    for (const number of this.#wanted) {
      if (this.#underWay.size >= this.#parallel) return;
      const page = this.#pages.get(number);
      if (this.#underWay.has(number) || (page !== undefined && !page.stale)) continue;
      if (this.total !== null && number > 0 && number * this.#size >= this.total) continue;
      void this.#load(number);
    }
  }

  async #load(number: number): Promise<void> {
    this.#underWay.add(number);
    const before = this.#pages.get(number);
    if (before !== undefined) before.stale = false;
    let failed = false;
    try {
      const { rows, total } = await this.#fetch(number * this.#size, this.#size);
      const stale = before?.stale ?? false;
      this.#pages.delete(number);
      this.#pages.set(number, { rows, stale });
      this.total = total;
      this.error = null;
      this.#trim();
    } catch (reason) {
      failed = true;
      if (before !== undefined) before.stale = true;
      this.error = reason;
    }
    this.#underWay.delete(number);
    if (this.#closed) return;
    this.#onchange();
    // After a failure the next wish asks again; asking at once would hammer an engine that is gone.
    if (!failed) this.#pump();
  }

  #trim(): void {
    for (const number of this.#pages.keys()) {
      if (this.#pages.size <= this.#kept) return;
      if (!this.#wanted.includes(number)) this.#pages.delete(number);
    }
  }
}
