// Types: rows projected from journal entries, and changes to them as plain values.
import type { AccountEntry, Confirmation } from '$lib/contract/acts/account';
import type { CategoryChange, FieldChange } from '$lib/contract/acts/goods';
import type { SettledOutcome } from '$lib/contract/journal';
import type { ShiftOpening, ShiftTotals, TerminalCounted } from '$lib/contract/acts/shift';
import type { SaleAction } from '$lib/contract/values';
import type { Goods } from './goods/catalogue';
import type { MoneyParts } from './values/settlement';

/**
 * What is summed for a customer. `purchases`: the price of what they bought less what they returned, before cash rounding; what
 * was paid with points does not count. Minor units.
 */
export type Account = AccountEntry['account'] | 'purchases';
export const ACCOUNTS = ['debt', 'points', 'purchases'] as const satisfies readonly Account[];

/**
 * Position of a sale in the journal, and its sums; its lines are only in the entry. Amounts are minor units. `earns`: the points that
 * it gives, at once and when its debt is repaid. `sold`: each of its products with the time of the sale, as `soldKey` writes it, so
 * that an index finds them in order.
 */
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
  /** The sum due after rounding for cash; null: it was not rounded, `total` was due. */
  roundedTotal: number | null;
  onAccount: number;
  earns: number;
  sold: readonly string[];
  /** The marked pieces that were sold, as `pieceOf` names them. */
  pieces: readonly string[];
};

/** A signed change of one of these sums: minor units, or points. */
export type SumStep = Omit<AccountEntry, 'account'> & { account: Account };

/** One step of a customer's account: minor units for `debt` and `purchases`, points for `points`. */
export type AccountRow = SumStep & {
  hash: string;
  index: number;
  till: string;
  seq: number;
  at: number;
};

/** A running total: the sum of all steps of the account. */
export type BalanceRow = { customer: string; account: Account; sum: number };

/**
 * A debt of a customer, keyed by the hash of the entry that made it, in minor units. `left`: what is still owed of it; negative
 * if tills that did not know of each other took off more than the debt. `repaid`: the money that repaid it. `earned`: the points
 * that its repayments earned. `made`: null while the entry that made the debt has not arrived here; only what was taken off is
 * known then.
 */
export type DebtRow = {
  customer: string;
  debt: string;
  left: number;
  repaid: MoneyParts;
  earned: EarnedOnDebt;
  made: DebtMade | null;
};

/** The money of a debt's repayments, minor units, and the points that they earned, both without cancelled repayments. */
export type EarnedOnDebt = { onMoney: number; points: number };

/**
 * The terms by which repaying a debt earns points: as many as if the money had been paid at the sale. `moneyPaid`: paid at the
 * sale, minor units; `basisPoints`: share of the money that is given as points; `pointValue`: minor units.
 */
export type DebtEarns = { moneyPaid: number; basisPoints: number; pointValue: number };

/** The entry that made a debt, and its terms. `amount`: minor units; negative: the customer paid in advance. */
export type DebtMade = {
  till: string;
  seq: number;
  at: number;
  amount: number;
  /** By when it is to be paid, ms; null: no date. */
  dueAt: number | null;
  /** Null: repaying it earns nothing. */
  earns: DebtEarns | null;
};

/** The kind of confirmation that is displayed: a code of the demo provider is shown as `none`, because it proves nothing. */
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

/** An entry that moved debt or points without the customer's code, until an authorised person has reviewed it. */
export type UnconfirmedRow = { entry: string; till: string; seq: number; at: number };

/** Thousandths by which sales and later counts moved a product's stock since it was added or first counted. */
export type StockRow = { product: string; delta: number };

/** The products that one entry has added. */
export type AddedProductsRow = { till: string; seq: number; hash: string; goods: Goods };

/** The fields of a product that were changed after it was added: the last value of each, with the hash of the entry. */
export type ProductRow = {
  product: string;
  edits: readonly { readonly change: FieldChange; readonly entry: string }[];
};

/** The same for the fields of a category, by its first name. */
export type CategoryRow = {
  category: string;
  edits: readonly { readonly change: CategoryChange; readonly entry: string }[];
};

