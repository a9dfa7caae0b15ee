// What can be asked for, as forms: which fields each act has, what it is called, and the wish that comes of what was typed.
// The engine alone knows whether it makes sense and what it does; nothing here computes.

import type { EffectView, OperationPreview, Wish } from '../../api/generated';
import type { IconName } from '../../parts/Icon.svelte';

export type ActName =
  | 'refund'
  | 'credit_note'
  | 'pay'
  | 'send'
  | 'void'
  | 'uncollectible'
  | 'plan_change'
  | 'add_item'
  | 'remove_item'
  | 'keep_plan'
  | 'cancel'
  | 'uncancel'
  | 'pause'
  | 'resume'
  | 'trial'
  | 'coupon'
  | 'remove_coupon'
  | 'customer_credit'
  | 'customer_update';

/** An act on one object, for one customer. */
export interface Act {
  name: ActName;
  /** The provider's id of the object. */
  target: string;
  /** The account it belongs to. */
  account: string;
  /** Who is concerned, in words. */
  who: string;
  /** The object in words, for instance `Team × 4, $116.00`. */
  what: string;
  /** The currency of the object, where prices are to be chosen. */
  currency?: string | undefined;
  /** The items of the subscription, where one is to be chosen: id and words. */
  items?: readonly (readonly [id: string, label: string])[];
  /** What the fields hold at the beginning. */
  filled?: Record<string, string>;
}

export type FieldKind =
  | 'amount'
  | 'text'
  | 'email'
  | 'count'
  | 'date'
  | 'choice'
  | 'price'
  | 'coupon'
  | 'item';

export interface Field {
  id: string;
  label: string;
  kind: FieldKind;
  /** Words of a choice by what they stand for; the first is meant at the beginning. */
  options?: readonly (readonly [value: string, label: string])[];
  /** What is meant when nothing is typed. */
  empty?: string;
}

interface Form {
  title: string;
  /** Begins the words on the button. */
  verb: string;
  icon: IconName;
  fields: readonly Field[];
  /** Whether money leaves or is taken: such buttons carry the colour of loss. */
  grave?: boolean;
}

const REASONS = [
  ['requested_by_customer', 'Requested by the customer'],
  ['duplicate', 'Duplicate'],
  ['fraudulent', 'Fraudulent'],
] as const;
const WHEN = [
  ['period_end', 'When the period ends'],
  ['now', 'Now'],
] as const;

const CHANGE_WHEN: Field = {
  id: 'when',
  label: 'When',
  kind: 'choice',
  options: [
    ['now', 'Now'],
    ['period_end', 'When the period ends'],
  ],
};
const PRORATION: Field = {
  id: 'proration',
  label: 'The rest of the period',
  kind: 'choice',
  options: [
    ['prorate', 'Goes on the next bill'],
    ['invoice_now', 'Is billed now'],
    ['none', 'Is not billed'],
  ],
};

export const FORMS: Record<ActName, Form> = {
  refund: {
    title: 'Refund',
    verb: 'Refund',
    icon: 'refund',
    grave: true,
    fields: [
      { id: 'amount', label: 'Amount', kind: 'amount', empty: 'All that is left' },
      { id: 'reason', label: 'Reason', kind: 'choice', options: REASONS },
    ],
  },
  credit_note: {
    title: 'Credit note',
    verb: 'Credit',
    icon: 'invoice',
    grave: true,
    fields: [
      { id: 'amount', label: 'Amount', kind: 'amount', empty: 'All of it' },
      {
        id: 'to',
        label: 'What was paid goes',
        kind: 'choice',
        options: [
          ['back', 'Back to where it came from'],
          ['credit', 'To the customer’s credit'],
        ],
      },
    ],
  },
  pay: { title: 'Collect invoice', verb: 'Collect', icon: 'payment', fields: [] },
  send: { title: 'Send invoice', verb: 'Send invoice', icon: 'external', fields: [] },
  void: { title: 'Void invoice', verb: 'Void invoice', icon: 'cross', grave: true, fields: [] },
  uncollectible: { title: 'Write off invoice', verb: 'Write off', icon: 'flag', grave: true, fields: [] },
  plan_change: {
    title: 'Change plan',
    verb: 'Change plan',
    icon: 'repeat',
    fields: [
      { id: 'item', label: 'Item', kind: 'item' },
      { id: 'price', label: 'Price', kind: 'price', empty: 'As it is' },
      { id: 'quantity', label: 'Quantity', kind: 'count', empty: 'As it is' },
      CHANGE_WHEN,
      PRORATION,
    ],
  },
  add_item: {
    title: 'Add an item',
    verb: 'Add the item',
    icon: 'plus',
    fields: [
      { id: 'price', label: 'Price', kind: 'price', empty: 'Choose one' },
      { id: 'quantity', label: 'Quantity', kind: 'count', empty: '1' },
      PRORATION,
    ],
  },
  remove_item: {
    title: 'Remove an item',
    verb: 'Remove the item',
    icon: 'trash',
    fields: [{ id: 'item', label: 'Item', kind: 'item' }, PRORATION],
  },
  keep_plan: { title: 'Keep the plan', verb: 'Keep the plan', icon: 'repeat', fields: [] },
  cancel: {
    title: 'Cancel subscription',
    verb: 'Cancel subscription',
    icon: 'cross',
    grave: true,
    fields: [{ id: 'when', label: 'When', kind: 'choice', options: WHEN }],
  },
  uncancel: { title: 'Let it go on', verb: 'Let it go on', icon: 'repeat', fields: [] },
  pause: {
    title: 'Pause',
    verb: 'Pause',
    icon: 'pause',
    fields: [
      {
        id: 'what',
        label: 'What is paused',
        kind: 'choice',
        options: [
          ['', 'Whichever is possible'],
          ['collection', 'Collection alone'],
          ['service', 'The subscription itself'],
        ],
      },
      { id: 'until', label: 'Until', kind: 'date', empty: 'It is resumed' },
    ],
  },
  resume: { title: 'Resume', verb: 'Resume', icon: 'repeat', fields: [] },
  trial: {
    title: 'Trial',
    verb: 'Change trial',
    icon: 'clock',
    fields: [{ id: 'until', label: 'Ends on', kind: 'date', empty: 'Now' }],
  },
  coupon: {
    title: 'Apply coupon',
    verb: 'Apply coupon',
    icon: 'plus',
    fields: [
      { id: 'coupon', label: 'Coupon', kind: 'coupon', empty: 'None' },
      { id: 'code', label: 'Or a promotion code', kind: 'text', empty: 'As customers type it' },
    ],
  },
  remove_coupon: { title: 'Remove coupons', verb: 'Remove coupons', icon: 'cross', fields: [] },
  customer_credit: {
    title: 'Give credit',
    verb: 'Give credit of',
    icon: 'plus',
    grave: true,
    fields: [{ id: 'amount', label: 'Amount', kind: 'amount' }],
  },
  customer_update: {
    title: 'Edit customer',
    verb: 'Save',
    icon: 'person',
    fields: [
      { id: 'email', label: 'E-mail', kind: 'email' },
      { id: 'name', label: 'Name', kind: 'text' },
    ],
  },
};

