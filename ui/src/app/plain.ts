// The plain views by their names; what is not here is not built.

import type { Component } from 'svelte';
import Desk from '../features/records/Desk.svelte';
import type { Params, PlainView } from './route.svelte';

export const PLAIN: Partial<Record<PlainView, Component<{ params: Params }>>> = {
  subscriptions: Desk,
  payments: Desk,
  invoices: Desk,
  disputes: Desk,
  recovery: Desk,
  trials: Desk,
};