/**
 * What one return gave back, keyed by the hash of its entry; several returns of one sale are added up when they are read. `sale`:
 * hash of the sale's entry; null: no sale is known. `operator`: who made it. `given`: what it gave back besides card and transfer,
 * minor units. `guarded`: its money, minor units, if it needed a second operator, otherwise 0. `paidOtherwise`: signed change of
 * what paid the sale, minor units: a corrected tender leaves such a row without goods, so that a later return knows how the sale was
 * paid.
 */
export type ReturnRow = {
  hash: string;
  sale: string | null;
  till: string;
  seq: number;
  at: number;
  quantities: readonly { readonly line: number; readonly quantity: number }[];
  debtReduced: number;
  refunds: MoneyParts;
  rounding: number;
  pointsGivenBack: number;
  pointsTakenBack: number;
  pointsWithheld: number;
  operator: string | null;
  given: number;
  guarded: number;
  paidOtherwise: MoneyParts;
};

/** The challenge of a grant, or the verifier of a reserve code, and the id of the sale or other act that used it up. */
export type GrantUsedRow = { challenge: string; sale: string };

/** The entry of an act whose id was made before the first attempt: a second attempt finds it. Sales have a table of their own. */
export type ActIdRow = { id: string; till: string; seq: number; hash: string };

/**
 * A customer's dispute, keyed by the hash of its entry; the customer gets no credit while `closed` is null. Or the closing of a
 * discrepancy, keyed by the discrepancy's id: its `customer` and `opened` are null.
 */
export type DisputeRow = {
  entry: string;
  customer: string | null;
  /** Hash of the disputed entry; null: no particular entry. */
  about: string | null;
  /** Null: recorded by another till; this journal has only its closing. */
  opened: { at: number; operator: string; note: string | null } | null;
  closed: {
    entry: string;
    at: number;
    operator: string;
    outcome: SettledOutcome;
    note: string;
  } | null;
};

/**
 * The newest shift of a till, with its sums so far. `number`: of its Z report. `counted`: the last count of the drawer and what
 * was expected then, minor units; `closed`: null while it is open.
 */
export type ShiftRow = {
  till: string;
  number: number;
  opened: ShiftOpening;
  totals: ShiftTotals;
  counted: { counted: number; expected: number; terminal: TerminalCounted } | null;
  closed: { seq: number; at: number; left: number } | null;
};

/** The sums of one till's acts on one business day: the same sums as those of a shift, but independent of shifts. */
export type DayRow = { till: string; day: string; totals: ShiftTotals };

/** Position of a Z report in the journal. `shift`: its number. */
export type ClosedShiftRow = { till: string; seq: number; hash: string; at: number; shift: number };

/** Tables of the projection with their rows and keys. */
export type Projected = {
  sales: { row: SaleRow; key: string };
  returns: { row: ReturnRow; key: string };
  accountEntries: { row: AccountRow; key: [string, number] };
  balances: { row: BalanceRow; key: [string, Account] };
  debts: { row: DebtRow; key: [string, string] };
  confirmations: { row: ConfirmationRow; key: [number, string, number] };
  unconfirmed: { row: UnconfirmedRow; key: string };
  stock: { row: StockRow; key: string };
  addedProducts: { row: AddedProductsRow; key: [string, number] };
  products: { row: ProductRow; key: string };
  categories: { row: CategoryRow; key: string };
  grantsUsed: { row: GrantUsedRow; key: string };
  actIds: { row: ActIdRow; key: string };
  disputes: { row: DisputeRow; key: string };
  shifts: { row: ShiftRow; key: string };
  days: { row: DayRow; key: [string, string] };
  closedShifts: { row: ClosedShiftRow; key: [string, number] };
};
export type ProjectedTable = keyof Projected;
export type KeyOf<T extends ProjectedTable> = Projected[T]['key'];
export type RowOf<T extends ProjectedTable> = Projected[T]['row'];

