// Which day a place on a chart's axis means. Pure. Days are text as the engine writes them; every period has a slot of the
// same width, whatever its length.

export interface Slot {
  /** Pixels from the left, its middle. */
  x: number;
  /** Its first day. */
  from: string;
  /** Its last day. */
  date: string;
}

const DAY_MS = 86_400_000;
const msOf = (day: string) => Date.parse(`${day}T00:00:00Z`);
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The day below a horizontal position; `null` beside the slots. */
export function dayAt(slots: readonly Slot[], step: number, x: number): string | null {
  const slot = slots.find((it) => Math.abs(it.x - x) <= step / 2);
  if (slot === undefined || step <= 0) return null;
  const days = Math.round((msOf(slot.date) - msOf(slot.from)) / DAY_MS) + 1;
  const share = (x - (slot.x - step / 2)) / step;
  const into = Math.min(days - 1, Math.max(0, Math.floor(share * days)));
  return dayOf(msOf(slot.from) + into * DAY_MS);
}

/** The day it is for whoever sits here. */
function today(nowMs: number): string {
  const now = new Date(nowMs);
  return dayOf(nowMs - now.getTimezoneOffset() * 60_000);
}

/** The day that words belong to when a period is meant: its last, or today while it runs. */
export function dayMeant(slot: Pick<Slot, 'date'> | null, nowMs: number): string {
  const now = today(nowMs);
  return slot === null || slot.date > now ? now : slot.date;
}
