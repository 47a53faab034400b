// The tables of the till's database: the types of their rows and keys.
import type {
  AccountRow,
  ActIdRow,
  AddedProductsRow,
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
} from '$lib/domain/rows';
import type { Entry } from '$lib/contract/journal';
import type { RemoteCardRow, RemoteEntryRow, RemoteTillRow } from '$lib/contract/shop-copy';
import type { BalancePackRow, CardLinesRow, CardPackRow, RemoteChunkRow } from './remote-record';
import type { RemoteAccountRow, RemoteAddedProductsRow } from '$lib/proof/shop-fold';
import type { Table } from 'dexie';
import type { RemoteCategoryRow, RemoteProductRow } from '$lib/contract/shop-copy';
import type { KeptGoodsRow } from './catalogue-record';
import type {
  CustomerRow,
  DraftRow,
  ForgottenRow,
  MetaRow,
  PinFailuresRow,
  PolicyRow,
  ReceiptAddressRow,
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
  /** Customers without a card: they asked to be forgotten. */
  readonly forgotten: Table<ForgottenRow, string>;
  readonly addedProducts: Table<AddedProductsRow, [till: string, seq: number]>;
  readonly stock: Table<StockRow, string>;
  readonly products: Table<ProductRow, string>;
  /** By the first name of each. */
  readonly categories: Table<CategoryRow, string>;
  readonly sales: Table<SaleRow, string>;
  readonly returns: Table<ReturnRow, string>;
  readonly drafts: Table<DraftRow, string>;
  /** Of the last days; neither in the journal's file nor in backups. */
  readonly receiptAddresses: Table<ReceiptAddressRow, string>;
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
  /** What others wrote, by its place in the shop's order; the tables after it are projected from it. */
  readonly remoteJournal: Table<RemoteEntryRow, number>;
  /** The snapshot that these tables began with. */
  readonly remoteChunks: Table<RemoteChunkRow, string>;
  readonly remoteTills: Table<RemoteTillRow, string>;
  readonly remoteAccountEntries: Table<RemoteAccountRow, [string, number]>;
  readonly remoteBalances: Table<BalanceRow, [string, BalanceRow['account']]>;
  /** Sums of the snapshot; one in `remoteBalances` counts instead. */
  readonly remoteBalancePacks: Table<BalancePackRow, string>;
  readonly remoteDebts: Table<DebtRow, [string, string]>;
  readonly remoteConfirmations: Table<ConfirmationRow, [number, string, number]>;
  readonly remoteDisputes: Table<DisputeRow, string>;
  readonly remoteCards: Table<RemoteCardRow, string>;
  /** Cards of the snapshot that nothing has changed since; one in `remoteCards` counts instead. */
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
  /** Customers whose card is not the one in `customers`: another till made or changed it last. */
  readonly remoteCustomers: Table<CustomerRow, string>;
};
