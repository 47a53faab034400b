// Rows that journal entries leave on the disk, and changes to them as plain values.
import type { AccountEntry, Confirmation, SettledOutcome } from '$lib/contract/journal';
import type { SaleAction } from '$lib/contract/values';

export type Account = AccountEntry['account'];

/** Where a sale stands; what was sold is in its journal entry, said once. Amounts are minor units. */
export type SaleRow = {
  id: string;
  till: string;
  number: number;
  at: number;
  operator: string;
  customer: string | null;
  seq: number;
  hash: string;
  total: number;
  onAccount: number;
};

/** One step of a customer's account: minor units for `debt`, points for `points`. */
export type AccountRow = AccountEntry & { hash: string; index: number; seq: number; at: number };

/** A running total: the sum of all steps of the account. */
export type BalanceRow = { customer: string; account: Account; sum: number };

/** How a confirmation is shown: a code of the demo provider proves nothing. */
export type ProofShown = Confirmation['kind'];

/** One confirmation of one entry. `amount` is minor units (for points: their worth). */
export type ConfirmationRow = {
  at: number;
  hash: string;
  index: number;
  seq: number;
  till: string;
  operator: string | null;
  customer: string | null;
  action: SaleAction;
  kind: Confirmation['kind'];
  shown: ProofShown;
  amount: number;
};

/** An entry that moved debt or points without a code of the customer's, until somebody with the right has reviewed it. */
export type UnconfirmedRow = { entry: string; till: string; seq: number; at: number };

/** Thousandths of a product sold or returned since its stock was counted. */
export type StockRow = { product: string; delta: number };

/** A grant by its challenge, or a reserve code by its verifier, that has closed a sale. */
export type GrantUsedRow = { challenge: string; sale: string };

/** A customer's dispute, by the hash of its entry. No credit while `closed` is null. */
export type DisputeRow = {
  entry: string;
  customer: string;
  /** Hash of the entry they mean; null: none in particular. */
  about: string | null;
  /** Null: another till wrote it down, and only its closing stands in this journal. */
  opened: { at: number; operator: string; note: string | null } | null;
  closed: {
    entry: string;
    at: number;
    operator: string;
    outcome: SettledOutcome;
    note: string;
  } | null;
};

/** Tables of the projection, and how their rows are found. */
export type Projected = {
  sales: { row: SaleRow; key: string };
  accountEntries: { row: AccountRow; key: [string, number] };
  balances: { row: BalanceRow; key: [string, Account] };
  confirmations: { row: ConfirmationRow; key: [number, string, number] };
  unconfirmed: { row: UnconfirmedRow; key: string };
  stock: { row: StockRow; key: string };
  grantsUsed: { row: GrantUsedRow; key: string };
  disputes: { row: DisputeRow; key: string };
};
export type ProjectedTable = keyof Projected;
export type KeyOf<T extends ProjectedTable> = Projected[T]['key'];
export type RowOf<T extends ProjectedTable> = Projected[T]['row'];

type ChangeOf<T extends ProjectedTable> =
  | { readonly table: T; readonly op: 'add' | 'put'; readonly rows: readonly RowOf<T>[] }
  | { readonly table: T; readonly op: 'delete'; readonly keys: readonly KeyOf<T>[] };

/** One step at one table. */
export type ProjectedChange = { [T in ProjectedTable]: ChangeOf<T> }[ProjectedTable];

/** Keys of the rows that an entry is projected upon. */
export type Reads = {
  readonly balances: readonly KeyOf<'balances'>[];
  readonly stock: readonly KeyOf<'stock'>[];
  readonly disputes: readonly KeyOf<'disputes'>[];
};

export const NO_READS: Reads = { balances: [], stock: [], disputes: [] };

/** Those rows as they were before the entry. */
export type Before = {
  readonly balances: (key: KeyOf<'balances'>) => BalanceRow | undefined;
  readonly stock: (key: KeyOf<'stock'>) => StockRow | undefined;
  readonly disputes: (key: KeyOf<'disputes'>) => DisputeRow | undefined;
};

/** The rows before an entry, given as rows. */
export function beforeOf(rows: {
  readonly balances: readonly BalanceRow[];
  readonly stock: readonly StockRow[];
  readonly disputes: readonly DisputeRow[];
}): Before {
  const balances = new Map(rows.balances.map((row) => [`${row.customer} ${row.account}`, row]));
  const stock = new Map(rows.stock.map((row) => [row.product, row]));
  const disputes = new Map(rows.disputes.map((row) => [row.entry, row]));
  return {
    balances: ([customer, account]) => balances.get(`${customer} ${account}`),
    stock: (product) => stock.get(product),
    disputes: (entry) => disputes.get(entry),
  };
}

export const NOTHING_BEFORE = beforeOf({ balances: [], stock: [], disputes: [] });
