// The restricted key Coffer asks for: the boxes to tick at Stripe and the address that ticks them beforehand. Stripe
// ignores names it does not know without a word, so the list always stands beside the link.

export interface KeyBox {
  /** The permission's name in the address. */
  slug: string;
  /** The row as Stripe's page writes it. */
  label: string;
  /** What Coffer needs it for. */
  need: string;
}

export const STRIPE_READ_BOXES: readonly KeyBox[] = [
  { slug: 'rak_customer_read', label: 'Customers', need: 'who pays' },
  { slug: 'rak_subscription_read', label: 'Subscriptions', need: 'what recurs' },
  { slug: 'rak_product_read', label: 'Products', need: 'names of plans' },
  { slug: 'rak_plan_read', label: 'Prices', need: 'amounts and intervals' },
  { slug: 'rak_coupon_read', label: 'Coupons', need: 'discounts' },
  { slug: 'rak_promotion_code_read', label: 'Promotion codes', need: 'where discounts came from' },
  { slug: 'rak_invoice_read', label: 'Invoices', need: 'what was billed' },
  { slug: 'rak_credit_note_read', label: 'Credit notes', need: 'corrections' },
  { slug: 'rak_charge_read', label: 'Charges and Refunds', need: 'what was paid and returned' },
  { slug: 'rak_payment_intent_read', label: 'PaymentIntents', need: 'failed attempts' },
  { slug: 'rak_dispute_read', label: 'Disputes', need: 'deadlines' },
  { slug: 'rak_balance_read', label: 'Balance', need: 'fees' },
  { slug: 'rak_event_read', label: 'Events', need: 'changes without a full sync' },
];

/** Stripe's page for a new restricted key, with every box for reading already ticked. */
export function stripeKeyPage(): string {
  const boxes = STRIPE_READ_BOXES.map((box) => `permissions[]=${box.slug}`).join('&');
  return `https://dashboard.stripe.com/apikeys/create?name=Coffer&${boxes}`;
}
