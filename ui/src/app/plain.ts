// The plain views by their names; what is not here is not built.

import type { Component } from 'svelte';
import Parts from '../features/parts/Parts.svelte';
import type { Params, PlainView } from './route.svelte';

export const PLAIN: Partial<Record<PlainView, Component<{ params: Params }>>> = {
  parts: Parts,
};
