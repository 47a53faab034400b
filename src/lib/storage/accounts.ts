// Running totals on the disk: signed steps are added, sums follow them in the same transaction. No sum is ever written by itself.
import type { AccountEntry, Confirmation, Entry } from '$lib/contract/journal';
import { invariant } from '$lib/domain/invariant';
import type { VerifiedGrant } from '$lib/domain/confirmation';
import type { Standing } from '$lib/domain/customer';
import { money } from '$lib/domain/money';
import type { Table } from 'dexie';
import type { TillDb } from './db';
import {
  accountRow,
  confirmationRow,
  recorded,
  type AccountRow,
  type ConfirmationRow,
} from './records';

/** What a customer owes and holds; nothing for one who is not known. Awaits Dexie only. */
export async function standingIn(db: TillDb, customer: string): Promise<Standing> {
  const [debt, points] = await db.balances.bulkGet([
    [customer, 'debt'],
    [customer, 'points'],
  ]);
  return { owed: money(debt?.sum ?? 0), points: points?.sum ?? 0 };
}

/** Tables `moveAccounts` writes. */
export const accountTables = (db: TillDb): Table[] => [
  db.accountEntries,
  db.balances,
  db.confirmations,
];

/** Whom each confirmation of an entry is about. */
type Confirmed = { readonly confirmation: Confirmation; readonly customer: string | null };

/** Rows of an entry's confirmations. `grants`: those its codes carry, to tell a demo code from a real one. */
export function confirmationRows(
  entry: Entry,
  confirmed: readonly Confirmed[],
  grants: readonly VerifiedGrant[],
): ConfirmationRow[] {
  const { hash, seq, at, till, operator } = entry;
  return confirmed.map(({ confirmation, customer }, index) => {
    const { kind, action, amount } = confirmation;
    const isDemo =
      kind === 'code' &&
      (grants.find((grant) => grant.challenge === confirmation.challenge)?.demo ?? true);
    return recorded(confirmationRow, {
      ...{ at, hash, index, seq, till, operator, customer, action, kind, amount },
      shown: isDemo ? 'none' : kind,
    });
  });
}

/**
 * Stores an entry's steps and moves the sums by them. Inside the writer's transaction; awaits Dexie only.
 * Reading the sums there, not before, is what makes them the sums of their steps whatever else goes on.
 */
export async function moveAccounts(
  db: TillDb,
  entry: Entry,
  steps: readonly AccountEntry[],
  confirmations: readonly ConfirmationRow[],
): Promise<void> {
  const { hash, seq, at } = entry;
  const rows: AccountRow[] = steps.map((step, index) =>
    recorded(accountRow, { hash, index, seq, at, ...step }),
  );
  const moves = new Map<string, { key: [string, AccountEntry['account']]; delta: number }>();
  for (const { customer, account, delta } of steps) {
    const name = `${customer} ${account}`;
    const before = moves.get(name)?.delta ?? 0;
    moves.set(name, { key: [customer, account], delta: before + delta });
  }
  const keys = [...moves.values()].map((move) => move.key);
  await Promise.all([
    rows.length > 0 ? db.accountEntries.bulkAdd(rows) : null,
    confirmations.length > 0 ? db.confirmations.bulkAdd(confirmations) : null,
    keys.length > 0
      ? db.balances.bulkGet(keys).then((held) =>
          db.balances.bulkPut(
            [...moves.values()].map(({ key: [customer, account], delta }, i) => {
              const sum = (held[i]?.sum ?? 0) + delta;
              invariant(Number.isSafeInteger(sum), 'a balance is a safe integer');
              return { customer, account, sum };
            }),
          ),
        )
      : null,
  ]);
}
