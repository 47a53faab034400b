// What is known of customers who were, or are to be, forgotten.
import type { EntryOf } from '$lib/contract/journal';
import { lastWithoutCode } from '$lib/domain/acts/customer-forgotten';
import { DAY_MS } from '$lib/domain/values/durations';
import type { Relay } from '../context';
import type { Database } from '../store/database';
import { disputedSince, isDisputedBy } from '../store/disputes';
import { forgottenOf, hasUnsent, isConfirming, type Forgotten } from '../store/forgotten';
import { standingAt, standingOf } from '../store/account-steps';
import { creditOf } from '../store/credits';
import { actsOfCustomer, type ActRow } from '../store/journal-acts';
import type { AuthorView } from '../store/originals';
import { cardsOf } from '../store/merges';
import type { ForgottenKnowledge } from './decide-again';
import { SAID } from './decide-again-consented';
import type { Original } from './entry-reading';

/** How the customers of these acts and cards were forgotten, by customer. */
export async function forgottenAmong(
  db: Database,
  { act, sale, steps, cards }: Original,
): Promise<ReadonlyMap<string, Forgotten>> {
  const found = new Map<string, Forgotten>();
  if (!NAMING.has(act)) return found;
  const named = [...cards, ...steps, ...(sale === null ? [] : [sale])];
  for (const customer of new Set(named.flatMap((each) => each.customer ?? []))) {
    const forgotten = await forgottenOf(db, customer);
    if (forgotten !== null) found.set(customer, forgotten);
  }
  return found;
}

/** Acts that a till refuses for a customer whom it knows to be forgotten. */
const NAMING: ReadonlySet<string> = new Set([
  ...['sale', 'customer-saved', 'customers-imported'],
  ...['authorised-person-added', 'authorised-person-removed'],
]);

/** Tolerance for the rule about recent acts: clocks and times of arrival may differ by this much, ms. */
const LENIENT_MS = DAY_MS;

/**
 * What is known of a customer who is to be forgotten: by the author, and by the relay; null: it knows no card, or they were
 * forgotten by another entry. `at`: when the entry counts, ms.
 */
export async function forgettingOf(
  relay: Relay,
  { body: { customer } }: EntryOf<'customer-forgotten'>,
  view: AuthorView,
  at: number,
): Promise<{ readonly here: ForgottenKnowledge; readonly inShop: ForgottenKnowledge | null }> {
  const { db, now } = relay;
  const acts = await actsOfCustomer(db, customer);
  const account = await cardsOf(db, customer, view.seen);
  // Acts that the author knew, on cards that they knew to belong to the account.
  const seen = acts.filter(
    ({ customer: card, till, order }) =>
      account.includes(card) &&
      (view.device.includes(till) || (order !== null && order <= view.seen)),
  );
  const others = (cards: readonly string[]) => cards.filter((each) => each !== customer).sort();
  const cards = await cardsOf(db, customer);
  const lastOf = (acts: readonly ActRow[]): number | null =>
    lastWithoutCode(acts.map(({ at, proof }) => ({ at, kind: SAID[proof] })));
  const here: ForgottenKnowledge = {
    merged: others(account),
    standing: await standingAt(db, { customer, ...view }),
    disputed: await isDisputedBy(db, { customer, ...view }),
    // neither is in a journal, so they cannot be judged for the author
    ...{ hasUnsent: false, isConfirming: false },
    // only the relay knows that an act has no valid proof
    withoutCodeAt: lastOf(seen.filter(({ proof }) => proof !== 'nothing')),
    at: at + LENIENT_MS,
  };
  if ((await creditOf(db, customer)) === null) return { here, inShop: null };
  return {
    here,
    inShop: {
      merged: others(cards),
      standing: await standingOf(db, customer),
      disputed: (await disputedSince(db, customer)) !== null,
      hasUnsent: await isAny(cards, (each) => hasUnsent(db, each)),
      isConfirming: await isAny(cards, (each) => isConfirming(db, each, now())),
      withoutCodeAt: lastOf(acts),
      at,
    },
  };
}

async function isAny(
  customers: readonly string[],
  holds: (customer: string) => Promise<boolean>,
): Promise<boolean> {
  for (const customer of customers) if (await holds(customer)) return true;
  return false;
}
