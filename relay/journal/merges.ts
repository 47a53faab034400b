// Merges cards into one account.
// What the author of a merge and the relay know of the cards, and what follows from it.
import type { Credit } from '$lib/contract/acts/customer';
import type { BodyOf } from '$lib/contract/journal';
import type { Relay } from '../context';
import type { MergeKnown } from '$lib/domain/decide-again';
import type { Phone } from '$lib/domain/values/phone';
import { usedProofs } from './act-proofs';
import { NOT_KNOWN, type KnownHere } from './author-knew';
import { cardOf } from './consent-known';
import type { MergeConsent } from './consents';
import type { Original } from './entry-reading';
import { removeAllPersons } from '../store/authorised-persons';
import { disputedSince, isDisputedBy } from '../store/disputes';
import { forgottenOf } from '../store/forgotten';
import { creditAt } from '../store/former-journals';
import { creditOf, keepCredit } from '../store/credits';
import type { AuthorView } from '../store/originals';
import { addMerge, isMergedAway } from '../store/merges';
import { voidReserveCodes } from '../store/reserve-codes';

/**
 * What the author of a merge knew of both cards, and what the relay knows. `here` null: a customer was forgotten, which the author did
 * not know. The number is erased then, so the customer's code cannot be checked any more. `ownPhone`: the operator's own number if
 * one of the cards has it.
 */
export async function mergeKnown(
  relay: Relay,
  original: Original,
  { ownPhone, ...view }: AuthorView & { readonly ownPhone: Phone | null },
): Promise<KnownHere<MergeKnown>> {
  const { merging } = original;
  const { db } = relay;
  if (merging === null) return NOT_KNOWN;
  const grantsUsed = await usedProofs(relay, original);
  let isErased = false;
  const here = { isGone: false, disputed: false, grantsUsed };
  const inShop = { isGone: false, disputed: false, grantsUsed };
  for (const { customer } of [merging.from, merging.into]) {
    here.isGone ||= await isMergedAway(db, customer, view.seen);
    here.disputed ||= await isDisputedBy(db, { customer, ...view });
    const forgotten = await forgottenOf(db, customer);
    isErased ||=
      forgotten !== null && !view.device.includes(forgotten.till) && forgotten.order > view.seen;
    inShop.isGone ||= forgotten !== null || (await isMergedAway(db, customer));
    inShop.disputed ||= (await disputedSince(db, customer)) !== null;
  }
  const card = ({ customer, jws, grant, dealHash }: MergeConsent, credit: Credit | null) => ({
    customer: cardOf(customer, credit ?? { kind: 'shop-limit' }, ownPhone),
    code: grant && { jws, grant },
    dealHash,
  });
  const { from, into } = merging;
  const creditHere = ({ customer }: MergeConsent) => creditAt(db, { customer, ...view });
  const creditInShop = ({ customer }: MergeConsent) => creditOf(db, customer);
  return {
    here: isErased
      ? null
      : {
          ...here,
          from: card(from, await creditHere(from)),
          into: card(into, await creditHere(into)),
        },
    inShop: {
      ...inShop,
      from: card(from, await creditInShop(from)),
      into: card(into, await creditInShop(into)),
    },
  };
}

/** Makes one account of both cards, with one credit. `order`: the entry's place. Runs inside the caller's transaction. */
export async function mergeCustomers(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  { till, order }: { readonly till: string; readonly order: number },
  body: BodyOf<'customers-merged'>,
): Promise<void> {
  const [from, into] = [body.from.customer, body.into.customer];
  await addMerge(db, { from, into, order });
  for (const customer of [from, into])
    await keepCredit(db, { customer, till, credit: body.credit, order, changed: order });
  await voidReserveCodes(db, from, now());
  await removeAllPersons(db, { customer: from, at: now() });
}
