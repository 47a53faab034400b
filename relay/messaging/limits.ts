// Room for messages, looked at before money is spent: per phone, per till, per shop, in rolling windows from the policy.
import type { Policy } from '$lib/contract/policy';
import type { Relay } from '../relay';
import { giveBackMessage, takeMessage, type Full, type Window } from '../store/limits';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What holds before there is a policy: the defaults of the wire. */
const FIRST: Policy['limits'] = {
  perPhoneHour: 10,
  perPhoneDay: 20,
  perTillHour: 60,
  perShopDay: 500,
};

export type Room = { readonly kind: 'room'; readonly giveBack: () => void };
export type Limited = Full & { readonly kind: 'limited' };

/**
 * Counts one message to this number by this till, or says which limit is reached and when there will be room.
 * `giveBack` only what surely never left the machine: a refused message counts, or refusals would be free to try.
 */
export function roomForMessage(
  { db, now, seal, policy }: Pick<Relay, 'db' | 'now' | 'seal' | 'policy'>,
  message: { readonly phone: string; readonly till: string },
): Room | Limited {
  const limits = policy()?.policy.limits ?? FIRST;
  const windows: readonly Window[] = [
    { scope: 'phone', windowMs: HOUR, most: limits.perPhoneHour },
    { scope: 'phone', windowMs: DAY, most: limits.perPhoneDay },
    { scope: 'till', windowMs: HOUR, most: limits.perTillHour },
    { scope: 'shop', windowMs: DAY, most: limits.perShopDay },
  ];
  const phone = seal.keyedHash('message-to', message.phone);
  const taken = takeMessage(db, { at: now(), phone, till: message.till }, windows);
  if (!('id' in taken)) return { kind: 'limited', ...taken };
  return { kind: 'room', giveBack: () => giveBackMessage(db, taken.id) };
}
