// Merges cards into one account.
// What the author of a merge and the relay know of the cards, and what follows from it.
import type { Credit } from '$lib/contract/acts/customer';
import type { BodyOf } from '$lib/contract/journal';
import type { Relay } from '../context';
import type { MergeKnown } from '$lib/domain/decide-again';
import type { Phone } from '$lib/domain/values/phone';
import { NOT_KNOWN, type KnownHere } from './author-knew';
import { cardOf } from './consent-known';
import type { MergeConsent } from './consents';
import type { Original } from './entry-reading';
import { removeAllPersons } from '../store/authorised-persons';
import { isGrantRevoked } from '../store/challenges';
import { disputedSince, isDisputedBy } from '../store/disputes';
import { forgottenOf } from '../store/forgotten';
import { creditAt } from '../store/former-journals';
import { creditOf, keepCredit } from '../store/credits';
import type { AuthorView } from '../store/originals';
import { isSpentElsewhere, spendGrant } from '../store/spent-grants';
import { addMerge, isMergedAway } from '../store/merges';
import { voidReserveCodes } from '../store/reserve-codes';
import { closeGrant } from '../store/withheld';

/**
 * What the author of a merge knew of both cards, and what the relay knows. `here` null: a customer was forgotten, which the author did
 * not know. The number is erased then, so the customer's code cannot be checked any more. `ownPhone`: the operator's own number if
 * one of the cards has it.
 */
export async function mergeKnown(
  { db, provider }: Relay,
  { hash, merging }: Original,
  { ownPhone, ...view }: AuthorView & { readonly ownPhone: Phone | null },
): Promise<KnownHere<MergeKnown>> {
  if (merging === null) return NOT_KNOWN;
  const grantsUsed = new Set<string>();
  let isErased = false;
  const here = { isGone: false, disputed: false, grantsUsed };
  const inShop = { isGone: false, disputed: false, grantsUsed };
  for (const { customer, grant } of [merging.from, merging.into]) {
    here.isGone ||= await isMergedAway(db, customer, view.seen);
    here.disputed ||= await isDisputedBy(db, { customer, ...view });
    const forgotten = await forgottenOf(db, customer);
    isErased ||=
      forgotten !== null && !view.device.includes(forgotten.till) && forgotten.order > view.seen;
    inShop.isGone ||= forgotten !== null || (await isMergedAway(db, customer));
    inShop.disputed ||= (await disputedSince(db, customer)) !== null;
    if (grant === null) continue;
    const isSpent = await isSpentElsewhere(db, grant.challenge, hash);
    const isRevoked = await isGrantRevoked(db, grant.challenge);
    // a code sent by the demo provider is not consent
    const isOfDemo = grant.demo && !provider.isDemo();
    if (isSpent || isRevoked || isOfDemo) grantsUsed.add(grant.challenge);
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

/** Spends the codes of a merge, even if it is refused. Runs inside the caller's transaction. */
export async function spendConsents(
  db: Relay['db'],
  { hash, till, merging }: Original,
): Promise<void> {
  for (const { grant } of merging === null ? [] : [merging.from, merging.into]) {
    // a forged entry must not spend another till's grant
    if (grant === null || grant.till !== till) continue;
    await spendGrant(db, grant.challenge, hash);
    await closeGrant(db, grant.challenge);
  }
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
