// What each list of the desk shows: its columns, its usual order, its chips, and its words for when there is nothing.

import type { RecordList, RecordSort } from '../../api/generated';
import type { Params } from '../../app/route.svelte';
import type { Column } from '../../parts/VirtualTable.svelte';
import { has } from './filter-text';

export interface Chip {
  label: string;
  /** The term it puts into the filter. */
  term: string;
}

export interface Table {
  list: RecordList;
  label: string;
  /** One row, and several. */
  one: string;
  many: string;
  columns: readonly Column[];
  sort: RecordSort;
  descending: boolean;
  /** What it is narrowed by until somebody chooses something else. */
  first?: string;
  chips: readonly Chip[];
  placeholder: string;
  /** What it means when there is nothing, unfiltered. */
  nothing: string;
  teaches: string;
}

const RUNNING = 'status:running';
const WHO: Column = { id: 'who', label: 'Customer', track: 'minmax(170px, 1.2fr)' };

export const TABLES: Record<RecordList, Table> = {
  customers: {
    list: 'customers',
    label: 'Customers',
    one: 'customer',
    many: 'customers',
    columns: [
      { ...WHO, sort: 'name' },
      { id: 'state', label: 'Standing', track: '136px' },
      { id: 'amount', label: 'MRR', track: '112px', align: 'end', sort: 'amount' },
      { id: 'paid', label: 'Paid', track: '116px', align: 'end', from: 820 },
      { id: 'country', label: 'Country', track: '112px', from: 1100 },
      { id: 'created', label: 'Since', track: '88px', align: 'end', sort: 'created', from: 680 },
    ],
    sort: 'amount',
    descending: true,
    chips: [
      { label: 'Active', term: 'status:active' },
      { label: 'Trialing', term: 'status:trialing' },
      { label: 'Past due', term: 'status:past_due' },
      { label: 'Churned', term: 'status:churned' },
      { label: 'Never subscribed', term: 'status:none' },
      { label: 'Last 30 days', term: 'created>=30d' },
      { label: 'With notes', term: 'is:noted' },
    ],
    placeholder: 'Name, e-mail, status:churned, mrr>100',
    nothing: 'No customers yet.',
    teaches:
      'Each has what it is worth a month, what it has paid, and everything that happened on a page of its own.',
  },
  subscriptions: {
    list: 'subscriptions',
    label: 'Subscriptions',
    one: 'subscription',
    many: 'subscriptions',
    columns: [
      WHO,
      { id: 'plan', label: 'Plan', track: 'minmax(130px, 1fr)', from: 660 },
      { id: 'state', label: 'State', track: '136px' },
      { id: 'amount', label: 'MRR', track: '104px', align: 'end' },
      { id: 'outlook', label: 'Next', track: 'minmax(150px, 0.9fr)', from: 946 },
      { id: 'discounts', label: 'Discount', track: 'minmax(90px, 0.7fr)', from: 1060 },
      { id: 'created', label: 'Started', track: '88px', align: 'end', sort: 'created', from: 772 },
    ],
    sort: 'created',
    descending: true,
    chips: [
      { label: 'Active', term: 'status:active' },
      { label: 'Trialing', term: 'status:trialing' },
      { label: 'Past due', term: 'status:past_due,unpaid' },
      { label: 'Ending', term: 'status:cancel_pending' },
      { label: 'Paused', term: 'status:paused' },
      { label: 'Canceled', term: 'status:canceled' },
      { label: 'Discounted', term: 'is:discounted' },
    ],
    placeholder: 'Name, id, status:active, plan:"Pro", created>=30d',
    nothing: 'No subscriptions yet.',
    teaches: 'Each has its plan, what it is worth a month and what happens to it next.',
  },
  payments: {
    list: 'payments',
    label: 'Payments',
    one: 'payment',
    many: 'payments',
    columns: [
      WHO,
      { id: 'amount', label: 'Amount', track: '112px', align: 'end', sort: 'amount' },
      { id: 'besides', label: 'Refunded', track: '104px', align: 'end', from: 968 },
      { id: 'state', label: 'State', track: 'minmax(190px, 1.1fr)' },
      { id: 'card', label: 'Card', track: '136px', from: 840 },
      { id: 'created', label: 'Date', track: '88px', align: 'end', sort: 'created', from: 680 },
    ],
    sort: 'created',
    descending: true,
    chips: [
      { label: 'Succeeded', term: 'status:succeeded' },
      { label: 'Failed', term: 'status:failed' },
      { label: 'Refunded', term: 'is:refunded' },
      { label: 'Contested', term: 'is:disputed' },
      { label: 'Looks like twice', term: 'is:duplicate' },
      { label: 'Last 30 days', term: 'created>=30d' },
    ],
    placeholder: 'Name, amount>100, card:4242, status:failed',
    nothing: 'No payments yet.',
    teaches:
      'Every charge is here, also those that failed, and those that look like the same one made twice.',
  },
  invoices: {
    list: 'invoices',
    label: 'Invoices',
    one: 'invoice',
    many: 'invoices',
    columns: [
      { id: 'number', label: 'Number', track: 'minmax(120px, 0.7fr)', from: 650 },
      WHO,
      { id: 'amount', label: 'Total', track: '112px', align: 'end', sort: 'amount' },
      { id: 'besides', label: 'Still due', track: '104px', align: 'end', from: 890 },
      { id: 'state', label: 'State', track: '128px' },
      { id: 'attempts', label: 'Attempts', track: '64px', align: 'end', from: 1114 },
      { id: 'date', label: 'Due', track: '112px', align: 'end', sort: 'due', from: 1026 },
      { id: 'created', label: 'Created', track: '88px', align: 'end', sort: 'created', from: 762 },
    ],
    sort: 'created',
    descending: true,
    chips: [
      { label: 'Open', term: 'status:open' },
      { label: 'Overdue', term: 'is:overdue' },
      { label: 'Draft', term: 'status:draft' },
      { label: 'Paid', term: 'status:paid' },
      { label: 'Given up', term: 'status:uncollectible' },
      { label: 'Void', term: 'status:void' },
      { label: 'Last 30 days', term: 'created>=30d' },
    ],
    placeholder: 'Number, name, amount>100, status:open, due<=7d',
    nothing: 'No invoices yet.',
    teaches: 'Each has its total, what of it is still due, and how often it was tried to be collected.',
  },
  disputes: {
    list: 'disputes',
    label: 'Disputes',
    one: 'dispute',
    many: 'disputes',
    columns: [
      WHO,
      { id: 'amount', label: 'Amount', track: '112px', align: 'end', sort: 'amount' },
      { id: 'reason', label: 'Reason', track: 'minmax(130px, 1fr)', from: 846 },
      { id: 'state', label: 'State', track: 'minmax(140px, 0.7fr)', from: 692 },
      { id: 'deadline', label: 'Respond by', track: 'minmax(150px, 0.9fr)', sort: 'due' },
      { id: 'created', label: 'Opened', track: '88px', align: 'end', sort: 'created', from: 958 },
    ],
    sort: 'due',
    descending: false,
    chips: [
      { label: 'Needs response', term: 'status:needs_response,warning_needs_response' },
      { label: 'Not decided', term: 'is:open' },
      { label: 'Won', term: 'status:won' },
      { label: 'Lost', term: 'status:lost' },
    ],
    placeholder: 'Name, status:needs_response, due<=7d',
    nothing: 'No disputes.',
    teaches:
      'When a customer contests a payment at their bank, it stands here with the day by which an answer is due.',
  },
  recovery: {
    list: 'recovery',
    label: 'Recovery',
    one: 'bill past due',
    many: 'bills past due',
    columns: [
      WHO,
      { id: 'number', label: 'Invoice', track: '136px', from: 1180 },
      { id: 'amount', label: 'Due', track: '112px', align: 'end', sort: 'amount' },
      { id: 'besides', label: 'MRR at risk', track: '104px', align: 'end', from: 908 },
      { id: 'why', label: 'Last failure', track: 'minmax(150px, 1.3fr)' },
      { id: 'attempts', label: 'Attempts', track: '64px', align: 'end', from: 780 },
      { id: 'retry', label: 'Next attempt', track: 'minmax(140px, 0.8fr)', sort: 'due', from: 692 },
      { id: 'created', label: 'Billed', track: '88px', align: 'end', sort: 'created', from: 1020 },
    ],
    sort: 'amount',
    descending: true,
    chips: [
      { label: 'Tried again', term: 'is:retrying' },
      { label: 'Not tried again', term: 'is:given_up' },
      { label: 'Sent and overdue', term: 'is:sent' },
      { label: 'Next 3 days', term: 'next<=3d' },
    ],
    placeholder: 'Name, amount>100, next<=3d, is:given_up',
    nothing: 'Nothing is past due.',
    teaches:
      'Bills whose collection failed, or that were sent and not paid in time, stand here until they are paid or given up.',
  },
  trials: {
    list: 'trials',
    label: 'Trials',
    one: 'trial',
    many: 'trials',
    columns: [
      WHO,
      { id: 'plan', label: 'Plan', track: 'minmax(130px, 1fr)', from: 826 },
      { id: 'amount', label: 'MRR if kept', track: '104px', align: 'end' },
      { id: 'state', label: 'State', track: '128px', from: 672 },
      { id: 'deadline', label: 'Ends', track: 'minmax(150px, 0.9fr)', sort: 'due' },
      { id: 'means', label: 'Card', track: '88px', from: 938 },
      { id: 'created', label: 'Began', track: '88px', align: 'end', sort: 'created', from: 1050 },
    ],
    sort: 'due',
    descending: true,
    first: RUNNING,
    chips: [
      { label: 'Running', term: RUNNING },
      { label: 'Ends in 7 days', term: 'ends<=7d' },
      { label: 'Converted', term: 'status:converted' },
      { label: 'Lost', term: 'status:lost' },
      { label: 'Had one before', term: 'is:again' },
    ],
    placeholder: 'Name, status:running, ends<=7d, plan:"Pro"',
    nothing: 'No trials.',
    teaches:
      'Subscriptions that begin with a trial stand here with the day it ends and what they come to when they are kept.',
  },
};

