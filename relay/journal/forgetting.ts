// What is known of customers who were, or are to be, forgotten.
import { BY_RIGHT_MS, lastWithoutCode } from '$lib/domain/acts/customers/customer-forgotten';
import { rulesOf } from '$lib/domain/acts';
import { againRulesOf } from '$lib/domain/acts-again';
import type { OpenOfCustomer } from '$lib/domain/consent/forgetting';
import type { ForgettingKnown } from '$lib/domain/decide-again';
import { DAY_MS } from '$lib/domain/values/durations';
import type { Relay } from '../context';
import type { Database } from '../store/database';
import { disputedSince, isDisputedBy } from '../store/disputes';
import { delayedOf, forgottenByRight } from '../store/forgettings';
import { forgottenOf, hasUnsent, isConfirming, type Forgotten } from '../store/forgotten';
import { standingAt, standingOf } from '../store/account-steps';
import { creditOf } from '../store/credits';
import { actsOfCustomer, type ActRow } from '../store/journal-acts';
import type { AuthorView } from '../store/originals';
import { cardsOf } from '../store/merges';
import { usedProofs } from './act-proofs';
import { mostInADay } from './audit-windows';
import { NOT_KNOWN, type KnownHere } from './author-knew';
import { SAID } from './consent-known';
import type { Original } from './entry-reading';

/** How the customers of these acts and cards were forgotten, by customer. */
export async function forgottenAmong(
  db: Database,
  original: Original,
): Promise<ReadonlyMap<string, Forgotten>> {
  const found = new Map<string, Forgotten>();
  for (const customer of namedIn(original)) {
    const forgotten = await forgottenOf(db, customer);
    if (forgotten !== null) found.set(customer, forgotten);
  }
  return found;
}

/** The customers of an act that a till refuses for one who is forgotten. */
function namedIn({ act, sale, steps, cards }: Original): ReadonlySet<string> {
  if (againRulesOf(act).refusesForgotten !== true && rulesOf(act)?.cards === undefined)
    return new Set();
  const named = [...cards, ...steps, ...(sale === null ? [] : [sale])];
  return new Set(named.flatMap((each) => each.customer ?? []));
}

/** Tolerance for the rule about recent acts: clocks and times of arrival may differ by this much, ms. */
const LENIENT_MS = DAY_MS;

/**
 * What is known of a customer who is to be forgotten: by the author, and by the relay. `here` null: they were forgotten already,
 * so their number is erased and a code of theirs cannot be checked. `inShop` null: the relay knows no card. `at`: when the entry
 * counts, ms.
 */
export async function forgettingOf(
  relay: Relay,
  original: Original,
  view: AuthorView,
  at: number,
): Promise<KnownHere<ForgettingKnown>> {
  const { known, forgetting: consent, till } = original;
  if (known?.act !== 'customer-forgotten' || consent === null) return NOT_KNOWN;
  const { customer } = known.body;
  const { db } = relay;
  const isErased = (await forgottenOf(db, customer)) !== null;
  const uses = await forgottenByRight(db, { from: at - BY_RIGHT_MS, to: at + BY_RIGHT_MS });
  const proofsUsed = await usedProofs(relay, original);
  const by = { till, consent, proofsUsed };
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
  const here: ForgettingKnown = {
    ...by,
    merged: others(account),
    // a till that came from a snapshot does not know what others did before
    byRightToday: uses.filter((use) => view.device.includes(use.till) && use.at <= at).length,
    standing: await standingAt(db, { customer, ...view }),
    disputed: await isDisputedBy(db, { customer, ...view }),
    // neither is in a journal, so they cannot be judged for the author
    hasUnsent: false,
    isConfirming: false,
    // only the relay knows that an act has no valid proof
    withoutCodeAt: leniently(lastOf(seen.filter(({ proof }) => proof !== 'nothing'))),
    at,
  };
  const judged = isErased ? null : here;
  if ((await creditOf(db, customer)) === null) return { here: judged, inShop: null };
  const most = mostInADay(
    uses.map((use) => ({ at: use.at, amount: 1 })),
    { at, amount: 1 },
  );
  return {
    here: judged,
    inShop: {
      ...by,
      // nothing is left to protect
      consent: isErased ? { kind: 'by-right' } : consent,
      byRightToday: isErased ? 0 : most - 1,
      merged: others(cards),
      ...(await openInShop(relay, customer, at)),
    },
  };
}

const leniently = (at: number | null): number | null => (at === null ? null : at - LENIENT_MS);

/** What of a customer is open, as the relay knows it. `at`: ms. */
export async function openInShop(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  customer: string,
  at: number,
): Promise<OpenOfCustomer> {
  const cards = await cardsOf(db, customer);
  return {
    standing: await standingOf(db, customer),
    disputed: (await disputedSince(db, customer)) !== null,
    hasUnsent: await isAny(cards, (each) => hasUnsent(db, each)),
    isConfirming: await isAny(cards, (each) => isConfirming(db, each, now())),
    withoutCodeAt: lastOf(await actsOfCustomer(db, customer)),
    at,
  };
}

const lastOf = (acts: readonly ActRow[]): number | null =>
  lastWithoutCode(acts.map(({ at, proof }) => ({ at, kind: SAID[proof] })));

/** Customers of the act whose card its author knew to be on the way to be erased: nothing may be booked for them. */
export async function knewDelayed(
  db: Database,
  original: Original,
  { device, seen }: AuthorView,
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const customer of namedIn(original)) {
    const delayed = await delayedOf(db, customer);
    if (delayed.some(({ till, order }) => device.includes(till) || order <= seen))
      known.add(customer);
  }
  return known;
}

async function isAny(
  customers: readonly string[],
  holds: (customer: string) => Promise<boolean>,
): Promise<boolean> {
  for (const customer of customers) if (await holds(customer)) return true;
  return false;
}
