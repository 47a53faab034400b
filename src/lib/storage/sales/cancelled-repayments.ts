// Reads whether a repayment may be cancelled, and saves its cancellation.
// The customer's code or an override confirms it.
import type { EntryOf } from '$lib/contract/journal';
import {
  decideCancellation,
  type CancellationInput,
  type CancellationRefusal,
} from '$lib/domain/acts/money/repayment-cancelled';
import { isOfGoods } from '$lib/domain/receipt/returns';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import { exact, money } from '$lib/domain/values/money';
import { cancellationHash } from '$lib/proof/deal';
import { standingIn } from '$lib/storage/customers/accounts';
import { asCustomer } from '$lib/storage/customers/customers';
import { debtRowsIn } from '$lib/storage/customers/debts';
import { disputeOf } from '$lib/storage/customers/disputes';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';
import {
  NO_CUSTOMER,
  saveAct,
  type NoCustomer,
  type Refused,
  type Saved,
} from '$lib/storage/policy/save-act';
import { accountCardsIn } from '$lib/storage/remote/merged-cards';
import { balanceTables } from '$lib/storage/remote/packed-balances';
import { customersIn, customerTables } from '$lib/storage/remote/remote-cards';
import { shiftIn } from '$lib/storage/shifts/shifts';
import { returnsOfIn } from './returns-of-sale';
import { prove, type ProofRefusal, usedAmong } from './sale-proofs';
import { usageIn } from './usage';

type Repayment = EntryOf<'repayment'>;

export type CancellationAttempt = {
  /** Id of the cancellation, made before the first attempt. */
  readonly cancellation: string;
  readonly repayment: Repayment;
  readonly reason: string;
  /** A colleague with the right, who gave their PIN; null: nobody did. */
  readonly allowedBy: string | null;
  readonly confirmations: readonly GivenConfirmation[];
  readonly operator: string;
  /** ms, corrected by the relay's clock. */
  readonly at: number;
};

export type CancellationOutcome =
  Saved<'repayment-cancelled'> | Refused<CancellationRefusal | ProofRefusal | NoCustomer>;

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
    disputeOf(db, id),
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
    shift,
    usage,
    standing,
    debts: rows,
    disputed: dispute !== null,
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
export function saveCancellation(
  db: TillDb,
  attempt: CancellationAttempt,
): Promise<CancellationOutcome> {
  const { cancellation, repayment } = attempt;
  const reading = {
    tables: tablesOfFacts(db),
    look: () => factsIn(db, repayment, attempt.at),
  };
  const by = { ...attempt, id: cancellation };
  return saveAct(db, 'repayment-cancelled', by, reading, async ({ till, ...who }, known) => {
    const { customer } = known;
    if (customer === null) return NO_CUSTOMER;
    const proofs = await prove(attempt.confirmations, till.relayKey, customer);
    if (proofs.kind === 'refused') return proofs;
    const { id: customerId, cardSalt, phone } = customer;
    const deal = { cancellation, customerId, cardSalt, repayment: repayment.hash };
    const decided = decideCancellation({
      ...attempt,
      ...known,
      ...who,
      till: till.id,
      customer,
      confirmations: proofs.confirmations,
      grantsUsed: await usedAmong(db, proofs.challenges),
      dealHash:
        phone === null
          ? null
          : await cancellationHash({ ...deal, phone, amount: repayment.body.amount }),
    });
    return decided.kind === 'refused' ? decided : { ...decided, real: proofs.real };
  });
}
