// The till's database: versions, durable transactions that check the schema, the writer's lock.
import { Dexie, type DBCoreTable, type DexieOptions, type Table } from 'dexie';
import { invariant } from '$lib/domain/values/invariant';
import type { JournalHead } from '$lib/contract/challenge';
import type { MetaRow, Till } from '$lib/storage/schema/records';
import type { CopiedTable, Tables } from '$lib/storage/schema/tables';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import { meansDamage, StorageError, storageErrorOf } from '$lib/storage/storage-error';
import { DatabaseHome } from './database-home';

/** Raised with every `version()` below; `minWriter` of the gate is the oldest code that may still write. */
export const SCHEMA = 1;
const MIN_WRITER = 1;
const gate: MetaRow = { key: 'schema', value: { schema: SCHEMA, minWriter: MIN_WRITER } };

// on localhost Dexie would log every failed request to the console, with the records in it
Dexie.debug = false;

export type Known = { readonly till: Till; readonly head: JournalHead };

/** Dexie makes a property of each table. */
const WithTables = Dexie as unknown as new (name: string, options: DexieOptions) => Dexie & Tables;

export class TillDb extends WithTables {
  /** Location of the database. */
  readonly home: DatabaseHome;
  /** The second copy of the journal; null until the start has opened it. */
  file: JournalFile | null = null;
  /** The till and its head after its last act; null before the start. */
  known: Known | null = null;
  /** The browser has lost the database of the known till and created it again: until it is restored, it is empty. */
  isLost = false;
  /**
   * Restores the records of a known till if the browser loses the database while in use. Null before the start. Throws
   * StorageError.
   */
  restore: ((known: Known) => Promise<void>) | null = null;
  /** Called whenever a read or write fails in a way that means damage, except reads during `mending`. Null: nobody listens. */
  ondamage: (() => void) | null = null;
  /** Number of works that are mending rows now. */
  #mending = 0;
  readonly #underWay = new Set<IDBTransaction>();

