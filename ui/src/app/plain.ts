// The plain views by their names; what is not here is not built.

import type { Component } from 'svelte';
import ActionLog from '../features/log/ActionLog.svelte';
import Cohorts from '../features/numbers/Cohorts.svelte';
import Explain from '../features/numbers/Explain.svelte';
import Forecast from '../features/numbers/Forecast.svelte';
import Movements from '../features/numbers/Movements.svelte';
import Outbox from '../features/outbox/Outbox.svelte';
import Parts from '../features/parts/Parts.svelte';
import Reconcile from '../features/reconcile/Reconcile.svelte';
import Desk from '../features/records/Desk.svelte';
import type { Params, PlainView } from './route.svelte';

export const PLAIN: Partial<Record<PlainView, Component<{ params: Params }>>> = {
  movements: Movements,
  cohorts: Cohorts,
  forecast: Forecast,
  explain: Explain,
  customers: Desk,
  subscriptions: Desk,
  payments: Desk,
  invoices: Desk,
  disputes: Desk,
  recovery: Desk,
  trials: Desk,
  outbox: Outbox,
  log: ActionLog,
  reconcile: Reconcile,
  parts: Parts,
};
