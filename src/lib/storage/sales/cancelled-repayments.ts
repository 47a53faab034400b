// Reads whether a repayment may be cancelled, and saves its cancellation.
// The customer's code or an override confirms it.
import type { EntryOf } from '$lib/contract/journal';
import {
  decideCancellation,
  type CancellationInput,
  type CancellationRefusal,
} from '$lib/domain/acts/repayment-cancelled';
import { isOfGoods } from '$lib/domain/receipt/returns';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import { exact, money } from '$lib/domain/values/money';
import { cancellationHash } from '$lib/proof/deal';
import { standingIn } from '$lib/storage/customers/accounts';
import { asCustomer } from '$lib/storage/customers/customers';
import { debtRowsIn } from '$lib/storage/customers/debts';
import { disputeIn } from '$lib/storage/customers/disputes';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { isEnrolled } from '$lib/storage/database/till-record';
import { entriesOf } from '$lib/storage/journal/reader';
import { asWriterSeeing, giveUpPending } from '$lib/storage/journal/writer';
import { judgePolicy, policyFactsIn, type PolicyRefused } from '$lib/storage/policy/policies';
import { accountCardsIn } from '$lib/storage/remote/merged-cards';
import { balanceTables } from '$lib/storage/remote/packed-balances';
import { customersIn, customerTables } from '$lib/storage/remote/remote-cards';
import { shiftIn } from '$lib/storage/shifts/shifts';
import { provenIn } from '$lib/storage/till/clock';
import { usedAmong } from './corrections';
import { returnsOfIn } from './returns';
import { prove, type Proven } from './sale-proofs';
import { usageIn } from './usage';

type Repayment = EntryOf<'repayment'>;

export type CancellationAttempt = {
  /** Id of the cancellation, made before the first attempt. */
  readonly cancellation: string;
  readonly repayment: Repayment;
  readonly reason: string;
  readonly confirmations: readonly GivenConfirmation[];
  readonly operator: string;
  /** ms, corrected by the relay's clock. */
  readonly at: number;
};

export type CancellationOutcome =
  | { readonly kind: 'saved'; readonly entry: EntryOf<'repayment-cancelled'> }
  | {
      readonly kind: 'refused';
      readonly because:
        | CancellationRefusal
        | PolicyRefused
        | Extract<Proven, { kind: 'refused' }>['because']
        | { readonly kind: 'no-customer' };
    };

/** The tables that `factsIn` reads. */
const tablesOfFacts = (db: TillDb) => [
  ...[...customerTables(db), ...balanceTables(db), db.shifts, db.meta],
  ...[db.accountEntries, db.remoteAccountEntries, db.debts, db.remoteDebts],
  ...[db.returns, db.remoteReturns, db.confirmations, db.remoteConfirmations],
  ...[db.disputes, db.remoteDisputes, db.journal, db.remoteJournal],
];

/** Everything that the decision about a cancellation needs. Awaits Dexie only. */
async function factsIn(db: TillDb, { till, seq, hash, body }: Repayment, at: number) {
  const { customer: id } = body;
  const debts = [...new Set(body.settles.map(({ debt }) => debt))];
  const account = await accountCardsIn(db, id);
  const [cards, { shift }, raised, returns, dispute, usage, standing, rows] = await Promise.all([
    customersIn(db, [id]),
    shiftIn(db),
    db.accountEntries
      .where('customer')
      .anyOf(account)
      .and((row) => row.till === till && row.seq > seq && row.account === 'debt' && row.delta > 0)
      .toArray(),
    returnsOfIn(db, debts),
    disputeIn(db, id),
    usageIn(db, at, id),
    standingIn(db, id),
    debtRowsIn(db, id, debts),
  ]);
  const [card] = cards;
  // an own step that is also in the copy was refused by the relay, so it does not count
  const refused = await db.remoteAccountEntries.bulkGet(
    raised.map(({ hash, index }): [string, number] => [hash, index]),
  );
  const later = raised.filter((_, place) => refused[place] === undefined);
  const raising = await entriesOf(db, later);
  const cancelled = raising.flatMap((entry) =>
    entry?.act === 'repayment-cancelled' ? [entry as EntryOf<'repayment-cancelled'>] : [],
  );
  const others = later.filter((_, place) => raising[place]?.act !== 'repayment-cancelled');
  return {
    customer: card === undefined ? null : asCustomer(card),
    ...{ shift, usage, standing, debts: rows, disputed: dispute !== undefined },
    isCancelled: cancelled.some(({ body: { repayment } }) => repayment.hash === hash),
    owedSince: money(others.reduce((sum, { delta }) => exact(sum + delta), 0)),
    isReturned: returns.some(isOfGoods),
  };
}