  /**
   * Opens on first use. Only tests pass another `name`. `durability`: the browser's default, `relaxed`, loses acknowledged
   * sales in a power cut; it is enough for rows that can be downloaded again.
   */
  constructor(
    name = 'counterfoil',
    home = new DatabaseHome(),
    durability: 'strict' | 'relaxed' = 'strict',
  ) {
    super(name, {
      chromeTransactionDurability: durability,
      // a live query reads from the disk: a copy in memory of each result costs more than that
      cache: 'disabled',
      ...('indexedDB' in globalThis ? { indexedDB: home.factory, IDBKeyRange } : {}),
    });
    this.home = home;
    this.version(SCHEMA)
      .stores({
        meta: 'key',
        policy: 'key',
        journal: '[till+seq], [till+policy]',
        accountEntries: '[hash+index], customer',
        balances: '[customer+account]',
        debts: '[customer+debt], left',
        confirmations: '[at+hash+index], [shown+at], [customer+at]',
        customers: 'id, order, *keys, phone',
        forgotten: 'customer, state, byRightAt',
        addedProducts: '[till+seq]',
        stock: 'product',
        products: 'product',
        categories: 'category',
        sales:
          'id, &[till+number], at, [customer+at], [total+at], [roundedTotal+at], *sold, *pieces',
        returns: 'hash, sale, at',
        drafts: 'slot, id',
        grantsUsed: 'challenge',
        actIds: 'id',
        pinFailures: 'operator',
        reserveVerifiers: 'id, customer',
        reserveTries: 'customer',
        notices: '[entry+customer], entry',
        disputes: 'entry, customer, about',
        unconfirmed: 'entry, at',
        shifts: 'till',
        closedShifts: '[till+seq]',
        days: '[till+day]',
        remoteJournal: 'order, original, effect',
        remoteChunks: 'hash',
        remoteTills: 'till',
        remoteAccountEntries: '[hash+index], customer',
        remoteBalances: '[customer+account]',
        remoteBalancePacks: 'first',
        remoteDebts: '[customer+debt], left',
        remoteConfirmations: '[at+hash+index], [shown+at], [customer+at]',
        remoteDisputes: 'entry, customer, about',
        // two tills can state the same receipt number, so the index is not unique
        remoteSales:
          'hash, [till+number], at, [customer+at], [total+at], [roundedTotal+at], *sold, *pieces',
        remoteReturns: 'hash, sale',
        remoteStock: 'product',
        remoteAddedProducts: '[order+till+seq]',
        remoteProducts: 'product',
        remoteCategories: 'category',
        keptGoods: 'key',
        remoteCards: 'customer, mergedInto',
        remoteCardPacks: 'first',
        remoteCardLines: '[part+first]',
        remoteCustomers: 'id, order, *keys, phone',
      })
      // older code that opens this schema must not write, so every upgrade raises the gate
      .upgrade((transaction) => transaction.table('meta').put(gate));
    this.on('populate', (transaction) => {
      void transaction.table('meta').add(gate);
      this.isLost = this.known !== null;
    });
    this.use({
      stack: 'dbcore',
      name: 'under-way',
      create: (core) => ({
        ...core,
        transaction: (...asked) => {
          const begun = core.transaction(...asked) as IDBTransaction;
          this.#underWay.add(begun);
          const ended = () => this.#underWay.delete(begun);
          begun.addEventListener('complete', ended);
          begun.addEventListener('abort', ended);
          // a commit can fail without a failed request; the error of a deliberate abort is null
          begun.addEventListener('abort', () => this.#failed('write', begun.error));
          return begun;
        },
        table: (name) =>
          watched(withoutNull(core.table(name)), (act, cause) => this.#failed(act, cause)),
      }),
    });
    // a newer tab upgrades: close for good, because Dexie would reopen and write old records into the new schema
    this.on('versionchange', () => {
      this.close();
      return false;
    });
  }

  /**
   * A failed opening is retried by the next operation. Plain Dexie refuses all later ones, so a full disk would need a reload.
   */
  override open(): ReturnType<Dexie['open']> {
    const opened = super.open();
    opened.catch((cause: unknown) => {
      this.#failed('read', cause);
      // wait until everybody waiting for this attempt has received its error
      setTimeout(() => {
        if (this.hasFailed() && !this.hasBeenClosed()) this.close({ disableAutoOpen: false });
      });
    });
    return opened;
  }

  /**
   * Runs a work that finds rows which cannot be read, and replaces them or does without. Only if it throws because of damage,
   * the reads that failed meanwhile count.
   */
  async mending<T>(work: () => Promise<T>): Promise<T> {
    this.#mending += 1;
    try {
      return await work();
    } catch (cause) {
      if (meansDamage(cause)) this.ondamage?.();
      throw cause;
    } finally {
      this.#mending -= 1;
    }
  }

  #failed(act: 'read' | 'write', cause: unknown): void {
    if (!meansDamage(cause) || (act === 'read' && this.#mending > 0)) return;
    this.ondamage?.();
  }

  /** Aborts open transactions and closes for good: uncommitted writes are lost. */
  abortAndClose(): void {
    for (const each of this.#underWay) {
      try {
        each.abort();
      } catch {
        // already committing; it completes without this page
      }
    }
    this.close();
  }
}

/** Chromium returns `null`, and no error, for a row whose bytes it cannot parse. This makes such a read fail. */
function withoutNull(table: DBCoreTable): DBCoreTable {
  const whole = <T>(row: T): T => {
    if (row === null)
      throw new StorageError('failed', new DOMException('a row is null', 'DataError'));
    return row;
  };
  // no native `await`: the transaction must stay open
  return {
    ...table,
    get: (asked) => table.get(asked).then(whole),
    getMany: (asked) => table.getMany(asked).then((rows: unknown[]) => rows.map(whole)),
    query: (asked) =>
      table.query(asked).then((found) => {
        found.result.forEach(whole);
        return found;
      }),
    openCursor: (asked) =>
      table.openCursor(asked).then((cursor) => {
        if (cursor === null || asked.values !== true) return cursor;
        const start = cursor.start.bind(cursor);
        return Object.assign(cursor, {
          start: (onNext: () => void) =>
            start(() => {
              whole<unknown>(cursor.value);
              onNext();
            }),
        });
      }),
  };
}

/** Reports every failed read and write of this table. Their errors are passed on. */
function watched(
  table: DBCoreTable,
  report: (act: 'read' | 'write', cause: unknown) => void,
): DBCoreTable {
  // no native `await`: the transaction must stay open
  const failed = (cause: unknown): never => {
    report('read', cause);
    throw cause;
  };
  return {
    ...table,
    get: (asked) => table.get(asked).then(null, failed),
    getMany: (asked) => table.getMany(asked).then(null, failed),
    query: (asked) => table.query(asked).then(null, failed),
    count: (asked) => table.count(asked).then(null, failed),
    openCursor: (asked) =>
      table.openCursor(asked).then((cursor) => {
        if (cursor === null) return cursor;
        const start = cursor.start.bind(cursor);
        return Object.assign(cursor, {
          start: (onNext: () => void) => start(onNext).then(null, failed),
        });
      }, failed),
    mutate: (asked) =>
      table.mutate(asked).then(
        (done) => {
          for (const cause of Object.values(done.failures)) report('write', cause);
          return done;
        },
        (cause: unknown) => {
          report('write', cause);
          throw cause;
        },
      ),
  };
}

/**
 * Throws `newer-schema` if a newer version has written that this one must not overwrite. Call it inside the guarded
 * transaction.
 */
async function passGate(db: TillDb): Promise<void> {
  const row = await db.meta.get('schema');
  if (row?.key !== 'schema') throw new StorageError('failed');
  if (row.value.minWriter > SCHEMA) throw new StorageError('newer-schema');
}

/** Writes the gate again after its row became unreadable. Throws StorageError. */
export async function renewGate(db: TillDb): Promise<void> {
  await atDisk(() => db.open());
  // newer code raises the database version in the same transaction as its gate
  if (Math.floor(db.verno) > SCHEMA) throw new StorageError('newer-schema');
  await atDisk(() => db.transaction('rw!', [db.meta], () => db.meta.put(gate)));
}

/** Converts disk exceptions to StorageError; passes bugs unchanged. */
async function atDisk<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storageErrorOf(cause) ?? cause;
  }
}

/**
 * Runs one strictly durable transaction over `tables`; resolves after the commit, all or nothing. Await only Dexie in `work`:
 * any other await ends the transaction early.
 */
export function transact<T>(
  db: TillDb,
  tables: readonly Table[],
  work: () => PromiseLike<T>,
): Promise<T> {
  const scope = tables.includes(db.meta) ? [...tables] : [db.meta, ...tables];
  return atDisk(() =>
    // "!": never join an outer transaction, whose commit we would not control
    db.transaction('rw!', scope, async () => {
      // issued together, so that the schema check costs no extra round trip
      const [result] = await Promise.all([work(), passGate(db)]);
      return result;
    }),
  );
}

/** One consistent read over `tables`. */
export function readTogether<T>(
  db: TillDb,
  tables: readonly Table[],
  work: () => PromiseLike<T>,
): Promise<T> {
  // async, because Dexie follows the awaits of functions called by `work` only inside an async function
  return atDisk(() => db.transaction('r', [...tables], async () => work()));
}

/** What `find` finds in this device's table, then in that of the copy of the shop's order. Awaits what `find` awaits. */
export async function inBoth<T extends CopiedTable | 'customers', Found>(
  db: TillDb,
  name: T,
  find: (table: TillDb[T]) => PromiseLike<readonly Found[]>,
): Promise<Found[]> {
  const copy = db.table(`remote${name.charAt(0).toUpperCase()}${name.slice(1)}`) as TillDb[T];
  return (await Promise.all([find(db[name]), find(copy)])).flat();
}

/** Throws StorageError `newer-schema`; call it before starting work that could not be saved. */
export function mayWrite(db: TillDb): Promise<void> {
  return readTogether(db, [db.meta], () => passGate(db));
}

/** Runs `work` exclusively among all tabs and workers. Not re-entrant: do not call it from within `work`. */
export async function withWriterLock<T>(db: TillDb, work: () => Promise<T>): Promise<T> {
  invariant('locks' in navigator, 'a till runs only where Web Locks are: in a secure context');
  return await navigator.locks.request(`${db.name}-writer`, work);
}
