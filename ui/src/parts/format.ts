// How dates, counts and spans are written. Money is not here: the engine sends it as ready text, and nothing in the
// window computes with it.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// Building a formatter costs far more than using it, and a table asks for hundreds of them a second.
const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();
const regions = new Map<string, Intl.DisplayNames>();

function kept<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

function dateFormat(locale: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(dates, `${locale} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, options));
}

/** A whole number with the locale's grouping. */
export function count(value: number, locale?: string): string {
  return kept(numbers, `${locale}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })).format(
    value,
  );
}

/** A whole number with its sign, a true minus, and no sign at zero. */
export function signedCount(value: number, locale?: string): string {
  const text = count(Math.abs(value), locale);
  return value > 0 ? `+${text}` : value < 0 ? `−${text}` : text;
}

/** "1 customer", "2 customers". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A change in percent from the engine's bare figure, for instance `+2.6 %`. */
export function signedPercent(percent: string, direction: string): string {
  const bare = percent.replace(/^[-−+]/, '');
  const sign = direction === 'up' ? '+' : direction === 'down' ? '−' : '';
  return `${sign}${bare}\u202f%`;
}

function instant(text: string): Date | null {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A day given as `YYYY-MM-DD`; it has no zone, so it is read and written in UTC. */
export function day(text: string, style: 'medium' | 'short' | 'month' = 'medium', locale?: string): string {
  const date = instant(`${text.slice(0, 10)}T00:00:00Z`);
  if (date === null) return text;
  const parts: Intl.DateTimeFormatOptions =
    style === 'month'
      ? { month: 'long', year: 'numeric' }
      : style === 'short'
        ? { day: 'numeric', month: 'short' }
        : { day: 'numeric', month: 'short', year: 'numeric' };
  return dateFormat(locale, { ...parts, timeZone: 'UTC' }).format(date);
}

/** A sentence of the engine's, in which days stand as `YYYY-MM-DD`, with the days as people write them. */
export function withDays(sentence: string, locale?: string): string {
  return sentence.replace(/\b\d{4}-\d{2}-\d{2}\b/g, (found) => day(found, 'medium', locale));
}

/** An amount as the engine writes it: a sign or none, a symbol or a code, grouped digits. */
const AMOUNT = /[−+]?(?:[A-Z]{0,3}\p{Sc}|\b[A-Z]{3} )\d[\d,]*(?:\.\d+)?/gu;

/** A sentence cut into its amounts and what stands between them. */
export function amountsIn(sentence: string): { text: string; amount: boolean }[] {
  const pieces: { text: string; amount: boolean }[] = [];
  let from = 0;
  for (const found of sentence.matchAll(AMOUNT)) {
    if (found.index > from) pieces.push({ text: sentence.slice(from, found.index), amount: false });
    pieces.push({ text: found[0], amount: true });
    from = found.index + found[0].length;
  }
  if (from < sentence.length) pieces.push({ text: sentence.slice(from), amount: false });
  return pieces;
}

/** An instant in full, in the reader's own zone, for hovering. */
export function exactTime(text: string, locale?: string): string {
  const date = instant(text);
  if (date === null) return text;
  return dateFormat(locale, { dateStyle: 'full', timeStyle: 'long' }).format(date);
}

/** An instant as short as it can be said: the time today, else the day, with the year when it is another one. */
export function shortTime(text: string, nowMs: number, locale?: string): string {
  const date = instant(text);
  if (date === null) return text;
  const now = new Date(nowMs);
  const sameDay = date.toDateString() === now.toDateString();
  const sameYear = date.getFullYear() === now.getFullYear();
  return dateFormat(locale, {
    ...(sameDay ? {} : { day: 'numeric', month: 'short' }),
    ...(sameYear ? {} : { year: 'numeric' }),
    ...(sameDay || sameYear ? { hour: '2-digit', minute: '2-digit' } : {}),
  }).format(date);
}

/** How long ago, in the roughest unit that still says something: "just now", "2 min ago", "3 h ago", "5 days ago". */
export function ago(text: string, nowMs: number, locale?: string): string {
  const date = instant(text);
  if (date === null) return text;
  const seconds = Math.floor((nowMs - date.getTime()) / 1000);
  // A provider's clock may run ahead of ours by a little; by a lot, the day is the honest answer.
  if (seconds < -5 * MINUTE) return `on ${shortTime(text, nowMs, locale)}`;
  if (seconds < MINUTE) return 'just now';
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  if (seconds < 30 * DAY) return `${plural(Math.floor(seconds / DAY), 'day')} ago`;
  return `on ${shortTime(text, nowMs, locale)}`;
}

const SIZES = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** A size with at most one decimal, in steps of a thousand: "412 KB", "1.4 GB". */
export function bytes(value: number, locale?: string): string {
  let step = 0;
  let rest = value;
  while (rest >= 999.5 && step < SIZES.length - 1) {
    rest /= 1000;
    step += 1;
  }
  const digits = step > 0 && rest < 99.95 ? 1 : 0;
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
  return `${format.format(rest)}\u00a0${SIZES[step]}`;
}

/** A country's name in the reader's language; the code when the browser knows no name. */
export function country(code: string, locale?: string): string {
  try {
    const language = locale ?? navigator.language;
    return (
      kept(regions, language, () => new Intl.DisplayNames(language, { type: 'region' })).of(code) ?? code
    );
  } catch {
    return code;
  }
}

/** `past_due` as people write it. */
export function words(code: string): string {
  const text = code.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** An estimate, rounded to what an estimate can know: two leading digits. */
export function roughly(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.round(value / unit) * unit;
}

/** A span that is left, as roughly as it is known: "a few seconds left", "about 40 s left", "about 3 min left". */
export function timeLeft(seconds: number): string {
  if (seconds < 8) return 'a few seconds left';
  if (seconds < 55) return `about ${Math.round(seconds / 10) * 10} s left`;
  if (seconds < 55 * MINUTE) return `about ${Math.max(1, Math.round(seconds / MINUTE))} min left`;
  return `about ${Math.max(1, Math.round(seconds / HOUR))} h left`;
}
