// Asks the messaging service for the delivery states of messages.
import type { Relay } from '../../context';
import { noteDelivery } from './sendings';
import { askable, changeSending, sweepSendings, type SendingRow } from '../../store/sendings';

/** Asks about every message whose state is due; forgets old messages. */
export async function askDeliveries(relay: Relay): Promise<void> {
  const { db, now, provider } = relay;
  await sweepSendings(db, now());
  for (const sending of await askable(db, {
    provider: provider.current().provider.id,
    now: now(),
  })) {
    await askAbout(relay, sending);
    if (!db.open) return;
  }
}

/** Asks about the messages of one challenge that are due. */
export async function askDeliveriesOf(relay: Relay, challenge: string): Promise<void> {
  const { db, now, provider } = relay;
  const due = await askable(db, {
    provider: provider.current().provider.id,
    now: now(),
    challenge,
  });
  await Promise.all(due.map((sending) => askAbout(relay, sending)));
}

/** Asks about one message. Resolves when the answer is in the store. */
async function askAbout(relay: Relay, sending: SendingRow): Promise<void> {
  const { db, now, cipher, provider } = relay;
  const { id, channel, message, phone } = sending;
  if (message === null || phone === null || !provider.capability(channel)?.statusPull) return;
  await changeSending(db, id, { askedAt: now() });
  const ref = { providerMessageId: message, phone: cipher.decrypt(phone), channel };
  const found = await provider.delivery(ref);
  if (found === null || !db.open) return;
  await noteDelivery(db, sending, found);
}
