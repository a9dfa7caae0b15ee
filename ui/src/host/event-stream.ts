// Reads server-sent events from a fetch body. The browser's own EventSource cannot send the Authorization header, and
// the token must not stand in an address.

/** Takes text as it arrives and hands out the data of each finished event. */
export class EventStreamReader {
  #rest = '';
  #data: string[] = [];

  /** Feeds a piece of the stream; returns the events it completed. */
  push(text: string): string[] {
    this.#rest += text;
    const events: string[] = [];
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length > 0) events.push(this.#data.join('\n'));
        this.#data = [];
      } else if (line.startsWith('data:')) {
        this.#data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      }
    }
    return events;
  }
}

/** Milliseconds to wait before the next attempt: half a second, doubled each time, ten seconds at most. */
export function backoffMs(attempt: number): number {
  return Math.min(10_000, 500 * 2 ** Math.min(attempt, 10));
}
