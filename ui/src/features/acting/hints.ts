// What to do about a refusal, where the engine's hint speaks of the command line: here it is done in the window.

import type { ApiErrorView } from '../../api/generated';

const HERE: Record<string, string | null> = {
  operation_open: 'Open it in the outbox to let it go on or to take it out.',
  limit: 'The limits are set in Settings.',
  consent_needed: null,
  operator: 'Choose who you are, and type the PIN again.',
};

export function hintHere(error: ApiErrorView): string | null {
  return error.code in HERE ? (HERE[error.code] ?? null) : error.hint;
}
