// Forgets a customer: writes to them and the owners, and a day later erases all that the relay has.
import { FORGET_DELAY_MS } from '$lib/domain/acts/customers/customer-forgotten';
import { wordForgotten } from '$lib/domain/messages/notice-message';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import type { BodyOf } from '$lib/contract/journal';
import type { Relay } from '../context';
import { tellOwners } from '../messaging/outbox/owner-notices';
import { addForgetting, delayedOf, type Delayed } from '../store/forgettings';
import { eraseCustomer, forgottenOf } from '../store/forgotten';
import { voidReserveCodes } from '../store/reserve-codes';
import { tellCustomer } from './notices';
import { registeredPhone } from './phones';

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'provider' | 'policy'>;

/**
 * Delays an accepted act by a day, in which the customer may object and an owner may stop it. Writes to both, unless the customer is
 * being forgotten already. Runs inside the caller's transaction; the caller wakes the outbox. `at`: when the act counts, ms.
 */
export async function delayForgetting(
  parts: Parts,
  {
    at,
    by,
    ...place
  }: Pick<Delayed, 'hash' | 'till' | 'seq' | 'order'> & {
    readonly at: number;
    readonly by: string | null;
  },
  { customer, merged, lapsed, consent }: BodyOf<'customer-forgotten'>,
): Promise<void> {
  const { db, now, cipher } = parts;
  if ((await forgottenOf(db, customer)) !== null) return;
  const isToldAlready = (await delayedOf(db, customer)).length > 0;
  const byRight = consent.kind === 'by-right';
  const dueAt = now() + FORGET_DELAY_MS;
  await addForgetting(db, { ...place, customer, merged, at, byRight, dueAt });
  const policy = parts.policy()?.policy;
  if (policy === undefined || isToldAlready) return;
  const text = wordForgotten(lapsed, policy);
  const entry = { ...place, at: now() };
  await tellCustomer(parts, entry, { purpose: 'forgotten', room: 'other', customer, text });
  const phone = await registeredPhone(parts, customer);
  const phoneMasked = phone && maskPhone(cipher.decrypt(phone.phone) as Phone);
  await tellOwners(parts, by, { kind: 'forgetting', phoneMasked });
}

/**
 * Erases a customer and the other cards of their account because of this act, unless they are erased already. Runs inside the
 * caller's transaction.
 */
export async function forgetCustomer(
  parts: Pick<Relay, 'db' | 'now' | 'cipher'>,
  { customer, merged, hash, till, seq, order }: Delayed,
): Promise<void> {
  const { db, now } = parts;
  const at = now();
  for (const each of [customer, ...merged]) {
    if ((await forgottenOf(db, each)) !== null) continue;
    await voidReserveCodes(db, each, at);
    await eraseCustomer(parts, { customer: each, till, seq, hash, at, order });
  }
}
