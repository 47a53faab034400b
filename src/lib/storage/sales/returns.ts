// Reads what returns are decided by, and saves returns: of a known sale, or without one.
import type { EntryOf } from '$lib/contract/journal';
import { DAY_MS } from '$lib/domain/values/durations';
import {
  decideReturn,
  givenBy,
  worthOfReturn,
  type AskedForReturn,
  type ReturnInput,
  type ReturnRefusal,
} from '$lib/domain/acts/money/return';
import {
  decideReturnWithoutSale,
  type ReturnWithoutSaleInput,
} from '$lib/domain/acts/money/return-without-sale';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import type { Customer } from '$lib/domain/customers/customer';
import { NO_DEBTS } from '$lib/domain/customers/debts';
import { NOTHING_USED, type OverrideUsage } from '$lib/domain/consent/override';
import type { Deciding } from '$lib/domain/policy/rights';
import { isOpen, type FloatNotCounted } from '$lib/domain/shift/shift';
import { verifyEntry } from '$lib/proof/chain';
import { returnHash } from '$lib/proof/deal';
import { standingIn } from '$lib/storage/customers/accounts';
import { asCustomer } from '$lib/storage/customers/customers';
import { debtsIn } from '$lib/storage/customers/debts';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';
import {
  NO_CUSTOMER,
  NO_SHIFT,
  saveAct,
  type DecidingHere,
  type NoCustomer,
  type Refused,
  type Saved,
  type ToWrite,
} from '$lib/storage/policy/save-act';
import { isErased } from '$lib/storage/remote/forgotten-customers';
import { balanceTables } from '$lib/storage/remote/packed-balances';
import { customersIn, heldCardsIn, customerTables } from '$lib/storage/remote/remote-cards';
import { inOpenShift, shiftIn } from '$lib/storage/shifts/shifts';
import { provenIn, windowsEndIn } from '$lib/storage/database/meta';
import type { Table } from 'dexie';
import { returnsIn, sinceSaleIn } from './returns-of-sale';
import { prove, type ProofRefusal, usedAmong } from './sale-proofs';
import { usageIn } from './usage';

/** The facts that a return of a sale is decided by, besides the chosen goods. */
export type ReturnFacts = Pick<ReturnInput, 'since' | 'points' | 'guardedToday' | 'givenToday'> & {
  readonly card: Customer | null;
  /** The customer of the sale if they have a phone; null: nobody can be asked for a code. */
  readonly customer: Customer | null;
  /** Overrides of the last 24 hours. */
  readonly usage: OverrideUsage;
};

/** Tables that `returnFactsIn` reads. */
const factTables = (db: TillDb): Table[] => [
  ...[db.debts, db.remoteDebts, db.returns, db.remoteReturns, ...balanceTables(db)],
  ...[...customerTables(db), db.meta],
  ...[db.confirmations, db.remoteConfirmations],
];

/** The operator who would save a return, and the time, ms. */
type ReturnedBy = Pick<ReturnAttempt, 'operator' | 'at'>;

/** What this till knows of a sale over all tills. Awaits Dexie only. */
async function returnFactsIn(
  db: TillDb,
  { hash, body: { customer } }: EntryOf<'sale'>,
  { operator, at }: ReturnedBy,
): Promise<ReturnFacts> {
  const [since, today, forgotten, standing, [card], usage] = await Promise.all([
    sinceSaleIn(db, hash, customer),
    todayIn(db, { operator, at }),
    // a missing card does not mean that the customer was forgotten: it may not be downloaded again yet
    db.forgotten.get(customer ?? ''),
    standingIn(db, customer ?? ''),
    // a card that will be erased still has its number and points
    heldCardsIn(db, customer === null ? [] : [customer]),
    customer === null ? NOTHING_USED : usageIn(db, at, customer),
  ]);
  const held = card === undefined ? null : asCustomer(card);
  return {
    ...today,
    since,
    points: isErased(forgotten) ? null : standing.points,
    usage,
    card: held,
    customer: (held?.phone ?? null) === null ? null : held,
  };
}

/** What this till's returns of the last 24 hours count for, minor units. Awaits Dexie only. */
async function todayIn(
  db: TillDb,
  { operator, at }: ReturnedBy,
): Promise<Pick<ReturnFacts, 'guardedToday' | 'givenToday'>> {
  const end = await windowsEndIn(db, at);
  const rows = await db.returns
    .where('at')
    .above(end - DAY_MS)
    .toArray();
  const own = rows.filter((row) => row.operator === operator);
  return {
    guardedToday: rows.reduce((sum, { guarded }) => sum + guarded, 0),
    givenToday: own.reduce((sum, { given }) => sum + given, 0),
  };
}

/** The facts that a return of this sale is decided by, read in one transaction. Throws StorageError. */
export const returnFactsOf = (
  db: TillDb,
  sale: EntryOf<'sale'>,
  by: ReturnedBy,
): Promise<ReturnFacts> => readTogether(db, factTables(db), () => returnFactsIn(db, sale, by));

/** The entries of a sale's returns, oldest first, without those that are not here. Throws StorageError. */
export function returnEntriesOf(db: TillDb, sale: string): Promise<EntryOf<'return'>[]> {
  const tables = [db.returns, db.remoteReturns, db.journal, db.remoteJournal];
  return readTogether(db, tables, async () => {
    const entries = await entriesOf(db, await returnsIn(db, sale));
    return entries.flatMap((entry) =>
      entry?.act === 'return' ? [entry as EntryOf<'return'>] : [],
    );
  });
}

