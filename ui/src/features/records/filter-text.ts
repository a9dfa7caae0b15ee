// A filter as text, cut into its terms without understanding them: what a term means is the engine's to say. Chips put a
// term in or take it out; the rest of what was typed stays as it was.

import type { ModeView, RecordKey, RecordList } from '../../api/generated';

/** A term and where it stands. */
export interface Piece {
  text: string;
  from: number;
  to: number;
}

/** The terms of a filter. A quotation keeps its spaces. */
export function pieces(filter: string): Piece[] {
  const found: Piece[] = [];
  let from = -1;
  let quoted = false;
  for (let at = 0; at <= filter.length; at += 1) {
    const sign = filter[at];
    const ends = sign === undefined || (!quoted && /\s/.test(sign));
    if (ends) {
      if (from >= 0) found.push({ text: filter.slice(from, at), from, to: at });
      from = -1;
      continue;
    }
    if (from < 0) from = at;
    if (sign === '\\' && quoted) at += 1;
    else if (sign === '"') quoted = !quoted;
  }
  return found;
}

export function terms(filter: string): string[] {
  return pieces(filter).map((piece) => piece.text);
}

export function has(filter: string, term: string): boolean {
  return terms(filter).includes(term);
}

/** The key of a term, without what it is compared with. */
function keyOf(term: string): string {
  return /^[a-z]+(?=[:<>=])/.exec(term)?.[0] ?? '';
}

/** Puts a term in, in place of another one with its key, or takes it out when it is there. */
export function toggled(filter: string, term: string): string {
  const all = terms(filter);
  if (all.includes(term)) return all.filter((it) => it !== term).join(' ');
  const key = keyOf(term);
  return [...all.filter((it) => keyOf(it) !== key), term].join(' ');
}

/** Takes out every one of these terms. */
export function without(filter: string, out: readonly string[]): string {
  return terms(filter)
    .filter((term) => !out.includes(term))
    .join(' ');
}

export interface Suggestion {
  /** What takes the place of the term that is being typed. */
  text: string;
  /** What stands beside it. */
  about: string;
}

/** What could stand where the caret is: a key that begins so, or a value of the key that stands there. */
export function suggestions(filter: string, caret: number, keys: readonly RecordKey[]): Suggestion[] {
  const here = pieces(filter).find((piece) => piece.from <= caret && caret <= piece.to);
  const typed = here?.text.slice(0, caret - here.from) ?? '';
  const sign = typed.startsWith('-') ? '-' : '';
  const bare = typed.slice(sign.length).toLowerCase();
  const colon = bare.indexOf(':');
  if (colon < 0) {
    return keys
      .filter((it) => it.key.startsWith(bare))
      .map((it) => ({
        text: `${sign}${it.key}${/^[a-z]+([<>])/.exec(it.example)?.[1] ?? ':'}`,
        about: it.example,
      }));
  }
  const key = keys.find((it) => it.key === bare.slice(0, colon));
  const [last = ''] = bare
    .slice(colon + 1)
    .split(',')
    .slice(-1);
  const before = bare.slice(0, bare.length - last.length);
  return (key?.values ?? [])
    .filter((value) => value.startsWith(last) && value !== last)
    .map((value) => ({ text: `${sign}${before}${value}`, about: '' }));
}

/** Puts a suggestion in place of the term at the caret; returns the filter and where the caret then stands. */
export function completed(filter: string, caret: number, text: string): { filter: string; caret: number } {
  const here = pieces(filter).find((piece) => piece.from <= caret && caret <= piece.to);
  const from = here?.from ?? caret;
  const to = here?.to ?? caret;
  // A finished value is followed by a space, a key by its value.
  const end = /[:<>]$/.test(text) ? '' : ' ';
  const rest = filter.slice(to).replace(/^\s+/, '');
  const head = `${filter.slice(0, from)}${text}${end}`;
  // A key that still waits for its value does not swallow the term behind it.
  const gap = end === '' && rest !== '' ? ' ' : '';
  return { filter: `${head}${gap}${rest}`, caret: head.length };
}

/** What was typed as words, as a filter that means these words and nothing else. */
export function worded(words: string): string {
  return words
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map((word) => (/^-|[:<>="]/.test(word) ? `"${word.replace(/["\\]/g, '\\$&')}"` : word))
    .join(' ');
}

/** A filter as it is handed to somebody else: it says of which mode and which list it is. */
export function shared(mode: ModeView, view: RecordList, filter: string): string {
  return `${mode} ${view} ${filter}`.trim();
}

const SHARED =
  /^\s*(live|test) (customers|subscriptions|payments|invoices|disputes|recovery|trials)(?:\s+(.*))?$/s;

/** Reads what `shared` wrote; `null` for anything else. */
export function readShared(text: string): { mode: ModeView; view: RecordList; filter: string } | null {
  const found = SHARED.exec(text);
  if (found === null) return null;
  return { mode: found[1] as ModeView, view: found[2] as RecordList, filter: (found[3] ?? '').trim() };
}
