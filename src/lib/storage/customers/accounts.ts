// Customers' account entries and the sums that follow them in the same transaction.
import type { AccountEntry, Confirmation, Entry } from '$lib/contract/journal';
import { invariant } from '$lib/domain/invariant';
import type { Standing } from '$lib/domain/customer';
import { money } from '$lib/domain/money';
import type { Change } from '$lib/storage/schema/change';
import type { TillDb } from '$lib/storage/database/db';
import { unconfirmedRow, type UnconfirmedRow } from '$lib/storage/schema/relay-record';
import {
  BY_CUSTOMER,
  accountRow,
  balanceRow,
  confirmationRow,
  recorded,
  type AccountRow,
  type BalanceRow,
  type ConfirmationRow,
} from '$lib/storage/schema/records';

/** What a customer owes and holds; nothing for one who is not known. Awaits Dexie only. */
export async function standingIn(db: TillDb, customer: string): Promise<Standing> {
  const [debt, points] = await db.balances.bulkGet([
    [customer, 'debt'],
    [customer, 'points'],
  ]);
  return { owed: money(debt?.sum ?? 0), points: points?.sum ?? 0 };
}

/** Whom each confirmation of an entry is about. */
type Confirmed = { readonly confirmation: Confirmation; readonly customer: string | null };

/** Rows of an entry's confirmations. `real`: challenges and verifiers that more than the demo spoke for. */
export function confirmationRows(
  entry: Entry,
  confirmed: readonly Confirmed[],
  real: ReadonlySet<string>,
): ConfirmationRow[] {
  const { hash, seq, at, till, operator } = entry;
  return confirmed.map(({ confirmation, customer }, index) => {
    const { kind, action, amount } = confirmation;
    const isDemo =
      (kind === 'code' && !real.has(confirmation.challenge)) ||
      (kind === 'reserve-code' && !real.has(confirmation.verifier));
    return recorded(confirmationRow, {
      ...{ at, hash, index, seq, till, operator, customer, action, kind, amount },
      shown: isDemo ? 'none' : kind,
    });
  });
}

/** Whether somebody has to look at it afterwards: no code of the customer's stands behind it, and it is no demo. */
export function needsReview(
  { body }: Pick<Entry, 'body'>,
  confirmations: readonly Pick<Confirmation, 'kind'>[],
): boolean {
  return confirmations.some(({ kind }) => !BY_CUSTOMER.has(kind)) && body.source !== 'demo';
}

function waitingRows(entry: Entry, confirmations: readonly ConfirmationRow[]): UnconfirmedRow[] {
  const { hash, till, seq, at } = entry;
  if (!needsReview(entry, confirmations)) return [];
  return [recorded(unconfirmedRow, { entry: hash, till, seq, at })];
}

/** Running totals before an act, seen by the writer from his seat. */
export type SumsBefore = (customer: string, account: AccountEntry['account']) => number;

/** The totals of these customers as they stand; awaits Dexie only. */
export async function sumsIn(db: TillDb, customers: readonly string[]): Promise<SumsBefore> {
  const keys = customers.flatMap((customer): [string, AccountEntry['account']][] => [
    [customer, 'debt'],
    [customer, 'points'],
  ]);
  const rows = await db.balances.bulkGet(keys);
  const sums = new Map(rows.flatMap((row) => (row === undefined ? [] : [[nameOf(row), row.sum]])));
  return (customer, account) => sums.get(nameOf({ customer, account })) ?? 0;
}

function nameOf({ customer, account }: Pick<AccountEntry, 'customer' | 'account'>): string {
  return `${customer} ${account}`;
}

/**
 * An entry's steps and the sums after them. That the sums were read before the transaction is safe because whoever
 * moves a sum holds the writer's seat, and the writer checks in the transaction that the journal has not moved since.
 */
export function movedAccounts(
  entry: Entry,
  steps: readonly AccountEntry[],
  confirmations: readonly ConfirmationRow[],
  before: SumsBefore,
): Change[] {
  const { hash, seq, at } = entry;
  const rows: AccountRow[] = steps.map((step, index) =>
    recorded(accountRow, { hash, index, seq, at, ...step }),
  );
  const after = new Map<string, BalanceRow>();
  for (const { customer, account, delta } of steps) {
    const name = nameOf({ customer, account });
    const sum = (after.get(name)?.sum ?? before(customer, account)) + delta;
    invariant(Number.isSafeInteger(sum), 'a running total is a safe integer');
    after.set(name, recorded(balanceRow, { customer, account, sum }));
  }
  return [
    { table: 'accountEntries', op: 'add', rows },
    { table: 'balances', op: 'put', rows: [...after.values()] },
    { table: 'confirmations', op: 'add', rows: confirmations },
    { table: 'unconfirmed', op: 'add', rows: waitingRows(entry, confirmations) },
  ];
}
