// Commands that do something, as opposed to queries that look: called once, never cached, and answered with either a
// value or the error to show, so that a view cannot forget the second case.

import { type CommandName, type Host, type RequestOf, type ResponseOf, toHostError } from '../host';
import type { ApiErrorView } from './generated';

export type Answer<T> = { ok: true; value: T } | { ok: false; error: ApiErrorView };

export async function ask<N extends CommandName>(
  host: Host,
  name: N,
  request: RequestOf<N>,
): Promise<Answer<ResponseOf<N>>> {
  try {
    return { ok: true, value: await host.call(name, request) };
  } catch (reason) {
    return { ok: false, error: toHostError(reason).view };
  }
}
