// What each database version looks like on the disk: a store or index changed without a new version would meet tills that have the old one.
import { Dexie } from 'dexie';
import { expect, test } from 'vitest';
import { SCHEMA, TillDb } from '$lib/storage/db';
import { discard, emptyDb } from '../support/storage-shop';

/** One for every version ever shipped; never edited, only added to. */
const VERSIONS: Record<string, string>[] = [
  {
    accountEntries: '[hash+index]: customer',
    balances: '[customer+account]',
    catalogue: 'key',
    confirmations: '[at+hash+index]: customer+at, shown+at',
    customers: 'id: *keys, order, phone',
    drafts: 'slot: id',
    grantsUsed: 'challenge',
    journal: 'seq: policy',
    meta: 'key',
    pinFailures: 'operator',
    policy: 'key',
    sales: 'id: &till+number, at, customer',
    stock: 'product',
  },
  {
    accountEntries: '[hash+index]: customer',
    balances: '[customer+account]',
    catalogue: 'key',
    confirmations: '[at+hash+index]: customer+at, shown+at',
    customers: 'id: *keys, order, phone',
    disputes: 'customer',
    drafts: 'slot: id',
    formerJournal: '[till+seq]',
    grantsUsed: 'challenge',
    journal: 'seq: policy',
    meta: 'key',
    notices: '[entry+customer]: entry',
    pinFailures: 'operator',
    policy: 'key',
    reserveTries: 'customer',
    reserveVerifiers: 'id: customer',
    unconfirmed: 'entry: at',
    sales: 'id: &till+number, at, customer',
    stock: 'product',
  },
];

/** The rows of a till as version 1 left them: its gate, and an act in the journal. */
const FIRST = {
  meta: { key: 'schema', value: { schema: 1, minWriter: 1 } },
  journal: { seq: 1, policy: 0, act: 'till-enrolled', hash: 'as it was' },
};

/** A database as the code of that version made it. */
async function madeByVersion(version: number, name: string): Promise<void> {
  const old = new Dexie(name);
  const shape = Object.entries(VERSIONS[version - 1] ?? {}).map(([table, spelled]) => {
    const [key = '', indexes = ''] = spelled.split(': ');
    const names = indexes.split(', ').map((each) => {
      const path = each.replace(/^[&*]/, '');
      return path.includes('+') ? each.replace(path, `[${path}]`) : each;
    });
    return [table, [key, ...names].filter((each) => each !== '').join(', ')];
  });
  old.version(version).stores(Object.fromEntries(shape) as Record<string, string>);
  await old.table('meta').add(FIRST.meta);
  await old.table('journal').add(FIRST.journal);
  old.close();
}

async function shapeOf(db: TillDb): Promise<Record<string, string>> {
  await db.open();
  const idb = db.backendDB();
  const names = [...idb.objectStoreNames];
  const transaction = idb.transaction(names);
  return Object.fromEntries(
    names.map((name) => {
      const store = transaction.objectStore(name);
      const path = (keys: string | string[] | null) =>
        Array.isArray(keys) ? keys.join('+') : keys;
      const key = Array.isArray(store.keyPath) ? `[${path(store.keyPath)}]` : path(store.keyPath);
      const indexes = [...store.indexNames]
        .map((index) => store.index(index))
        .map(
          (each) => `${each.unique ? '&' : ''}${each.multiEntry ? '*' : ''}${path(each.keyPath)}`,
        )
        .sort();
      return [name, indexes.length === 0 ? key : `${key}: ${indexes.join(', ')}`];
    }),
  ) as Record<string, string>;
}

test('the database has the shape of its version, and every version has its shape here', async () => {
  const db = emptyDb();
  expect(VERSIONS).toHaveLength(SCHEMA);
  expect(await shapeOf(db)).toEqual(VERSIONS.at(-1));
  expect(await db.meta.get('schema')).toEqual({
    ...{ key: 'schema', value: { schema: SCHEMA, minWriter: 2 } },
  });
  await discard(db);
});

test('a till that version 1 left behind is opened with everything in it, and older code may no longer write', async () => {
  const { name } = emptyDb();
  await madeByVersion(1, name);
  const db = new TillDb(name);
  expect(await shapeOf(db)).toEqual(VERSIONS.at(-1));
  expect(await db.journal.toArray()).toEqual([FIRST.journal]);
  expect(await db.meta.toArray()).toEqual([{ key: 'schema', value: { schema: 2, minWriter: 2 } }]);
  await discard(db);
});

test('the till keeps everything in one database of its own name', () => {
  const db = new TillDb();
  expect(db.name).toBe('counterfoil');
  db.close();
});