export function tableOf(view: string): Table | undefined {
  return (TABLES as Partial<Record<string, Table>>)[view];
}

/** The order of a list that nobody chose one for. What is still to end comes by what ends first. */
export function usualOrder(table: Table, filter: string): { sort: RecordSort; descending: boolean } {
  const ahead = table.list === 'trials' && has(filter, RUNNING);
  return { sort: table.sort, descending: table.descending && !ahead };
}

export interface Place {
  filter: string;
  sort: RecordSort;
  descending: boolean;
}

/** What an address says about a list; what it leaves out is as usual. `sort` has a `-` in front when it descends. */
export function placeOf(table: Table, params: Params): Place {
  const filter = params['filter'] ?? table.first ?? '';
  const said = params['sort'] ?? '';
  const sort = said.replace(/^-/, '');
  const known = table.columns.some((column) => column.sort === sort);
  if (!known) return { filter, ...usualOrder(table, filter) };
  return { filter, sort: sort as RecordSort, descending: said.startsWith('-') };
}

/** The same the other way. */
export function paramsOf(table: Table, place: Place): Params {
  const usual = usualOrder(table, place.filter);
  const asUsual = usual.sort === place.sort && usual.descending === place.descending;
  return {
    ...(place.filter === (table.first ?? '') ? {} : { filter: place.filter }),
    ...(asUsual ? {} : { sort: `${place.descending ? '-' : ''}${place.sort}` }),
  };
}
