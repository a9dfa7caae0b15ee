// The views there are, in the order and groups of the rail. A view that is not built is not listed.

import type { IconName } from '../parts/Icon.svelte';
import { CUSTOMERS, type Route } from './route.svelte';

export interface View {
  label: string;
  icon: IconName;
  keys: string;
  route: Route;
  /** The places that belong to it. */
  owns: readonly Route['view'][];
}

export const GROUPS: readonly { label: string; views: readonly View[] }[] = [
  {
    label: 'Numbers',
    views: [
      { label: 'Overview', icon: 'overview', keys: 'g o', route: { view: 'overview' }, owns: ['overview'] },
      {
        label: 'Movements',
        icon: 'bars',
        keys: 'g m',
        route: { view: 'movements', params: {} },
        owns: ['movements'],
      },
      {
        label: 'Cohorts',
        icon: 'table',
        keys: 'g h',
        route: { view: 'cohorts', params: {} },
        owns: ['cohorts'],
      },
      {
        label: 'Forecast',
        icon: 'flat',
        keys: 'g f',
        route: { view: 'forecast', params: {} },
        owns: ['forecast'],
      },
      {
        label: 'Explain',
        icon: 'question',
        keys: 'g e',
        route: { view: 'explain', params: {} },
        owns: ['explain'],
      },
    ],
  },
  {
    label: 'Desk',
    views: [
      {
        label: 'Customers',
        icon: 'customers',
        keys: 'g c',
        route: CUSTOMERS,
        owns: ['customers', 'customer'],
      },
      {
        label: 'Subscriptions',
        icon: 'repeat',
        keys: 'g u',
        route: { view: 'subscriptions', params: {} },
        owns: ['subscriptions'],
      },
      {
        label: 'Payments',
        icon: 'payment',
        keys: 'g p',
        route: { view: 'payments', params: {} },
        owns: ['payments'],
      },
      {
        label: 'Invoices',
        icon: 'invoice',
        keys: 'g i',
        route: { view: 'invoices', params: {} },
        owns: ['invoices'],
      },
      {
        label: 'Disputes',
        icon: 'dispute',
        keys: 'g d',
        route: { view: 'disputes', params: {} },
        owns: ['disputes'],
      },
      {
        label: 'Recovery',
        icon: 'alert',
        keys: 'g r',
        route: { view: 'recovery', params: {} },
        owns: ['recovery'],
      },
      {
        label: 'Trials',
        icon: 'clock',
        keys: 'g a',
        route: { view: 'trials', params: {} },
        owns: ['trials'],
      },
    ],
  },
  {
    label: 'Control',
    views: [
      {
        label: 'Outbox',
        icon: 'outbox',
        keys: 'g b',
        route: { view: 'outbox', params: {} },
        owns: ['outbox'],
      },
      { label: 'Action log', icon: 'log', keys: 'g l', route: { view: 'log', params: {} }, owns: ['log'] },
      {
        label: 'Reconcile',
        icon: 'reconcile',
        keys: 'g x',
        route: { view: 'reconcile', params: {} },
        owns: ['reconcile'],
      },
      { label: 'Settings', icon: 'settings', keys: 'g s', route: { view: 'settings' }, owns: ['settings'] },
    ],
  },
];

export const VIEWS: readonly View[] = GROUPS.flatMap((group) => group.views);

/** The view a place belongs to. */
export function viewOf(route: Route): View | undefined {
  return VIEWS.find((view) => view.owns.includes(route.view));
}
