// What each database version looks like on the disk: a store or index changed without a new version would meet tills that have the old one.
import { Dexie } from 'dexie';
import { expect, test } from 'vitest';
import { SCHEMA, TillDb } from '$lib/storage/database/db';
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
    disputes: 'entry: about, customer',
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
async function madeByVersion(
  version: number,
  name: string,
  rows: Record<string, object[]> = {},
): Promise<void> {
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
  for (const [table, each] of Object.entries(rows)) await old.table(table).bulkAdd(each);
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

test('acts without a code from before there was a list of them wait on it, once each; those of the demo do not', async () => {
  const { name } = emptyDb();
  const entry = (seq: number, body: object = {}) => {
    return {
      seq,
      policy: 0,
      act: 'sale',
      hash: `hash ${seq}`,
      till: 'a till',
      at: 100 + seq,
      body,
    };
  };
  const confirmed = (seq: number, index: number, kind: string) => {
    return { at: 100 + seq, hash: `hash ${seq}`, index, seq, kind, shown: kind };
  };
  await madeByVersion(1, name, {
    journal: [entry(2), entry(3), entry(4, { source: 'demo' }), entry(5), entry(6)],
    confirmations: [
      ...[confirmed(2, 0, 'override'), confirmed(2, 1, 'not-required'), confirmed(3, 0, 'code')],
      ...[confirmed(3, 1, 'reserve-code'), confirmed(4, 0, 'none'), confirmed(5, 0, 'code')],
      ...[confirmed(5, 1, 'none'), { ...confirmed(6, 0, 'override'), hash: 'of no entry' }],
    ],
  });
  const db = new TillDb(name);
  expect(await db.unconfirmed.orderBy('at').toArray()).toEqual([
    { entry: 'hash 2', till: 'a till', seq: 2, at: 102 },
    { entry: 'hash 5', till: 'a till', seq: 5, at: 105 },
  ]);
  await discard(db);
});

test('the till keeps everything in one database of its own name', () => {
  const db = new TillDb();
  expect(db.name).toBe('counterfoil');
  db.close();
});
