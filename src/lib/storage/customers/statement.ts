// What a customer owes and why.
// Open debts with their entries, and the steps of the account with a running total.
import type { Entry } from '$lib/contract/journal';
import {
  paidByDebt,
  type Debts,
  type OpenDebt,
  type PartOfDebt,
} from '$lib/domain/customers/debts';
import { exact, money, type Money } from '$lib/domain/values/money';
import type { AccountRow } from '$lib/domain/rows';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { entriesOf, remoteEntriesIn } from '$lib/storage/journal/reader';
import { balanceTables, remoteStepsOf, stepTables } from '$lib/storage/remote/packed-balances';
import { accountCardsIn } from '$lib/storage/remote/merged-cards';
import { standingIn } from './accounts';
import { debtsIn } from './debts';

/** One entry's step of the debt. `delta`: minor units, negative where it was paid. `entry`: null if it is not here. */
export type Movement = {
  readonly hash: string;
  readonly till: string;
  readonly at: number;
  readonly delta: Money;
  /** What was owed after it; negative: we owe. */
  readonly after: Money;
  readonly entry: Entry | null;
};

export type Statement = {
  readonly owed: Money;
  readonly open: readonly (OpenDebt & { readonly entry: Entry | null })[];
  readonly weOwe: Money;
  /** The newest first. */
  readonly movements: readonly Movement[];
  /** What was owed before the oldest of them. */
  readonly before: Money;
  /** There are older movements. */
  readonly more: boolean;
};

/**
 * The statement over all tills with the `limit` newest movements. A till that began with a snapshot may lack older steps of others:
 * totals are counted back from what is owed now. Throws StorageError.
 */
export function statementOf(db: TillDb, customer: string, limit: number): Promise<Statement> {
  const tables = [
    ...[...stepTables(db), ...balanceTables(db)],
    ...[db.debts, db.remoteDebts, db.journal, db.remoteJournal, db.remoteCards],
  ];
  return readTogether(db, tables, async () => {
    const cards = [...(await accountCardsIn(db, customer))];
    const [own, remote, { owed }, debts] = await Promise.all([
      db.accountEntries.where('customer').anyOf(cards).toArray(),
      remoteStepsOf(db, cards),
      standingIn(db, customer),
      debtsIn(db, customer),
    ]);
    const steps = stepsOf([...own, ...remote]);
    const shown = steps.slice(0, limit);
    const made = debts.open.map(({ debt, made }) => ({ ...made, hash: debt }));
    const entries = await entriesOf(db, [...shown, ...made]);
    return {
      owed,
      weOwe: debts.weOwe,
      open: openWith(debts, entries.slice(shown.length)),
      ...running(shown, owed, entries),
      more: steps.length > limit,
    };
  });
}

type Step = Pick<AccountRow, 'hash' | 'till' | 'seq' | 'at' | 'delta'>;

/** One step of the debt for each entry, the newest first: by time, then till, then number, as debts are settled. */
function stepsOf(rows: readonly AccountRow[]): Step[] {
  const steps = new Map<string, Step>();
  for (const { hash, till, seq, at, account, delta } of rows) {
    if (account !== 'debt') continue;
    const held = steps.get(hash)?.delta ?? 0;
    steps.set(hash, { hash, till, seq, at, delta: held + delta });
  }
  return [...steps.values()]
    .filter(({ delta }) => delta !== 0)
    .sort((a, b) => b.at - a.at || (a.till < b.till ? 1 : a.till > b.till ? -1 : b.seq - a.seq));
}

function running(
  steps: readonly Step[],
  owed: Money,
  entries: readonly (Entry | undefined)[],
): Pick<Statement, 'movements' | 'before'> {
  let after: number = owed;
  const movements = steps.map(({ hash, till, at, delta }, place): Movement => {
    const entry = entries[place] ?? null;
    const movement = { hash, till, at, delta: money(delta), after: money(after), entry };
    after = exact(after - delta);
    return movement;
  });
  return { movements, before: money(after) };
}

function openWith(debts: Debts, entries: readonly (Entry | undefined)[]): Statement['open'] {
  return debts.open.map((debt, place) => ({ ...debt, entry: entries[place] ?? null }));
}

/** What an act took off debts, debt by debt in its order, with the entries that made them; null: it is not here. */
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