/** The facts that a return without a sale is decided by, besides the chosen goods. */
export type FactsWithoutSale = Pick<ReturnWithoutSaleInput, 'card' | 'debts' | 'guardedToday'>;

const tablesWithoutSale = (db: TillDb): Table[] => [
  ...[db.debts, db.remoteDebts, db.returns, db.meta, db.remoteCards],
  ...customerTables(db),
];

/** Awaits Dexie only. */
async function factsWithoutSaleIn(
  db: TillDb,
  customer: string | null,
  by: ReturnedBy,
): Promise<FactsWithoutSale> {
  const [debts, { guardedToday }, [card]] = await Promise.all([
    customer === null ? NO_DEBTS : debtsIn(db, customer),
    todayIn(db, by),
    customersIn(db, customer === null ? [] : [customer]),
  ]);
  return { debts, guardedToday, card: card === undefined ? null : asCustomer(card) };
}

/** The facts that this customer's return without a sale is decided by, read in one transaction. Throws StorageError. */
export const factsWithoutSale = (
  db: TillDb,
  customer: string | null,
  by: ReturnedBy,
): Promise<FactsWithoutSale> =>
  readTogether(db, tablesWithoutSale(db), () => factsWithoutSaleIn(db, customer, by));

type Asked<Input, Facts> = Omit<Input, keyof Deciding | keyof Facts | 'sale' | 'asked'> & {
  readonly operator: string;
};

/** A return as the screen asks to save it. `sale`: its entry, from this till or from the relay; null: the sale is unknown. */
export type ReturnAttempt =
  | (Asked<ReturnInput, ReturnFacts> & {
      readonly sale: EntryOf<'sale'>;
      /** The customer's code, or an override; empty if neither is required. */
      readonly confirmations?: readonly GivenConfirmation[];
    })
  | (Asked<ReturnWithoutSaleInput, FactsWithoutSale> & { readonly sale: null });

type Because =
  ReturnRefusal | FloatNotCounted | ProofRefusal | NoCustomer | { readonly kind: 'not-the-sale' };
export type ReturnOutcome = Saved<'return'> | Refused<Because>;

/**
 * Saves a return, decided by what this till knows of the sale or the customer over all tills. The same id returns the same
 * entry. Opens a shift first if none is open. Throws StorageError: nothing is saved.
 */
export async function saveReturn(db: TillDb, attempt: ReturnAttempt): Promise<ReturnOutcome> {
  const { sale } = attempt;
  if (sale !== null && !(await verifyEntry(sale)))
    return { kind: 'refused', because: { kind: 'not-the-sale' } };
  const reading = {
    tables: [db.shifts, ...(sale === null ? tablesWithoutSale(db) : factTables(db))],
    look: async () => {
      const [decide, { shift }] = await Promise.all([deciderIn(db, attempt), shiftIn(db)]);
      return { decide, shift };
    },
  };
  const by = { ...attempt, id: attempt.return };
  return inOpenShift(db, attempt, () =>
    saveAct(db, 'return', by, reading, async (who, { decide, shift }) => {
      const decided = await decide(who);
      return decided.kind === 'refused' || isOpen(shift) ? decided : NO_SHIFT;
    }),
  );
}

type Decided = ToWrite<'return'> | Refused<Because>;
type Decide = (by: DecidingHere) => Promise<Decided>;

/** Reads what the decision needs, and returns the decision as a function. Awaits Dexie only. */
async function deciderIn(db: TillDb, attempt: ReturnAttempt): Promise<Decide> {
  if (attempt.sale !== null) {
    const facts = await returnFactsIn(db, attempt.sale, attempt);
    return (by) => decideAsked(db, attempt, facts, by);
  }
  const { customer, operator } = attempt;
  // the day of a clock set back would have other returns
  const at = Math.max(attempt.at, await provenIn(db));
  const facts = await factsWithoutSaleIn(db, customer, { operator, at });
  return (by) =>
    Promise.resolve(
      customer !== null && facts.card === null
        ? NO_CUSTOMER
        : decideReturnWithoutSale({ ...attempt, ...facts, ...by }),
    );
}

/** Decides a return of a sale, with the customer's code or an override if one is required. */
async function decideAsked(
  db: TillDb,
  attempt: Extract<ReturnAttempt, { readonly sale: object }>,
  { customer, usage, ...facts }: ReturnFacts,
  { till, ...by }: DecidingHere,
): Promise<Decided> {
  const { sale } = attempt;
  const input = { ...attempt, ...facts, ...by };
  const unasked = decideReturn({ ...input, asked: null });
  if (unasked.kind === 'refused' || customer === null) return unasked;
  const proofs = await prove(attempt.confirmations ?? [], till.relayKey, customer);
  if (proofs.kind === 'refused') return proofs;
  const { id: customerId, cardSalt, phone } = customer;
  const amount = worthOfReturn(givenBy(unasked.body), sale.body);
  const deal = { return: attempt.return, customerId, cardSalt, sale: sale.hash, amount };
  const asked: AskedForReturn = {
    till: till.id,
    customer,
    usage,
    confirmations: proofs.confirmations,
    grantsUsed: await usedAmong(db, proofs.challenges),
    dealHash: phone === null ? null : await returnHash({ ...deal, phone }),
  };
  const decided = decideReturn({ ...input, asked });
  return decided.kind === 'refused' ? decided : { ...decided, real: proofs.real };
}
