// Whether one more message may go to a number, or a question to the service: prefix, limits, pause.
import type { Policy } from '$lib/contract/policy';
import { whyNotWritten } from '$lib/domain/values/phone-parser';
import { isDemoPhone } from '../../providers/demo';
import { judgeBurst } from './fraud-guard';
import type { Relay } from '../../context';
import type { Database } from '../../store/database';
import { lockOf, setLock } from '../../store/locks';
import { giveBackMessage, takeMessage, type Full, type Window } from '../../store/limits';
import { inTransaction } from '../../store/transaction';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Limits before there is a policy: the defaults of the contract. */
const FIRST: Policy['limits'] = {
  perPhoneHour: 10,
  perPhoneDay: 20,
  perTillHour: 60,
  perShopDay: 500,
};
/** Shortest pause between two messages with the same code. */
const RESEND_MS = 30_000;

export type Room = { readonly kind: 'room'; readonly giveBack: (db: Database) => Promise<void> };
type Limited = Full & { readonly kind: 'limited' };
type NotWritten = NonNullable<ReturnType<typeof whyNotWritten>>;
export type NotAdmitted =
  | Limited
  | {
      readonly kind: 'refused';
      readonly because: 'not-configured' | 'pumping' | NotWritten;
    };

/** Admits a code to this number by this till, over whichever channel, and counts it; or says why not. */
export async function admitCode(
  relay: Relay,
  message: { readonly phone: string; readonly till: string },
): Promise<Room | NotAdmitted> {
  const policy = relay.policy()?.policy;
  if (policy === undefined) return { kind: 'refused', because: 'not-configured' };
  const because = whyNoMessage(relay, policy, message.phone);
  if (because !== null) return { kind: 'refused', because };
  if ((await judgeBurst(relay, message.till)) !== null)
    return { kind: 'refused', because: 'pumping' };
  return roomForMessage(relay, message);
}

/** Why the shop sends nothing to this number; null: it does. Demo numbers cost nothing. */
export const whyNoMessage = (
  { provider }: Pick<Relay, 'provider'>,
  policy: Policy,
  phone: string,
): NotWritten | null =>
  provider.isDemo() && isDemoPhone(phone) ? null : whyNotWritten(phone, policy);

/**
 * Counts one message to this number by this till, or returns the limit that is reached and when there will be room.
 * Call `giveBack` only where the message surely never left the machine: a refused message counts, too.
 */
export async function roomForMessage(
  { db, now, cipher, policy }: Pick<Relay, 'db' | 'now' | 'cipher' | 'policy'>,
  message: { readonly phone: string; readonly till: string },
): Promise<Room | Limited> {
  const limits = policy()?.policy.limits ?? FIRST;
  const windows: readonly Window[] = [
    { scope: 'phone', windowMs: HOUR, most: limits.perPhoneHour },
    { scope: 'phone', windowMs: DAY, most: limits.perPhoneDay },
    { scope: 'till', windowMs: HOUR, most: limits.perTillHour },
    { scope: 'shop', windowMs: DAY, most: limits.perShopDay },
  ];
  const phone = cipher.keyedHash('message-to', message.phone);
  const taken = await takeMessage(db, { at: now(), phone, till: message.till }, windows);
  if (!('id' in taken)) return { kind: 'limited', ...taken };
  // uses the database of its caller: the transaction in which the message was counted may have ended
  return { kind: 'room', giveBack: (db) => giveBackMessage(db, taken.id) };
}

/** Questions to the service that send no message to a customer. */
export type Question = 'balance' | 'dry-test';
/** Shortest pause between two questions of one kind, by all tills of the shop together. */
export const QUESTION_PAUSE_MS = 60_000;

/** Counts one question to the service, or says when the next one may be asked. To be called right before it is asked. */
export const takeQuestion = (
  relay: Pick<Relay, 'db' | 'now'>,
  question: Question,
): Promise<Limited | null> =>
  inTransaction(relay, async ({ db, now }) => {
    const name = `question:${question}`;
    const retryAt = (await lockOf(db, name))?.lockedUntil ?? 0;
    if (retryAt > now()) return { kind: 'limited', scope: 'shop', retryAt };
    await setLock(db, name, { failures: 0, lastAt: now(), lockedUntil: now() + QUESTION_PAUSE_MS });
    return null;
  });

/** How long to wait before the next message with the same code, ms: our pause, or the service's where it is longer. */
export const resendPauseMs = ({ provider }: Pick<Relay, 'provider'>): number =>
  Math.max(RESEND_MS, provider.current().provider.resendAfterMs);
