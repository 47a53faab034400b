// Records each message: before it leaves, with the service's reply, and with its delivery.
import type { DeliveryState } from '$lib/contract/challenge';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import type { Purpose, Sent } from './gateway-types';
import type { Delivery, SendRequest } from '../../providers/provider';
import type { Relay } from '../../context';
import type { Database } from '../../store/database';
import {
  addSending,
  askable,
  changeSending,
  sendingById,
  type SendingRow,
  sweepSendings,
} from '../../store/sendings';
import { inTransaction } from '../../store/transaction';

/** Order of delivery states: a later state is never replaced by an earlier one. */
const RANK: Readonly<Record<DeliveryState, number>> = {
  unknown: 0,
  'not-found': 0,
  moderation: 1,
  queued: 1,
  sent: 2,
  expired: 3,
  failed: 3,
  delivered: 4,
  read: 5,
};

/** Records a message before it leaves; returns its id. `currency`: the last known one of the service. */
export async function noteLeaving(
  { db, now, cipher }: Pick<Relay, 'db' | 'now' | 'cipher'>,
  message: SendRequest,
  by: { readonly provider: string; readonly currency: string | null; readonly purpose: Purpose },
): Promise<number> {
  const { provider, currency, purpose } = by;
  return addSending(db, {
    at: now(),
    purpose: purpose.kind,
    challenge: purpose.kind === 'code' ? purpose.challenge : null,
    provider,
    channel: message.channel,
    phone: cipher.encrypt(message.phone),
    phoneMasked: maskPhone(message.phone as Phone),
    dryRun: message.test === true,
    codeLength: message.code?.length ?? null,
    currency,
  });
}

/** Records the reply of the service. */
export async function noteAnswer(
  db: Database,
  id: number,
  message: SendRequest,
  sent: Sent,
): Promise<void> {
  if (sent.kind === 'sent') {
    const { providerMessageId, codeChosenByProvider, state, cost } = sent.receipt;
    return changeSending(db, id, {
      message: providerMessageId,
      delivery: stateOnWire(state ?? 'sent'),
      codeLength: (message.code ?? codeChosenByProvider)?.length ?? null,
      ...(cost === undefined ? {} : { cost }),
    });
  }
  const { because, providerCode = null, providerText } = sent;
  await changeSending(db, id, {
    // without a reply it may still arrive, and may have a cost
    ...(because === 'timeout-unknown' ? {} : { delivery: null }),
    because,
    providerCode,
    providerText: providerText === undefined ? null : withoutNumbers(providerText),
  });
}

/**
 * Records a delivery report. The state never goes back. A known cost stays unless the new cost is zero (a refund), because a report
 * may be about only one part of a message.
 */
export async function noteDelivery(
  db: Database,
  { id }: Pick<SendingRow, 'id'>,
  found: Pick<Delivery, 'state' | 'cost'>,
): Promise<void> {
  const state = stateOnWire(found.state);
  await inTransaction({ db }, async ({ db }) => {
    // read again: a later state may have been reported meanwhile
    const held = await sendingById(db, id);
    const newer = RANK[state] > 0 && RANK[state] >= RANK[held?.delivery ?? 'unknown'];
    const priced =
      found.cost !== undefined && ((held?.cost ?? null) === null || Number(found.cost) === 0);
    await changeSending(db, id, {
      ...(newer ? { delivery: state } : {}),
      ...(priced ? { cost: found.cost } : {}),
    });
  });
}

const stateOnWire = (state: Delivery['state']): DeliveryState =>
  state.replaceAll('_', '-') as DeliveryState;

/** Blanks phone numbers that a service's text may quote. */
const withoutNumbers = (text: string): string => text.replace(/\d(?:[\s().-]{0,2}\d){6,}/g, '···');

/** Asks about every message whose state is due; deletes old messages. */
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
