// The rows an entry's steps become: account entries, the balances they add up to, and how each confirmation is shown. Kept for finding; the journal is the source.
import type { AccountEntry, Confirmation, Entry } from '$lib/contract/journal';
import type { Standing } from '$lib/domain/customer';
import { invariant } from '$lib/domain/invariant';
import { money } from '$lib/domain/money';
import type { TillDb } from './db';
import { accountRow, balanceRow, confirmationRow, recorded, type BalanceRow } from './records';
import { atDisk } from './storage-error';

type Key = [string, BalanceRow['account']];

/** Sums before an act, read before its transaction; the writer's look at the head keeps them true inside it. */
export async function balancesBefore(
  db: TillDb,
  steps: readonly AccountEntry[],
): Promise<BalanceRow[]> {
  const keys = new Map<string, Key>();
  for (const { customer, account } of steps) {
    keys.set(`${customer} ${account}`, [customer, account]);
  }
  const wanted = [...keys.values()];
  const rows = await atDisk(() => db.balances.bulkGet(wanted));
  return wanted.map(([customer, account], i) => rows[i] ?? { customer, account, sum: 0 });
}

/** Writes an entry's steps and the sums after them; awaits Dexie only, inside the entry's transaction. */
export function writeSteps(
  db: TillDb,
  entry: Entry,
  steps: readonly AccountEntry[],
  before: readonly BalanceRow[],
): PromiseLike<unknown> {
  const { hash, seq, at } = entry;
  const after = before.map((balance) => {
    const mine = steps.filter(
      (step) => step.customer === balance.customer && step.account === balance.account,
    );
    const sum = mine.reduce((total, step) => total + step.delta, balance.sum);
    invariant(Number.isSafeInteger(sum), 'a running total is a safe integer');
    return recorded(balanceRow, { ...balance, sum });
  });
  return Promise.all([
    db.accountEntries.bulkAdd(
      steps.map((step, index) => recorded(accountRow, { hash, index, seq, at, ...step })),
    ),
    db.balances.bulkPut(after),
  ]);
}

/** One confirmation with what its entry does not say of it: whose it is, and whether its code proves anything. */
export type ToShow = {
  readonly confirmation: Confirmation;
  readonly customer: string | null;
  readonly demo: boolean;
};

/** Writes how an entry's confirmations are shown, in the order of its body. */
export function writeProofs(
  db: TillDb,
  entry: Entry,
  shown: readonly ToShow[],
): PromiseLike<unknown> {
  const { at, hash, seq, till, operator } = entry;
  return db.confirmations.bulkAdd(
    shown.map(({ confirmation, customer, demo }, index) => {
      const { action, kind, amount } = confirmation;
      return recorded(confirmationRow, {
        ...{ at, hash, index, seq, till, operator, customer, action, kind, amount },
        shown: kind === 'code' && demo ? 'none' : kind,
      });
    }),
  );
}

/** What a customer owes (minor units) and holds in points, as the steps add up. Nothing for one who has none. */
export async function standing(db: TillDb, customer: string): Promise<Standing> {
  const [debt, points] = await atDisk(() =>
    db.balances.bulkGet([
      [customer, 'debt'],
      [customer, 'points'],
    ]),
  );
  return { owed: money(debt?.sum ?? 0), points: points?.sum ?? 0 };
}
