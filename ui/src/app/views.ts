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
      { label: 'Settings', icon: 'settings', keys: 'g s', route: { view: 'settings' }, owns: ['settings'] },
    ],
  },
];

export const VIEWS: readonly View[] = GROUPS.flatMap((group) => group.views);

/** The view a place belongs to. */
export function viewOf(route: Route): View | undefined {
  return VIEWS.find((view) => view.owns.includes(route.view));
}