export type Filled = Record<string, string>;

/** What the fields hold before anybody types. */
export function beginning(act: Act): Filled {
  const first = (field: Field) =>
    field.kind === 'item' ? (act.items?.[0]?.[0] ?? '') : (field.options?.[0]?.[0] ?? '');
  const fields = FORMS[act.name].fields.map((field) => [field.id, first(field)]);
  return { ...Object.fromEntries(fields), ...act.filled };
}

const said = (text: string | undefined): string | null => {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
};

/** The wish that the fields come to; `null` while something that is needed is missing. */
export function wishOf(act: Act, filled: Filled): Wish | null {
  const it = (id: string) => said(filled[id]);
  const subscription = act.target;
  switch (act.name) {
    case 'refund':
      return { kind: 'refund', payment: act.target, amount: it('amount'), reason: it('reason') };
    case 'credit_note':
      return {
        kind: 'credit_note',
        invoice: act.target,
        amount: it('amount'),
        lines: [],
        to_credit: filled['to'] === 'credit',
        reason: null,
      };
    case 'pay':
    case 'send':
    case 'void':
    case 'uncollectible':
      return { kind: 'invoice', invoice: act.target, action: act.name };
    case 'plan_change':
    case 'add_item':
    case 'remove_item':
      return planWish(act, it);
    case 'cancel':
      return { kind: 'cancel', subscription, when: it('when') ?? 'period_end' };
    case 'pause':
      return { kind: 'pause', subscription, what: it('what'), bills: null, until: it('until') };
    case 'trial':
      return { kind: 'trial', subscription, until: it('until') ?? 'now' };
    case 'coupon': {
      const [coupon, code] = [it('coupon'), it('code')];
      if (coupon === null && code === null) return null;
      return { kind: 'coupon', subscription, coupon: code === null ? coupon : null, promotion_code: code };
    }
    case 'customer_credit': {
      const amount = it('amount');
      if (amount === null) return null;
      return { kind: 'customer_credit', customer: act.target, amount, currency: act.currency ?? null };
    }
    case 'customer_update': {
      const changed = (id: string) =>
        filled[id]?.trim() === act.filled?.[id]?.trim() ? null : (filled[id]?.trim() ?? null);
      const [email, name] = [changed('email'), changed('name')];
      if (email === null && name === null) return null;
      return { kind: 'customer_update', customer: act.target, email, name };
    }
    default:
      return { kind: act.name, subscription };
  }
}

function planWish(act: Act, it: (id: string) => string | null): Wish | null {
  const typed = it('quantity');
  const quantity = typed !== null && /^\d{1,9}$/.test(typed) ? Number(typed) : null;
  const [price, item, when] = [it('price'), it('item'), it('when')];
  // A quantity that is none must not be overlooked.
  if (typed !== null && quantity === null) return null;
  const change = {
    kind: 'plan_change' as const,
    subscription: act.target,
    price: null,
    quantity: null,
    item: null,
    add: [],
    remove: [],
    when: when ?? 'now',
    proration: when === 'period_end' ? null : it('proration'),
  };
  if (act.name === 'add_item') return price === null ? null : { ...change, add: [{ price, quantity }] };
  if (act.name === 'remove_item') return item === null ? null : { ...change, remove: [item] };
  return price === null && quantity === null ? null : { ...change, price, quantity, item };
}

/** The words on the button: the act, the amount, the mode. */
export function buttonOf(act: Act, preview: OperationPreview | null, mode: string, offline: boolean): string {
  const { verb } = FORMS[act.name];
  const amount = preview?.amount == null ? '' : ` ${preview.amount.text}`;
  return `${offline ? 'Queue: ' : ''}${offline ? verb.charAt(0).toLowerCase() + verb.slice(1) : verb}${amount} in ${mode} mode`;
}

/** A sentence of the engine's with the amount that follows it. */
export function effectText(effect: EffectView): string {
  return effect.amount === null ? effect.text : `${effect.text} ${effect.amount.text}`;
}