/** The key of a row, by table. */
export const keyOf: { readonly [T in ProjectedTable]: (row: RowOf<T>) => KeyOf<T> } = {
  sales: ({ id }) => id,
  returns: ({ hash }) => hash,
  accountEntries: ({ hash, index }) => [hash, index],
  balances: ({ customer, account }) => [customer, account],
  debts: ({ customer, debt }) => [customer, debt],
  confirmations: ({ at, hash, index }) => [at, hash, index],
  unconfirmed: ({ entry }) => entry,
  stock: ({ product }) => product,
  addedProducts: ({ till, seq }) => [till, seq],
  products: ({ product }) => product,
  categories: ({ category }) => category,
  grantsUsed: ({ challenge }) => challenge,
  actIds: ({ id }) => id,
  disputes: ({ entry }) => entry,
  shifts: ({ till }) => till,
  days: ({ till, day }) => [till, day],
  closedShifts: ({ till, seq }) => [till, seq],
};
export const projectedTables = Object.keys(keyOf) as readonly ProjectedTable[];

/** Tables in which an entry only adds rows, whatever was there before it. */
export const addedTables = [
  'sales',
  'returns',
  'accountEntries',
  'confirmations',
  'addedProducts',
  'grantsUsed',
  'actIds',
  'closedShifts',
] as const;
export type AddedTable = (typeof addedTables)[number];

export function isAddedTable(table: ProjectedTable): table is AddedTable {
  return (addedTables as readonly ProjectedTable[]).includes(table);
}

/** The rows that these changes write to a table. */
export function writtenTo<T extends ProjectedTable>(
  table: T,
  changes: readonly ProjectedChange[],
): readonly RowOf<T>[] {
  return changes.flatMap((change) =>
    change.table === table && change.op !== 'delete' ? (change.rows as readonly RowOf<T>[]) : [],
  );
}

type ChangeOf<T extends ProjectedTable> =
  | { readonly table: T; readonly op: 'add' | 'put'; readonly rows: readonly RowOf<T>[] }
  | { readonly table: T; readonly op: 'delete'; readonly keys: readonly KeyOf<T>[] };

/** One change of one table. */
export type ProjectedChange = { [T in ProjectedTable]: ChangeOf<T> }[ProjectedTable];

/** Tables whose rows a projection may depend on. */
export const readTables = [
  'balances',
  'debts',
  'stock',
  'products',
  'categories',
  'disputes',
  'shifts',
  'days',
] as const;
export type ReadTable = (typeof readTables)[number];

/** Keys of the rows an entry's projection depends on. */
export type Reads = { readonly [T in ReadTable]: readonly KeyOf<T>[] };

/** Those rows in their state before the entry. */
export type Before = { readonly [T in ReadTable]: (key: KeyOf<T>) => RowOf<T> | undefined };

/** Rows of some of these tables. */
export type RowsBefore = { readonly [T in ReadTable]?: readonly (RowOf<T> | undefined)[] };

/** A value for each of these tables. */
export function eachRead<V>(valueOf: (table: ReadTable) => V): Record<ReadTable, V> {
  return Object.fromEntries(readTables.map((table) => [table, valueOf(table)])) as never;
}

export const NO_READS: Reads = eachRead(() => []);

/** The keys of all these reads, each once: many sales take the same goods from stock. */
export function joinedReads(all: readonly Reads[]): Reads {
  return eachRead((table) => {
    const keys = all.flatMap((reads): KeyOf<ReadTable>[] => [...reads[table]]);
    return [...new Map(keys.map((key) => [String(key), key])).values()];
  }) as never;
}

/** A `Before` made from given rows. */
export function beforeOf(rows: RowsBefore): Before {
  return eachRead((table) => {
    const keyIn = keyOf[table] as (row: object) => KeyOf<ReadTable>;
    const given = (rows[table] ?? []).filter((row) => row !== undefined);
    const held = new Map(given.map((row) => [nameOfKey(keyIn(row)), row]));
    return (key: KeyOf<ReadTable>) => held.get(nameOfKey(key));
  }) as never;
}

/** The same text for the same key of one table. */
export const nameOfKey = (key: KeyOf<ProjectedTable>): string =>
  typeof key === 'string' ? key : key.join(' ');

export const NOTHING_BEFORE = beforeOf({});
