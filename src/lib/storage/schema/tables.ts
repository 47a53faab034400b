// The tables of the till's database: the types of their rows and keys.
import type {
  AccountRow,
  ActIdRow,
  BalanceRow,
  CategoryRow,
  ClosedShiftRow,
  ConfirmationRow,
  DayRow,
  DebtRow,
  DisputeRow,
  GrantUsedRow,
  ProductRow,
  ReturnRow,
  SaleRow,
  ShiftRow,
  StockRow,
  UnconfirmedRow,
} from '$lib/contract/rows';
import type { AddedProductsRow } from '$lib/domain/rows';
import type { Entry } from '$lib/contract/journal';
import type {
  RemoteCardRow,
  RemoteEntryRow,
  RemoteTillRow,
  RemoteCategoryRow,
  RemoteProductRow,
} from '$lib/contract/shop-copy';
import type { BalancePackRow, CardLinesRow, CardPackRow, RemoteChunkRow } from './remote-record';
import type { RemoteAccountRow, RemoteAddedProductsRow } from '$lib/proof/shop-fold';
import type { Table } from 'dexie';
import type { KeptGoodsRow } from './catalogue-record';
import type {
  CustomerRow,
  DraftRow,
  ForgottenRow,
  MetaRow,
  PinFailuresRow,
  PolicyRow,
} from './records';
import type { NoticeRow, ReserveTriesRow, ReserveVerifierRow } from './relay-record';

export type Tables = {
  readonly meta: Table<MetaRow, MetaRow['key']>;
  readonly policy: Table<PolicyRow, 'current'>;
  /** Entries of this till, and those this device wrote under former till ids. */
  readonly journal: Table<Entry, [till: string, seq: number]>;
  readonly accountEntries: Table<AccountRow, [string, number]>;
  readonly balances: Table<BalanceRow, [string, BalanceRow['account']]>;
  readonly debts: Table<DebtRow, [string, string]>;
  readonly confirmations: Table<ConfirmationRow, [number, string, number]>;
  readonly customers: Table<CustomerRow, string>;
  /** Customers whose card is hidden or erased, because they asked to be forgotten or an import was undone. */
  readonly forgotten: Table<ForgottenRow, string>;
  readonly addedProducts: Table<AddedProductsRow, [till: string, seq: number]>;
  readonly stock: Table<StockRow, string>;
  readonly products: Table<ProductRow, string>;
  /** Keyed by the first name that a category had. */
  readonly categories: Table<CategoryRow, string>;
  readonly sales: Table<SaleRow, string>;
  readonly returns: Table<ReturnRow, string>;
  readonly drafts: Table<DraftRow, string>;
  /** Of the last month only; neither in the journal file nor in backups. */
  readonly grantsUsed: Table<GrantUsedRow, string>;
  readonly actIds: Table<ActIdRow, string>;
  readonly pinFailures: Table<PinFailuresRow, string>;
  readonly reserveVerifiers: Table<ReserveVerifierRow, string>;
  readonly reserveTries: Table<ReserveTriesRow, string>;
  readonly notices: Table<NoticeRow, [string, string]>;
  readonly disputes: Table<DisputeRow, string>;
  readonly unconfirmed: Table<UnconfirmedRow, string>;
  readonly shifts: Table<ShiftRow, string>;
  readonly closedShifts: Table<ClosedShiftRow, [string, number]>;
  readonly days: Table<DayRow, [till: string, day: string]>;
  /** Entries of the shop's order by their place in it. The tables below are projected from it. */
  readonly remoteJournal: Table<RemoteEntryRow, number>;
  /** The chunks of the snapshot that these tables started from. */
  readonly remoteChunks: Table<RemoteChunkRow, string>;
  readonly remoteTills: Table<RemoteTillRow, string>;
  readonly remoteAccountEntries: Table<RemoteAccountRow, [string, number]>;
  readonly remoteBalances: Table<BalanceRow, [string, BalanceRow['account']]>;
  /** Sums of the snapshot. A row in `remoteBalances` replaces a packed sum. */
  readonly remoteBalancePacks: Table<BalancePackRow, string>;
  readonly remoteDebts: Table<DebtRow, [string, string]>;
  readonly remoteConfirmations: Table<ConfirmationRow, [number, string, number]>;
  readonly remoteDisputes: Table<DisputeRow, string>;
  readonly remoteCards: Table<RemoteCardRow, string>;
  /** Cards of the snapshot. A row in `remoteCards` replaces a packed card. */
  readonly remoteCardPacks: Table<CardPackRow, string>;
  readonly remoteCardLines: Table<CardLinesRow, [part: string, first: string]>;
  readonly remoteSales: Table<SaleRow, string>;
  readonly remoteReturns: Table<ReturnRow, string>;
  readonly remoteStock: Table<StockRow, string>;
  readonly remoteAddedProducts: Table<
    RemoteAddedProductsRow,
    [order: number, till: string, seq: number]
  >;
  readonly keptGoods: Table<KeptGoodsRow, 'current'>;
  readonly remoteProducts: Table<RemoteProductRow, string>;
  readonly remoteCategories: Table<RemoteCategoryRow, string>;
  /** Customers whose shown card is not the one in `customers`, because another till made or changed it last. */
  readonly remoteCustomers: Table<CustomerRow, string>;
};
