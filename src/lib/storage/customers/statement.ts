// What a customer owes and why: open debts, and the movements of debt, points and purchases.
// Movements carry a running total.
import type { Account, AccountRow } from '$lib/contract/rows';
import type { Entry } from '$lib/contract/journal';
import {
  paidByDebt,
  type Debts,
  type OpenDebt,
  type PartOfDebt,
} from '$lib/domain/customers/debts';
import { exact, money, type Money } from '$lib/domain/values/money';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { entriesOf, remoteEntriesIn } from '$lib/storage/journal/reader';
import { balanceTables, remoteStepsOf, stepTables } from '$lib/storage/remote/packed-balances';
import { accountCardsIn } from '$lib/storage/remote/merged-cards';
import { sumsIn } from './accounts';
import { debtsIn } from './debts';

/**
 * One entry's change of a customer's sum. Unit: minor units of debt (negative if it was paid) or purchases, or points. `entry`:
 * null if it is not here.
 */
export type Movement<Sum extends number = Money> = {
  readonly hash: string;
  readonly till: string;
  readonly at: number;
  readonly delta: Sum;
  /** The sum after it. Negative debt means that the shop owes the customer. */
  readonly after: Sum;
  readonly entry: Entry | null;
  /** The card that it was written for; another card if that one was merged into the customer's. */
  readonly card: string;
};

export type Movements<Sum extends number = number> = {
  /** Newest first. */
  readonly movements: readonly Movement<Sum>[];
  /** The sum before the oldest of these movements. */
  readonly before: Sum;
  /** Whether there are older movements. */
  readonly more: boolean;
};

export type Statement = Movements<Money> & {
  readonly owed: Money;
  readonly open: readonly (OpenDebt & { readonly entry: Entry | null })[];
  readonly weOwe: Money;
};

/**
 * The statement over all tills with the `limit` newest movements. Running totals are counted back from what is owed now,
 * because a till that started from a snapshot may lack older movements of other tills. Throws StorageError.
 */
export function statementOf(db: TillDb, customer: string, limit: number): Promise<Statement> {
  const tables = [...movementTables(db), db.debts, db.remoteDebts];
  return readTogether(db, tables, async () => {
    const [{ movements, before, more, sum }, debts] = await Promise.all([
      movementsIn(db, customer, 'debt', limit),
      debtsIn(db, customer),
    ]);
    const made = debts.open.map(({ debt, made }) => ({ ...made, hash: debt }));
    return {
      owed: money(sum),
      weOwe: debts.weOwe,
      open: openWith(debts, await entriesOf(db, made)),
      movements: movements.map(({ delta, after, ...movement }) => ({
        ...movement,
        delta: money(delta),
        after: money(after),
      })),
      before: money(before),
      more,
    };
  });
}

/** The `limit` newest movements of one of a customer's sums, over all tills and all cards of the account. Throws StorageError. */
export function movementsOf(
  db: TillDb,
  customer: string,
  account: Account,
  limit: number,
): Promise<Movements> {
  return readTogether(db, movementTables(db), () => movementsIn(db, customer, account, limit));
}

const movementTables = (db: TillDb) => [
  ...[...stepTables(db), ...balanceTables(db)],
  ...[db.journal, db.remoteJournal, db.remoteCards],
];

/** Awaits Dexie only. */
async function movementsIn(
  db: TillDb,
  customer: string,
  account: Account,
  limit: number,
): Promise<Movements & { readonly sum: number }> {
  const cards = [...(await accountCardsIn(db, customer))];
  const [own, remote, sumOf] = await Promise.all([
    db.accountEntries.where('customer').anyOf(cards).toArray(),
    remoteStepsOf(db, cards),
    sumsIn(db, [customer]),
  ]);
  const steps = stepsOf([...own, ...remote], account);
  const shown = steps.slice(0, limit);
  const entries = await entriesOf(db, shown);
  const sum = sumOf(customer, account);
  return { ...running(shown, sum, entries), more: steps.length > limit, sum };
}

type Step = Pick<AccountRow, 'hash' | 'till' | 'seq' | 'at' | 'delta' | 'index' | 'customer'>;

/**
 * One step for each entry, newest first: by time, then till, then number, the order in which debts are settled. An entry that
 * both took and gave points has two steps.
 */
function stepsOf(rows: readonly AccountRow[], wanted: Account): Step[] {
  const steps = new Map<string, Step>();
  for (const { hash, till, seq, at, account, delta, index, customer } of rows) {
    if (account !== wanted) continue;
    const key = account === 'points' ? `${hash} ${Math.sign(delta)}` : hash;
    const held = steps.get(key)?.delta ?? 0;
    steps.set(key, { hash, till, seq, at, index, customer, delta: held + delta });
  }
  return [...steps.values()]
    .filter(({ delta }) => delta !== 0)
    .sort(
      (a, b) =>
        b.at - a.at ||
        (a.till < b.till ? 1 : a.till > b.till ? -1 : b.seq - a.seq || b.index - a.index),
    );
}

function running(
  steps: readonly Step[],
  sum: number,
  entries: readonly (Entry | undefined)[],
): Pick<Movements, 'movements' | 'before'> {
  let after = sum;
  const movements = steps.map(
    ({ hash, till, at, delta, customer: card }, place): Movement<number> => {
      const movement = { hash, till, at, delta, after, card, entry: entries[place] ?? null };
      after = exact(after - delta);
      return movement;
    },
  );
  return { movements, before: after };
}

function openWith(debts: Debts, entries: readonly (Entry | undefined)[]): Statement['open'] {
  return debts.open.map((debt, place) => ({ ...debt, entry: entries[place] ?? null }));
}

/** What an act took off debts, in the order of the act, with the entries that made the debts; `entry` null: it is not here. */
export async function settledDebts(
  db: TillDb,
  {
    customer,
    settles,
  }: {
    readonly customer: string;
    readonly settles: readonly Pick<PartOfDebt, 'debt' | 'amount'>[];
  },
): Promise<{ readonly debt: string; readonly entry: Entry | null; readonly amount: number }[]> {
  const paid = paidByDebt(settles);
  const cards = await accountCardsIn(db, customer);
  const keys = cards.flatMap((card) =>
    [...paid.keys()].map((debt): [string, string] => [card, debt]),
  );
  const rows = await db.debts.bulkGet(keys);
  const own = rows.flatMap((row) =>
    row?.made ? [{ till: row.made.till, seq: row.made.seq, hash: row.debt }] : [],
  );
  const [held, remote] = await Promise.all([
    entriesOf(db, own),
    remoteEntriesIn(db, [...paid.keys()]),
  ]);
  const entries = new Map(held.flatMap((entry) => (entry ? [[entry.hash, entry] as const] : [])));
  return [...paid].map(([debt, amount]) => ({
    debt,
    amount,
    entry: entries.get(debt) ?? remote.get(debt) ?? null,
  }));
}
