// Merges two cards into one account with the codes of both customers.
// They become one account once the relay, which knows more, accepts the act (`remote/merged-cards.ts`).
import {
  decideMerge,
  refusedMerge,
  type MergeRefusal,
  type MergingCard,
} from '$lib/domain/acts/customers/customers-merged';
import { stricterCredit, type Customer, type Standing } from '$lib/domain/customers/customer';
import type { Credit } from '$lib/contract/acts/customer';
import type { PublicKey } from '$lib/contract/values';
import { mergeHash, phoneHash } from '$lib/proof/deal';
import { verifyGrant } from '$lib/proof/grant';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import {
  NO_CUSTOMER,
  saveAct,
  type NoCustomer,
  type Refused,
  type Saved,
} from '$lib/storage/policy/save-act';
import { judgePolicy, policyFactsIn } from '$lib/storage/policy/policies';
import { mergesIn } from '$lib/storage/remote/merged-cards';
import { balanceTables } from '$lib/storage/remote/packed-balances';
import { customersIn, customerTables } from '$lib/storage/remote/remote-cards';
import { standingIn } from '$lib/storage/customers/accounts';
import { asCustomer } from '$lib/storage/customers/customers';
import { disputeOf } from '$lib/storage/customers/disputes';
import { usedAmong } from './sale-proofs';

/** `from`: id of the card that is merged away; `into`: id of the card under which both are shown. */
export type Merging = { readonly from: string; readonly into: string };

export type MergeAttempt = Merging & {
  /** Id of the merge, made before the codes are requested. */
  readonly merge: string;
  /** Signed grants for the codes of both customers. */
  readonly codes: Merging;
  readonly operator: string;
  /** ms, corrected by the relay's clock. */
  readonly at: number;
};

type Because = MergeRefusal | NoCustomer;
export type MergeOutcome = Saved<'customers-merged'> | Refused<Because>;

/** What a merge would do: the balances of `from`, and the credit of the joint account. */
export type MergePreview = {
  readonly kind: 'allowed';
  readonly moves: Standing;
  readonly from: Customer;
  readonly into: Customer;
  readonly credit: Credit;
};

/** What a merge would do, or why it is refused before anybody is asked. Changes nothing. Throws StorageError. */
export async function whatMerging(
  db: TillDb,
  { operator, ...cards }: Merging & { readonly operator: string },
): Promise<MergePreview | Refused<Because>> {
  const [facts, seen] = await readTogether(db, [db.policy, ...tables(db)], () =>
    Promise.all([policyFactsIn(db), knownIn(db, cards)]),
  );
  const current = await judgePolicy(facts);
  if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
  const { from, into, moves, disputed, isGone } = seen;
  if (from === null || into === null) return NO_CUSTOMER;
  const { policy } = current;
  const because = refusedMerge({
    policy,
    operator,
    disputed,
    isGone,
    from: { customer: from },
    into: { customer: into },
  });
  if (because !== null) return { kind: 'refused', because };
  const credit = stricterCredit(into.credit, from.credit, policy.credit.debtLimit);
  return { kind: 'allowed', moves, from, into, credit };
}

/** Merges two cards. The same id returns the same entry. Throws StorageError: nothing is saved. */
export function mergeCustomers(db: TillDb, attempt: MergeAttempt): Promise<MergeOutcome> {
  const { merge, codes } = attempt;
  const reading = { tables: tables(db), look: () => knownIn(db, attempt) };
  const by = { ...attempt, id: merge };
  return saveAct(db, 'customers-merged', by, reading, async ({ till, ...who }, known) => {
    const { from, into, disputed, isGone } = known;
    if (from === null || into === null) return NO_CUSTOMER;
    const [first, second] = [
      await mergingCard(attempt, from, codes.from, till.relayKey),
      await mergingCard(attempt, into, codes.into, till.relayKey),
    ];
    const challenges = [first, second].flatMap(({ code }) => code?.grant.challenge ?? []);
    return decideMerge({
      ...who,
      till: till.id,
      merge,
      disputed,
      isGone,
      from: first,
      into: second,
      grantsUsed: await usedAmong(db, challenges),
    });
  });
}

/** A card with its code, if the code was signed for the card's number. */
async function mergingCard(
  { merge, from, into }: MergeAttempt,
  customer: Customer,
  jws: string,
  relayKey: PublicKey,
): Promise<MergingCard> {
  const { id: customerId, phone, cardSalt } = customer;
  if (phone === null) return { customer, code: null, dealHash: null };
  const grant = await verifyGrant(jws, relayKey);
  const isTheirs = grant !== null && grant.phoneHash === (await phoneHash(cardSalt, phone));
  return {
    customer,
    code: isTheirs ? { jws, grant } : null,
    dealHash: await mergeHash({ merge, customerId, cardSalt, phone, from, into }),
  };
}

const tables = (db: TillDb) => [
  ...[...customerTables(db), db.meta],
  ...[...balanceTables(db), db.disputes, db.remoteDisputes, db.journal, db.remoteJournal],
];

/** Awaits Dexie only. */
async function knownIn(db: TillDb, { from, into }: Merging) {
  const [cards, moves, ofFrom, ofInto, merges] = await Promise.all([
    customersIn(db, [from, into]),
    standingIn(db, from),
    disputeOf(db, from),
    disputeOf(db, into),
    mergesIn(db),
  ]);
  const [first, second] = cards.map((card) => (card === undefined ? null : asCustomer(card)));
  return {
    moves,
    from: first ?? null,
    into: second ?? null,
    disputed: ofFrom !== null || ofInto !== null,
    isGone: [from, into].some((id) => merges.shownUnder(id) !== id),
  };
}
