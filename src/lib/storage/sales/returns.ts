// Reads what was returned of a sale, and saves returns: of a known sale, or without one.
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { DAY_MS } from '$lib/domain/values/durations';
import {
  decideReturn,
  givenBy,
  worthOfReturn,
  type AskedForReturn,
  type ReturnInput,
  type ReturnRefusal,
  type SinceSale,
} from '$lib/domain/acts/return';
import {
  decideReturnWithoutSale,
  type ReturnWithoutSaleInput,
} from '$lib/domain/acts/return-without-sale';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import type { Customer } from '$lib/domain/customers/customer';
import { NO_DEBTS } from '$lib/domain/customers/debts';
import { NOTHING_USED, type OverrideUsage } from '$lib/domain/consent/override';
import type { Deciding } from '$lib/domain/policy/rights';
import type { ReturnRow } from '$lib/domain/rows';
import { isOpen } from '$lib/domain/shift/shift';
import { verifyEntry } from '$lib/proof/chain';
import { returnHash } from '$lib/proof/deal';
import { standingIn } from '$lib/storage/customers/accounts';
import { asCustomer } from '$lib/storage/customers/customers';
import { debtRowsIn, debtsIn } from '$lib/storage/customers/debts';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { isEnrolled } from '$lib/storage/database/till-record';
import { entriesOf } from '$lib/storage/journal/reader';
import { asWriterSeeing, giveUpPending, type Writer } from '$lib/storage/journal/writer';
import { judgePolicy, policyFactsIn, type PolicyRefused } from '$lib/storage/policy/policies';
import { areForgotten } from '$lib/storage/remote/forgotten-customers';
import { balanceTables } from '$lib/storage/remote/packed-balances';
import { customersIn, customerTables } from '$lib/storage/remote/remote-cards';
import type { FloatNotCounted } from '$lib/domain/shift/shift';
import { inOpenShift, NO_SHIFT, shiftIn } from '$lib/storage/shifts/shifts';
import { provenIn, windowsEndIn } from '$lib/storage/till/clock';
import type { Table } from 'dexie';
import { usedAmong } from './corrections';
import { prove, type Proven } from './sale-proofs';
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
  const [since, today, [isForgotten], standing, [card], usage] = await Promise.all([
    sinceSaleIn(db, hash, customer),
    todayIn(db, { operator, at }),
    // a missing card does not mean that the customer was forgotten: it may not be downloaded again yet
    areForgotten(db, customer === null ? [] : [customer]),
    standingIn(db, customer ?? ''),
    customersIn(db, customer === null ? [] : [customer]),
    customer === null ? NOTHING_USED : usageIn(db, at, customer),
  ]);
  const held = card === undefined ? null : asCustomer(card);
  return {
    ...today,
    since,
    points: isForgotten === true ? null : standing.points,
    usage,
    ...{ card: held, customer: (held?.phone ?? null) === null ? null : held },
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

async function sinceSaleIn(db: TillDb, hash: string, customer: string | null): Promise<SinceSale> {
  const [debts, returns] = await Promise.all([
    customer === null ? [] : debtRowsIn(db, customer, [hash]),
    returnsIn(db, hash),
  ]);
  return { debts, returns };
}

/** The returns of a sale, and its corrected tender, over all tills, oldest first. `sale`: hash of its entry. Awaits Dexie only. */
export const returnsIn = (db: TillDb, sale: string): Promise<readonly ReturnRow[]> =>
  returnsOfIn(db, [sale]);

/** The returns of several sales, oldest first. Awaits Dexie only. */
export async function returnsOfIn(
  db: TillDb,
  sales: readonly string[],
): Promise<readonly ReturnRow[]> {
  const [own = [], others = []] = await Promise.all(
    [db.returns, db.remoteReturns].map((table) => table.where('sale').anyOf(sales).toArray()),
  );
  const [here, there] = [own, others].map((rows) => new Set(rows.map(({ hash }) => hash)));
  // an own return that is also in the copy was refused by the relay, so it does not count
  const rows = [
    ...own.filter(({ hash }) => there?.has(hash) !== true),
    ...others.filter(({ hash }) => here?.has(hash) !== true),
  ];
  return rows.sort((a, b) => a.at - b.at || a.seq - b.seq);
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

export type ReturnOutcome =
  | { readonly kind: 'saved'; readonly entry: EntryOf<'return'> }
  | {
      readonly kind: 'refused';
      readonly because:
        | ReturnRefusal
        | PolicyRefused
        | FloatNotCounted
        | Extract<Proven, { kind: 'refused' }>['because']
        | { readonly kind: 'not-the-sale' | 'no-customer' };
    };

/**
 * Saves a return, decided by what this till knows of the sale or the customer over all tills. The same id returns the same
 * entry. Opens a shift first if none is open. Throws StorageError: nothing is saved.
 */
export async function saveReturn(db: TillDb, attempt: ReturnAttempt): Promise<ReturnOutcome> {
  const { sale } = attempt;
  if (sale !== null && !(await verifyEntry(sale)))
    return { kind: 'refused', because: { kind: 'not-the-sale' } };
  const outcome = await inOpenShift(db, attempt, () => saveInShift(db, attempt));
  // an earlier try may be in the journal file; the next start must not book an act that was reported as refused
  if (outcome.kind === 'refused') await giveUpPending(db);
  return outcome;
}

type Refused = Extract<ReturnOutcome, { kind: 'refused' }>;
type DecidedReturn = {
  readonly kind: 'decided';
  readonly body: BodyOf<'return'>;
  /** ms. */
  readonly at: number;
  /** Ids of genuine challenges, as `project` needs them. */
  readonly real: ReadonlySet<string>;
};
type Decide = (by: Deciding, till: Writer['till']) => Promise<DecidedReturn | Refused>;

/** Reads what the decision needs, and returns the decision as a function. Awaits Dexie only. */
async function deciderIn(db: TillDb, attempt: ReturnAttempt): Promise<Decide> {
  // a clock set back must not make an expired code valid again, nor put the return on an earlier day
  const at = Math.max(attempt.at, await provenIn(db));
  if (attempt.sale !== null) {
    const facts = await returnFactsIn(db, attempt.sale, attempt);
    return (by, till) => decideAsked(db, { ...attempt, at }, facts, { ...by, till });
  }
  const { customer, operator } = attempt;
  const facts = await factsWithoutSaleIn(db, customer, { operator, at });
  return (by) => {
    if (customer !== null && facts.card === null)
      return Promise.resolve({ kind: 'refused', because: { kind: 'no-customer' } });
    const decided = decideReturnWithoutSale({ ...attempt, at, ...facts, ...by });
    return Promise.resolve(
      decided.kind === 'refused' ? decided : { ...decided, at, real: new Set<string>() },
    );
  };
}

/** Decides a return of a sale, with the customer's code or an override if one is required. */
async function decideAsked(
  db: TillDb,
  attempt: Extract<ReturnAttempt, { readonly sale: object }>,
  { customer, usage, ...facts }: ReturnFacts,
  { till, ...by }: Deciding & { readonly till: Writer['till'] },
): Promise<DecidedReturn | Refused> {
  const { sale, at } = attempt;
  const input = { ...attempt, ...facts, ...by };
  const unasked = decideReturn({ ...input, asked: null });
  if (unasked.kind === 'refused') return unasked;
  if (customer === null || !isEnrolled(till)) return { ...unasked, at, real: new Set<string>() };
  const proofs = await prove(attempt.confirmations ?? [], till.relayKey, customer);
  if (proofs.kind === 'refused') return proofs;
  const { id: customerId, cardSalt, phone } = customer;
  const amount = worthOfReturn(givenBy(unasked.body), sale.body);
  const deal = { return: attempt.return, customerId, cardSalt, sale: sale.hash, amount };
  const asked: AskedForReturn = {
    ...{ till: till.id, customer, usage, confirmations: proofs.confirmations },
    grantsUsed: await usedAmong(db, proofs.challenges),
    dealHash: phone === null ? null : await returnHash({ ...deal, phone }),
  };
  const decided = decideReturn({ ...input, asked });
  return decided.kind === 'refused' ? decided : { ...decided, at, real: proofs.real };
}

/** Like `saveReturn`, but writes nothing if no shift is open. */
async function saveInShift(
  db: TillDb,
  attempt: ReturnAttempt,
): Promise<ReturnOutcome | typeof NO_SHIFT> {
  const { return: id, sale, operator } = attempt;
  const look = {
    tables: [
      ...[db.policy, db.actIds, db.shifts],
      ...(sale === null ? tablesWithoutSale(db) : factTables(db)),
    ],
    look: async () => {
      const [saved, policyFacts, decide, { shift }] = await Promise.all([
        db.actIds.get(id),
        policyFactsIn(db),
        deciderIn(db, attempt),
        shiftIn(db),
      ]);
      const entries = saved === undefined ? [] : await entriesOf(db, [saved]);
      return { already: entries[0] ?? null, policyFacts, decide, shift };
    },
  };
  type Seen = Awaited<ReturnType<typeof look.look>>;
  type Outcome = ReturnOutcome | typeof NO_SHIFT;
  return await asWriterSeeing<Seen, Outcome>(db, look, async (writer, seen) => {
    const { already, policyFacts, decide, shift } = seen;
    if (already !== null) return { kind: 'saved', entry: already as EntryOf<'return'> };
    const current = await judgePolicy(policyFacts);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    const { policy } = current;
    const decided = await decide({ policy, operator }, writer.till);
    if (decided.kind === 'refused') return decided;
    if (!isOpen(shift)) return NO_SHIFT;
    const { body, at, real } = decided;
    const made = { body, operator, at, policy: policy.version };
    const entry = await writer.write({ act: 'return', ...made }, [], { before: null, real });
    return { kind: 'saved', entry };
  });
}