export type CancellationFacts = Omit<Awaited<ReturnType<typeof factsIn>>, 'customer'> & {
  readonly customer: CancellationInput['customer'] | null;
};

/** For the screen: the facts that a cancellation of this repayment would now be decided by. Throws StorageError. */
export const cancellationFacts = (
  db: TillDb,
  repayment: Repayment,
  at: number,
): Promise<CancellationFacts> =>
  readTogether(db, tablesOfFacts(db), () => factsIn(db, repayment, at));

/**
 * Cancels a repayment, decided by what this till knows of all tills. The same id returns the same entry. Throws StorageError:
 * nothing is saved.
 */
export async function saveCancellation(
  db: TillDb,
  attempt: CancellationAttempt,
): Promise<CancellationOutcome> {
  const { cancellation, repayment, operator } = attempt;
  const look = {
    tables: [db.actIds, db.policy, ...tablesOfFacts(db)],
    look: async () => {
      const [saved, policyFacts, proven, known] = await Promise.all([
        db.actIds.get(cancellation),
        policyFactsIn(db),
        provenIn(db),
        factsIn(db, repayment, attempt.at),
      ]);
      const entries = saved === undefined ? [] : await entriesOf(db, [saved]);
      return { already: entries[0] ?? null, policyFacts, proven, known };
    },
  };
  type Seen = Awaited<ReturnType<typeof look.look>>;
  const outcome = await asWriterSeeing<Seen, CancellationOutcome>(
    db,
    look,
    async (writer, seen) => {
      const { already, policyFacts, proven } = seen;
      if (already !== null)
        return { kind: 'saved', entry: already as EntryOf<'repayment-cancelled'> };
      // a clock set back must not make an expired code valid again
      const at = Math.max(attempt.at, proven);
      const { till } = writer;
      const current = await judgePolicy(policyFacts);
      if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
      const { customer } = seen.known;
      if (customer === null || !isEnrolled(till))
        return { kind: 'refused', because: { kind: 'no-customer' } };
      const proofs = await prove(attempt.confirmations, till.relayKey, customer);
      if (proofs.kind === 'refused') return proofs;
      const { policy } = current;
      const { id: customerId, cardSalt, phone } = customer;
      const deal = { cancellation, customerId, cardSalt, repayment: repayment.hash };
      const decided = decideCancellation({
        ...{ ...attempt, ...seen.known, policy, till: till.id, at, customer },
        confirmations: proofs.confirmations,
        grantsUsed: await usedAmong(db, proofs.challenges),
        dealHash:
          phone === null
            ? null
            : await cancellationHash({ ...deal, phone, amount: repayment.body.amount }),
      });
      if (decided.kind === 'refused') return decided;
      const made = { body: decided.body, operator, at, policy: policy.version };
      const entry = await writer.write({ act: 'repayment-cancelled', ...made }, [], {
        before: null,
        real: proofs.real,
      });
      return { kind: 'saved', entry };
    },
  );
  // an earlier try may be in the journal file; the next start must not book an act that was reported as refused
  if (outcome.kind === 'refused') await giveUpPending(db);
  return outcome;
}
