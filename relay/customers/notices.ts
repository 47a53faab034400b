// Queues notices: to customers about acts without a code, to operators about their overrides.
import type { Confirmation } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import {
  wordNotice,
  wordOperatorNotice,
  type Moment,
  type NewsOfAct,
} from '$lib/domain/notice-message';
import { operatorOf } from '$lib/domain/policy';
import type { Relay } from '../context';
import { contactsOf } from '../store/contacts';
import { addNotice, type Recipient } from '../store/notices';
import { phonesOf } from '../store/phone-history';
import { phoneTag } from '../store/phones';
import { policyOfVersion } from '../store/policies';
import { registeredPhone } from './phones';

/** An act in a journal, as far as a notice needs it. */
export type JournalAct = {
  readonly till: string;
  readonly seq: number;
  /** Hash of its entry. */
  readonly hash: string;
  /** ms. */
  readonly at: number;
  /** Version of the policy it was made under. */
  readonly policy: number;
  readonly act: string;
};

/** A movement of a customer's account that no code confirmed. */
export type UnconfirmedMovement = NewsOfAct & {
  readonly customer: string;
  /** As the entry has it; null: none that can be read. */
  readonly confirmation: Confirmation | null;
  /** Whether a reserve code confirmed it. */
  readonly byReserveCode: boolean;
};

/** Queues a notice for each customer of these movements; to be called in the transaction that keeps the entry. */
export function queueNotices(
  parts: Pick<Relay, 'db' | 'now' | 'seal' | 'provider' | 'policy' | 'notices'>,
  act: JournalAct,
  movements: readonly UnconfirmedMovement[],
): void {
  const newest = parts.policy()?.policy;
  // before first run there is no shop that could send anything
  if (newest === undefined || movements.length === 0) return;
  for (const customer of new Set(movements.map((movement) => movement.customer))) {
    const own = movements.filter((movement) => movement.customer === customer);
    queueOne(parts, act, customer, own, newest);
  }
  parts.notices.wake();
}

function queueOne(
  parts: Pick<Relay, 'db' | 'now' | 'seal' | 'provider'>,
  { hash: entry, till, seq, at, policy, act }: JournalAct,
  customer: string,
  movements: readonly UnconfirmedMovement[],
  newest: Policy,
): void {
  const { db, now } = parts;
  const by = movements.every(({ byReserveCode }) => byReserveCode) ? 'reserve-code' : 'no-code';
  const text = wordNotice(movements, by, newest, momentOf(at));
  const imported = act === 'customers-imported';
  const from = { about: 'act', entry, customer, till, seq, imported } as const;
  const row = { ...from, actedAt: at, queuedAt: now(), text };
  const staff = policyOfVersion(db, policy) ?? newest;
  addNotice(db, row, [
    ...customersNumbers(parts, customer, at).map((to) => ({ ...to, text })),
    ...operatorsNumbers(parts, movements, [staff, newest], at),
  ]);
}

/** `at` with the time zone of the relay's machine. */
export const momentOf = (at: number): Moment => ({
  at,
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/**
 * The numbers to which a customer's notice about an event at `at` (ms) is sent: the one registered before it and all newer
 * ones; where there was none, also those named by tills.
 */
export function customersNumbers(
  parts: Pick<Relay, 'db' | 'now' | 'seal' | 'provider'>,
  customer: string,
  at: number,
): readonly Omit<Recipient, 'text'>[] {
  const { db } = parts;
  registeredPhone(parts, customer); // a change that has waited long enough takes effect here
  const registered = phonesOf(db, customer);
  const before = registered.findLast(({ since }) => since <= at);
  const newer = registered.filter(({ since }) => since > at);
  const named = before === undefined ? contactsOf(db, customer) : [];
  const to =
    (proven: boolean) =>
    ({ phone, tag }: { phone: Buffer; tag: string }) =>
      ({ recipient: 'customer', phone, phoneTag: tag, proven }) as const;
  const known = before === undefined ? newer : [before, ...newer];
  return [...known.map(to(true)), ...named.map(to(false))];
}

/** The operator whose right an override names: their number by the policy of the act, and by the newest one. */
function operatorsNumbers(
  parts: Pick<Relay, 'seal'>,
  movements: readonly UnconfirmedMovement[],
  [staff, newest]: readonly [Policy, Policy],
  at: number,
): readonly Recipient[] {
  const overrides = movements.flatMap((movement) =>
    movement.confirmation?.kind === 'override' ? [{ movement, by: movement.confirmation.by }] : [],
  );
  return [...new Set(overrides.map(({ by }) => by))].flatMap((by): Recipient[] => {
    const news = overrides.filter((one) => one.by === by).map(({ movement }) => movement);
    const text = wordOperatorNotice(news, newest, momentOf(at));
    const phones = [staff, newest].flatMap((policy) => operatorOf(policy, by)?.phone ?? []);
    return [...new Set(phones)].map((phone) => ({
      ...{ recipient: 'operator', proven: true, text },
      phone: parts.seal.seal(phone),
      phoneTag: phoneTag(parts, phone),
    }));
  });
}
