// The copy of the shop's order: entries of other tills, and the rows projected from them.
// It is only a copy: if it is lost or damaged, it is dropped and downloaded again.
import type { Cursor } from '$lib/contract/shop-journal';
import type { ProjectedTable, ReadTable } from '$lib/domain/rows';
import { START_OF_LOG } from '$lib/proof/shop-log';
import { transact, type TillDb } from '$lib/storage/database/db';
import { metaIn } from '$lib/storage/database/meta';
import type { RemoteCursor } from '$lib/storage/schema/remote-record';
import type { Table } from 'dexie';
import { packTables } from './packed-cards';
import { goodsToKeep, keepGoodsIn, type Keeping } from './shown-goods';

/** The cursor of a till that has downloaded nothing. */
export const START_OF_ORDER: Cursor = { ...START_OF_LOG, epoch: 0 };

/** How far the order has been downloaded; null: not at all. Awaits Dexie only. */
export function remoteCursorIn(db: TillDb): Promise<RemoteCursor | null> {
  return metaIn(db, 'remote-cursor');
}

/**
 * Drops the whole copy, so that the next download begins at the first entry. `goods`: whether the goods shown now stay on
 * screen until the order has been downloaded again. Throws StorageError.
 */
export async function forgetRemote(db: TillDb, goods: 'kept' | 'dropped'): Promise<void> {
  const keeping = goods === 'kept' ? await goodsToKeep(db) : null;
  await transact(db, [...remoteTables(db), db.keptGoods, db.meta, db.forgotten], () =>
    forgetRemoteIn(db, keeping),
  );
}

/** Like `forgetRemote`, within a transaction over meta, `keptGoods`, `forgotten` and these tables. Awaits Dexie only. */
export function forgetRemoteIn(db: TillDb, keeping: Keeping | null): Promise<unknown> {
  return Promise.all([
    ...remoteTables(db).map((table) => table.clear()),
    // the order says again which cards are erased later; a restored relay may not know
    db.forgotten.where('state').equals('delayed').delete(),
    db.meta.bulkDelete(['remote-cursor', 'remote-snapshot', 'remote-goods', 'refused-erasures']),
    keeping && keepGoodsIn(db, keeping),
  ]);
}

/**
 * To be called when the whole order is here. Shows customers again whose cards were erased here but whom a restored relay has
 * refused to forget since; drops the copy, because the next download brings their cards. Returns whether there are any. Throws
 * StorageError.
 */
export async function showErasedAgain(db: TillDb): Promise<boolean> {
  if (((await metaIn(db, 'refused-erasures')) ?? []).length === 0) return false;
  const keeping = await goodsToKeep(db);
  await transact(db, [...remoteTables(db), db.keptGoods, db.meta, db.forgotten], async () => {
    const refused = (await metaIn(db, 'refused-erasures')) ?? [];
    await db.forgotten.bulkPut(
      refused.map((customer) => ({
        customer,
        state: 'refused' as const,
        byRightAt: null,
        until: null,
      })),
    );
    await forgetRemoteIn(db, keeping);
  });
  return true;
}

/** The tables of the copy. */
export const remoteTables = (db: TillDb): Table[] => [
  db.remoteJournal,
  db.remoteChunks,
  db.remoteTills,
  db.remoteCards,
  ...packTables(db),
  db.remoteBalancePacks,
  db.remoteCustomers,
  db.remoteProducts,
  db.remoteCategories,
  ...Object.values(projectedInto(db)),
];

/** The projected tables that later entries change, by the name of the corresponding table of this device. */
export const sharedTables = (db: TillDb) =>
  ({
    balances: db.remoteBalances,
    debts: db.remoteDebts,
    disputes: db.remoteDisputes,
    stock: db.remoteStock,
  }) satisfies Partial<Record<ReadTable, Table>>;
export type SharedTable = keyof ReturnType<typeof sharedTables>;

/** All projected tables of the copy. */
export const projectedInto = (db: TillDb) =>
  ({
    ...sharedTables(db),
    accountEntries: db.remoteAccountEntries,
    confirmations: db.remoteConfirmations,
    addedProducts: db.remoteAddedProducts,
    sales: db.remoteSales,
    returns: db.remoteReturns,
  }) satisfies Partial<Record<ProjectedTable, Table>>;

export const isSamePoint = (a: Cursor, b: Cursor): boolean =>
  a.epoch === b.epoch && a.order === b.order && a.logHash === b.logHash;
