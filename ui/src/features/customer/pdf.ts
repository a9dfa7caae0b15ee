// An invoice as the provider draws it, as a file. The engine keeps it, so that it is there without a network.

import type { Session } from '../../app/session.svelte';
import { shortTime } from '../../parts/format';
import { saveBytes } from '../../parts/save';

export async function savePdf(session: Session, id: string): Promise<void> {
  const answer = await session.do('invoice_document', { mode: session.mode, id });
  if (!answer.ok) {
    session.say(`${answer.error.message} ${answer.error.hint ?? ''}`.trim(), 'problem');
    return;
  }
  const { file_name, base64, fetched_at, older } = answer.value;
  saveBytes(file_name, 'application/pdf', base64);
  session.say(
    older === null
      ? `Saved ${file_name}.`
      : `Saved ${file_name} as it was at ${shortTime(fetched_at, session.nowMs)}; the invoice has changed since. ${older}`,
  );
}
