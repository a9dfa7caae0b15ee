// What the provider's lists are called in plain words, and what Coffer needs each of them for. The one table of these
// words: progress, permissions and reasons all read it.

import type { PermissionView } from '../api/generated';
import { words } from '../parts/format';

interface Resource {
  /** As a heading or a row. */
  name: string;
  /** What is known only by reading it. */
  need: string;
}

const RESOURCES: Record<string, Resource> = {
  products: { name: 'Products', need: 'names of plans' },
  prices: { name: 'Prices', need: 'amounts and intervals' },
  coupons: { name: 'Coupons', need: 'discounts' },
  promotion_codes: { name: 'Promotion codes', need: 'where discounts came from' },
  customers: { name: 'Customers', need: 'who pays' },
  subscriptions: { name: 'Subscriptions', need: 'what recurs' },
  subscription_schedules: { name: 'Subscription schedules', need: 'changes to come' },
  invoiceitems: { name: 'Invoice items', need: 'what comes next' },
  invoices: { name: 'Invoices', need: 'what was billed' },
  invoice_payments: { name: 'Invoice payments', need: 'how it was paid' },
  charges: { name: 'Payments', need: 'what was paid' },
  payment_intents: { name: 'Payment attempts', need: 'failed attempts' },
  refunds: { name: 'Refunds', need: 'what was returned' },
  disputes: { name: 'Disputes', need: 'contested payments, deadlines' },
  credit_notes: { name: 'Credit notes', need: 'corrections of invoices' },
  balance_transactions: { name: 'Balance movements', need: 'fees' },
  meters: { name: 'Usage meters', need: 'usage behind metered prices' },
  checkout_sessions: { name: 'Checkout sessions', need: 'where sign-ups came from' },
  payment_links: { name: 'Payment links', need: 'where sign-ups came from' },
  customer_balance_transactions: { name: 'Customer credit', need: 'their credit' },
  events: { name: 'Events', need: 'what changed since' },
};

/** A list's name; one that is not in the table yet is written as its own words. */
export function resourceName(resource: string): string {
  return RESOURCES[resource]?.name ?? words(resource);
}

/** What a list is needed for; empty when the table does not say. */
export function resourceNeed(resource: string): string {
  return RESOURCES[resource]?.need ?? '';
}

/** Things side by side in a sentence: "a, b and c". */
export function listed(items: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(items);
}

/** A box on the provider's page for a key. One box may open several lists. */
export interface Box {
  slug: string;
  /** The box's row as the provider writes it, without what is ticked in it. */
  row: string;
  /** The whole label, for instance `Customers: Read`. */
  label: string;
  access: 'read' | 'write';
  /** The lists it opens. */
  resources: readonly string[];
  /** Missing when any of its lists is refused, not clear when the provider gave no clear answer about one. */
  granted: boolean | null;
}

/** Permissions as the boxes that grant them, in the order they came. */
export function boxes(permissions: readonly PermissionView[]): Box[] {
  const found = new Map<string, Box>();
  for (const { slug, label, access, resource, granted } of permissions) {
    const known = found.get(label);
    if (known === undefined) {
      found.set(label, {
        slug,
        row: label.replace(/: (Read|Write)$/, ''),
        label,
        access: access === 'write' ? 'write' : 'read',
        resources: [resource],
        granted,
      });
    } else {
      found.set(label, {
        ...known,
        resources: [...known.resources, resource],
        granted:
          known.granted === false || granted === false
            ? false
            : known.granted === null || granted === null
              ? null
              : true,
      });
    }
  }
  return [...found.values()];
}

/** The boxes for reading that the key has not got. */
export function missingBoxes(permissions: readonly PermissionView[]): Box[] {
  return boxes(permissions.filter((it) => it.access !== 'write')).filter((box) => box.granted === false);
}
