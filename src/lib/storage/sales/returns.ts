// Reads what became of a sale, and saves returns of its goods.
import type { EntryOf } from '$lib/contract/journal';
import { DAY_MS } from '$lib/domain/account';
import {
  decideReturn,
  type ReturnInput,
  type ReturnRefusal,
  type SinceSale,
} from '$lib/domain/acts/return';
import type { Deciding } from '$lib/domain/rights';
import type { ReturnRow } from '$lib/domain/rows';
import { isOpen } from '$lib/domain/shift';
import { verifyEntry } from '$lib/proof/chain';
import { standingIn } from '$lib/storage/customers/accounts';
import { snapshot, type TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';
import { asWriterSeeing, giveUpPending } from '$lib/storage/journal/writer';
import { judgePolicy, policyFactsIn, type PolicyRefused } from '$lib/storage/policy/policies';
import { areForgotten } from '$lib/storage/remote/forgotten-customers';
import { inOpenShift, NO_SHIFT, shiftIn } from '$lib/storage/shifts/shifts';
import { windowsEndIn } from '$lib/storage/till/clock';
import type { Table } from 'dexie';

/** What a return of a sale is decided by, besides the choice of goods. */
export type ReturnFacts = Pick<ReturnInput, 'since' | 'points' | 'guardedToday'>;

/** Tables that `returnFactsIn` reads. */
const factTables = (db: TillDb): Table[] => [
  ...[db.debts, db.remoteDebts, db.returns, db.remoteReturns, db.balances, db.remoteBalances],
  ...[db.forgotten, db.meta],
];

/** What this till knows of a sale over all tills. `at`: now, ms. Awaits Dexie only. */
async function returnFactsIn(
  db: TillDb,
  { hash, body: { customer } }: EntryOf<'sale'>,
  at: number,
): Promise<ReturnFacts> {
  const end = await windowsEndIn(db, at);
  const [since, rows, [isForgotten], standing] = await Promise.all([
    sinceSaleIn(db, hash, customer),
    db.returns
      .where('at')
      .above(end - DAY_MS)
      .toArray(),
    // a card that has not come again yet is none that was forgotten
    areForgotten(db, customer === null ? [] : [customer]),
    standingIn(db, customer ?? ''),
  ]);
  const guardedToday = rows.reduce((sum, { guarded }) => sum + guarded, 0);
  return { since, points: isForgotten === true ? null : standing.points, guardedToday };
}

async function sinceSaleIn(db: TillDb, hash: string, customer: string | null): Promise<SinceSale> {
  const tables = customer === null ? [] : [db.debts, db.remoteDebts];
  const [debts, returns] = await Promise.all([
    Promise.all(tables.map((table) => table.get([customer ?? '', hash]))),
    returnsIn(db, hash),
  ]);
  return { debts: debts.filter((row) => row !== undefined), returns };
}

/** The returns of a sale over all tills, the oldest first. `sale`: hash of its entry. Awaits Dexie only. */
export async function returnsIn(db: TillDb, sale: string): Promise<readonly ReturnRow[]> {
  const rows = await Promise.all(
    [db.returns, db.remoteReturns].map((table) => table.where('sale').equals(sale).toArray()),
  );
  return rows.flat().sort((a, b) => a.at - b.at || a.seq - b.seq);
}

/** What a return of this sale is decided by now, as one snapshot. Throws StorageError. */
export const returnFactsOf = (
  db: TillDb,
  sale: EntryOf<'sale'>,
  at: number,
): Promise<ReturnFacts> => snapshot(db, factTables(db), () => returnFactsIn(db, sale, at));

/** The entries of a sale's returns that are here, the oldest first. Throws StorageError. */
export function returnEntriesOf(db: TillDb, sale: string): Promise<EntryOf<'return'>[]> {
  const tables = [db.returns, db.remoteReturns, db.journal, db.remoteJournal];
  return snapshot(db, tables, async () => {
    const entries = await entriesOf(db, await returnsIn(db, sale));
    return entries.flatMap((entry) => (entry === undefined ? [] : [entry as EntryOf<'return'>]));
  });
}

/** A return as the screen asks to save it. */
export type ReturnAttempt = Omit<ReturnInput, keyof Deciding | keyof ReturnFacts | 'sale'> & {
  readonly operator: string;
  /** As it is here, or as the relay gave it. */
  readonly sale: EntryOf<'sale'>;
};

export type ReturnOutcome =
  | { readonly kind: 'saved'; readonly entry: EntryOf<'return'> }
  | {
      readonly kind: 'refused';
      readonly because: ReturnRefusal | PolicyRefused | { readonly kind: 'not-the-sale' };
    };

/**
 * Saves a return by what this till knows of the sale, over all tills. The same id again returns the same entry. Opens a shift
 * before it where none is open. Throws StorageError: then nothing is saved.
 */
export async function saveReturn(db: TillDb, attempt: ReturnAttempt): Promise<ReturnOutcome> {
  const { sale } = attempt;
  if (!(await verifyEntry(sale))) return { kind: 'refused', because: { kind: 'not-the-sale' } };
  const outcome = await inOpenShift(db, attempt, () => saveInShift(db, attempt));
  // an earlier try may be in the journal file: the next start must not book one that was reported as refused
  if (outcome.kind === 'refused') await giveUpPending(db);
  return outcome;
}

/** The same; where no shift is open it writes nothing. */
async function saveInShift(
  db: TillDb,
  attempt: ReturnAttempt,
): Promise<ReturnOutcome | typeof NO_SHIFT> {
  const { return: id, sale, operator, at } = attempt;
  const look = {
    tables: [db.policy, db.actIds, db.shifts, ...factTables(db)],
    look: async () => {
      const [saved, policyFacts, facts, { shift }] = await Promise.all([
        db.actIds.get(id),
        policyFactsIn(db),
        returnFactsIn(db, sale, at),
        shiftIn(db),
      ]);
      const entries = saved === undefined ? [] : await entriesOf(db, [saved]);
      return { already: entries[0] ?? null, policyFacts, facts, shift };
    },
  };
  type Seen = Awaited<ReturnType<typeof look.look>>;
  type Outcome = ReturnOutcome | typeof NO_SHIFT;
  return await asWriterSeeing<Seen, Outcome>(db, look, async (writer, seen) => {
    const { already, policyFacts, facts, shift } = seen;
    if (already !== null) return { kind: 'saved', entry: already as EntryOf<'return'> };
    const current = await judgePolicy(policyFacts);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    const { policy } = current;
    const decided = decideReturn({ ...attempt, ...facts, policy, operator });
    if (decided.kind === 'refused') return decided;
    if (!isOpen(shift)) return NO_SHIFT;
    const made = { body: decided.body, operator, at, policy: policy.version };
    return { kind: 'saved', entry: await writer.write({ act: 'return', ...made }) };
  });
}
