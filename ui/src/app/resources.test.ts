// The names of lists in plain words, and permissions as the boxes that grant them.

import { describe, expect, test } from 'vitest';
import { permission } from '../../test/things';
import { boxes, listed, missingBoxes, resourceName, resourceNeed } from './resources';

/** Every list the engine reads, by its own names. */
const LISTS = [
  'products',
  'prices',
  'coupons',
  'promotion_codes',
  'customers',
  'subscriptions',
  'subscription_schedules',
  'invoiceitems',
  'invoices',
  'invoice_payments',
  'charges',
  'payment_intents',
  'refunds',
  'disputes',
  'credit_notes',
  'balance_transactions',
  'meters',
  'checkout_sessions',
  'payment_links',
  'customer_balance_transactions',
  'events',
];

describe('names of lists', () => {
  test('every list has a name of its own and a need', () => {
    const names = LISTS.map(resourceName);
    expect(new Set(names).size).toBe(LISTS.length);
    expect(names.filter((name) => /_|[a-z][A-Z]/.test(name))).toEqual([]);
    expect(LISTS.filter((list) => resourceNeed(list) === '')).toEqual([]);
    expect(resourceName('customer_balance_transactions')).toBe('Customer credit');
  });

  test('a list that is added later is written as its own words', () => {
    expect(resourceName('tax_rates')).toBe('Tax rates');
  });

  test('things stand side by side as in a sentence', () => {
    expect(listed(['a'])).toBe('a');
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
  });
});

describe('boxes', () => {
  test('one box that opens several lists is one box', () => {
    const [invoices, refunds] = boxes([
      permission('invoices', 'Invoices: Read'),
      permission('invoice_payments', 'Invoices: Read', false),
      permission('refunds', 'Charges and Refunds: Write', true, 'write'),
    ]);
    expect(invoices).toMatchObject({
      row: 'Invoices',
      access: 'read',
      resources: ['invoices', 'invoice_payments'],
      granted: false,
    });
    expect(refunds).toMatchObject({ row: 'Charges and Refunds', access: 'write', granted: true });
  });

  test('only what may not be read is missing; what may not be changed is a choice', () => {
    const missing = missingBoxes([
      permission('customers', 'Customers: Read'),
      permission('disputes', 'Disputes: Read', false),
      permission('balance_transactions', 'Balance: Read', null),
      permission('refunds', 'Charges and Refunds: Write', false, 'write'),
    ]);
    expect(missing.map((box) => box.label)).toEqual(['Disputes: Read']);
  });
});
