// The plain views by their names; what is not here is not built.

import type { Component } from 'svelte';
import ActionLog from '../features/log/ActionLog.svelte';
import Outbox from '../features/outbox/Outbox.svelte';
import Parts from '../features/parts/Parts.svelte';
import type { Params, PlainView } from './route.svelte';

export const PLAIN: Partial<Record<PlainView, Component<{ params: Params }>>> = {
  outbox: Outbox,
  log: ActionLog,
  parts: Parts,
};
