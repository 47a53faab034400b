// The tables of the till's database: the types of their rows and keys.
import type { Entry } from '$lib/contract/journal';
import type {
  RemoteCardRow,
  RemoteCategoryRow,
  RemoteEntryRow,
  RemoteProductRow,
  RemoteTillRow,
} from '$lib/contract/shop-copy';
import type { KeyOf, ProjectedTable, RowOf } from '$lib/domain/rows';
import type { RemoteAccountRow, RemoteAddedProductsRow } from '$lib/proof/shop-fold';
import type { Table } from 'dexie';
import type { KeptGoodsRow } from './catalogue-record';
import type { NoticeRow, ReserveTriesRow, ReserveVerifierRow } from './relay-record';
import type { BalancePackRow, CardLinesRow, CardPackRow, RemoteChunkRow } from './remote-record';
import type {
  CustomerRow,
  DraftRow,
  ForgottenRow,
  MetaRow,
  PinFailuresRow,
  PolicyRow,
} from './records';

/** The tables projected from this device's own entries; `grantsUsed`: of the last month, neither in the journal file nor in backups. */
type OwnRows = { readonly [T in ProjectedTable]: Table<RowOf<T>, KeyOf<T>> };

/** Those of them that are projected in the same form from the shop's order. */
export type CopiedTable =
  'balances' | 'debts' | 'confirmations' | 'disputes' | 'stock' | 'sales' | 'returns';
type CopiedRows = { readonly [T in CopiedTable as `remote${Capitalize<T>}`]: OwnRows[T] };

export type Tables = OwnRows &
  CopiedRows & {
    readonly meta: Table<MetaRow, MetaRow['key']>;
    readonly policy: Table<PolicyRow, 'current'>;
    /** Entries of this till, and those this device wrote under former till ids. */
    readonly journal: Table<Entry, [till: string, seq: number]>;
    readonly customers: Table<CustomerRow, string>;
    /** Customers whose card is hidden or erased, because they asked to be forgotten or an import was undone. */
    readonly forgotten: Table<ForgottenRow, string>;
    readonly drafts: Table<DraftRow, string>;
    readonly pinFailures: Table<PinFailuresRow, string>;
    readonly reserveVerifiers: Table<ReserveVerifierRow, string>;
    readonly reserveTries: Table<ReserveTriesRow, string>;
    readonly notices: Table<NoticeRow, [string, string]>;
    /** Entries of the shop's order by their place in it. The tables below are projected from it. */
    readonly remoteJournal: Table<RemoteEntryRow, number>;
    /** The chunks of the snapshot that these tables started from. */
    readonly remoteChunks: Table<RemoteChunkRow, string>;
    readonly remoteTills: Table<RemoteTillRow, string>;
    readonly remoteAccountEntries: Table<RemoteAccountRow, [string, number]>;
    /** Sums of the snapshot. A row in `remoteBalances` replaces a packed sum. */
    readonly remoteBalancePacks: Table<BalancePackRow, string>;
    readonly remoteCards: Table<RemoteCardRow, string>;
    /** Cards of the snapshot. A row in `remoteCards` replaces a packed card. */
    readonly remoteCardPacks: Table<CardPackRow, string>;
    readonly remoteCardLines: Table<CardLinesRow, [part: string, first: string]>;
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
