// The asynchronous database: one transaction after another, with shared commits.
// Nothing is answered before it is durable.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Connection } from '../../relay/store/database';
import { Closed, HOLD_LIMITS, type HoldLimits } from '../../relay/store/group-commit';
import { scoped } from '../../relay/store/scoped';
import { sharedDatabase } from '../../relay/store/shared-database';
import { inTransaction } from '../../relay/store/transaction';
import { transactionGuard } from '../support/relay';

let folder: string;
let db: Connection;
/** What another process would see. */
let other: Sqlite.Database;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-shared-'));
  file = join(folder, 'shared.db');
  db = open(HOLD_LIMITS, () => undefined);
  other = new Sqlite(file, { readonly: true });
});
afterEach(() => {
  other.close();
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(limits: HoldLimits, onSlow: () => void): Connection {
  const writer = new Sqlite(file, { timeout: 0 });
  writer.pragma('journal_mode = WAL');
  writer.pragma('synchronous = FULL');
  writer.exec(`CREATE TABLE IF NOT EXISTS goods (name TEXT PRIMARY KEY, price INTEGER) STRICT;
    CREATE TABLE IF NOT EXISTS sold (shop TEXT, name TEXT, price INTEGER) STRICT;
    INSERT INTO goods VALUES ('bread', 0) ON CONFLICT DO NOTHING;`);
  const reader = new Sqlite(file, { readonly: true });
  return sharedDatabase(writer, reader, { onSlow, limits, guard: transactionGuard() });
}

/** A promise and what resolves it. */
function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give!: () => void;
  const given = new Promise<void>((done) => (give = done));
  return { given, give };
}

const PRICE = "SELECT price FROM goods WHERE name = 'bread'";
const ADD = 'INSERT INTO goods (name, price) VALUES (@name, @price)';
const durable = (): unknown => other.prepare(PRICE).pluck().get();

async function raise(inside: Connection): Promise<void> {
  const price = (await inside.value(PRICE)) as number;
  await inside.run("UPDATE goods SET price = ? WHERE name = 'bread'", price + 1);
}

test('of two thousand transactions at once, a third failing, no update is lost or answered early', async () => {
  let [stored, early, failed] = [0, 0, 0];
  const work = Array.from({ length: 2000 }, async (_, n) => {
    try {
      await db.transaction(async (inside) => {
        await raise(inside);
        if (n % 3 === 0) throw new Error('not today');
        if (n % 5 === 0) await inside.transaction(raise);
      });
      stored += n % 5 === 0 ? 2 : 1;
      if ((durable() as number) < stored) early += 1;
    } catch (error) {
      if (!(error instanceof Error && error.message === 'not today')) throw error;
      failed += 1;
    }
  });
  await Promise.all(work);
  expect({ failed, early, price: durable() }).toEqual({ failed: 667, early: 0, price: stored });
});

test('a failed transaction is undone alone, among others in the same commit', async () => {
  const all = await Promise.allSettled([
    db.run(ADD, { name: 'milk', price: 80 }),
    db.run(ADD, { name: 'bread', price: 1 }),
    db.transaction(async (inside) => {
      await inside.run(ADD, { name: 'tea', price: 5 });
      await inside.run(ADD, { name: 'bread', price: 1 });
    }),
    db.value('INSERT INTO goods VALUES (?, ?) RETURNING price', 'rolls', 20),
  ]);
  expect(all.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  expect(all[3]).toMatchObject({ value: 20 });
  const names = other.prepare('SELECT name FROM goods ORDER BY name').pluck().all();
  expect(names).toEqual(['bread', 'milk', 'rolls']);
});

test('a failed transaction inside another fails the outer one, even if its error is caught', async () => {
  const caught = db.transaction(async (inside) => {
    await raise(inside);
    await inside
      .transaction(() => {
        throw new Error('within');
      })
      .catch(() => undefined);
  });
  await expect(caught).rejects.toThrow('within');
  expect(durable()).toBe(0);
});

test('a read outside sees what is durable, a read inside sees its own transaction', async () => {
  await db.transaction(async (inside) => {
    await raise(inside);
    expect(await inside.get(PRICE)).toEqual({ price: 1 });
    expect(durable()).toBe(0);
  });
  expect(await db.get(PRICE)).toEqual({ price: 1 });
  expect(await db.all('SELECT name FROM goods')).toEqual([{ name: 'bread' }]);
  expect(await db.column('SELECT name FROM goods')).toEqual(['bread']);
  expect(await db.value('SELECT name FROM goods WHERE price = 99')).toBeNull();
});

test('the outer database inside a transaction is found, and does not hang', async () => {
  const uses = [() => db.run(ADD, { name: 'milk', price: 1 }), () => db.get(PRICE)];
  for (const use of [...uses, () => db.transaction(raise)]) {
    const wrong = db.transaction(async (inside) => {
      await raise(inside);
      await use();
    });
    await expect(wrong).rejects.toThrow(/outside of the transaction|inside another/);
  }
  expect(durable()).toBe(0);
  // code that runs after the transaction is outside again
  const ended = signal();
  let later: Promise<unknown> = Promise.resolve();
  await db.transaction(() => {
    later = ended.given.then(() => db.get(PRICE));
  });
  ended.give();
  expect(await later).toEqual({ price: 0 });
});

test('the handle of a transaction cannot be used after it', async () => {
  let kept: Connection | null = null;
  await db.transaction((inside) => void (kept = inside));
  await expect((kept as unknown as Connection).get(PRICE)).rejects.toThrow(/after the end/);
});

test('a transaction that blocks others for long is reported once', async () => {
  db.close();
  const [noticed, reported] = [vi.fn(), signal()];
  db = open({ ...HOLD_LIMITS, slowMs: 1 }, () => {
    noticed();
    reported.give();
  });
  const held = db.transaction(() => reported.given);
  const waiting = db.run(ADD, { name: 'milk', price: 80 });
  await held;
  await waiting;
  expect(noticed).toHaveBeenCalledTimes(1);
});

test('a unit that waits too long for a transaction is refused, and the transaction goes on', async () => {
  db.close();
  db = open({ slowMs: 1, stalledMs: 1 }, () => undefined);
  const refused = signal();
  const held = db.transaction(async (inside) => {
    await raise(inside);
    await refused.given;
  });
  const waiting = db.run(ADD, { name: 'milk', price: 80 });
  await expect(waiting).rejects.toThrow('too long');
  refused.give();
  await held;
  await db.run(ADD, { name: 'tea', price: 5 });
  expect(other.prepare('SELECT name FROM goods').pluck().all()).toEqual(['bread', 'tea']);
  expect(durable()).toBe(1);
});

test('while another process holds the file, writes are refused; later ones are stored', async () => {
  const process = new Sqlite(file);
  process.exec('BEGIN IMMEDIATE');
  const names = ['milk', 'tea', 'rolls'];
  const add = (name: string) => db.run(ADD, { name, price: 1 });
  const all = await Promise.allSettled(names.map(add));
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  process.exec('ROLLBACK');
  process.close();
  await Promise.all(names.map(add));
  expect(await db.value('SELECT COUNT(*) FROM goods')).toBe(4);
});

test('a transaction that the database ended stores nothing, even if its error is caught', async () => {
  const before = db.run(ADD, { name: 'milk', price: 80 });
  const ended = db.transaction(async (inside) => {
    await raise(inside);
    // ends the transaction as a full disk does
    const failing = inside.run("INSERT OR ROLLBACK INTO goods VALUES ('bread', 1)");
    await failing.catch(() => undefined);
    await inside.run(ADD, { name: 'tea', price: 5 });
  });
  const all = await Promise.allSettled([before, ended]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await db.run(ADD, { name: 'rolls', price: 20 });
  expect(await db.column('SELECT name FROM goods ORDER BY name')).toEqual(['bread', 'rolls']);
  expect(durable()).toBe(0);
});

test('a transaction that cannot be undone alone ends its whole commit, and the next one is stored', async () => {
  const before = db.run(ADD, { name: 'milk', price: 80 });
  const broken = db.transaction(async (inside) => {
    await raise(inside);
    await inside.run('RELEASE unit');
    throw new Error('not today');
  });
  const after = db.run(ADD, { name: 'rolls', price: 20 });
  const all = await Promise.allSettled([before, broken, after]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(await db.column('SELECT name FROM goods ORDER BY name')).toEqual(['bread', 'rolls']);
  expect(durable()).toBe(0);
});

test('closing keeps complete transactions, and nothing of incomplete ones', async () => {
  const [begun, closed] = [signal(), signal()];
  const complete = db.transaction(raise);
  const unfinished = db.transaction(async (inside) => {
    await raise(inside);
    begun.give();
    await closed.given;
    await raise(inside);
  });
  const waiting = db.run(ADD, { name: 'milk', price: 80 });
  const all = Promise.allSettled([complete, unfinished, waiting]);
  await begun.given;
  db.close();
  closed.give();
  const [first, second, third] = await all;
  expect(first.status).toBe('fulfilled');
  expect(second.status).toBe('rejected');
  expect(third).toMatchObject({ status: 'rejected', reason: expect.any(Closed) as Closed });
  expect(durable()).toBe(1);
  await expect(db.get(PRICE)).rejects.toThrow();
  expect(db.open).toBe(false);
});

describe('the database of a shop', () => {
  test('binds its shop to a statement that names it, with positional, named or no other values', async () => {
    const [one, two] = [scoped(db, 'one'), scoped(db, 'two')];
    await one.run('INSERT INTO sold VALUES (@shop, ?, ?)', 'bread', 30);
    await two.run('INSERT INTO sold VALUES (@shop, @name, @price)', { name: 'milk', price: 80 });
    await two.run('INSERT INTO sold VALUES (@shop, ?, @price)', 'tea', { price: 5 });
    await one.run('INSERT INTO sold VALUES (@shop, @name, 1)', { name: 'rolls', shop: 'two' });
    const sql = 'SELECT price FROM sold WHERE shop = @shop ORDER BY price';
    expect(await one.column(sql)).toEqual([1, 30]);
    expect(await two.all(sql)).toEqual([{ price: 5 }, { price: 80 }]);
  });

  test('is passed on inside a transaction, with the rest of the context', async () => {
    const relay = { db: scoped(db, 'one'), name: 'rolls' };
    await inTransaction(relay, async ({ db: inside, name }) => {
      await inside.run('INSERT INTO sold VALUES (@shop, @name, 1)', { name });
      expect(inside.shop).toBe('one');
    });
    expect(await db.all('SELECT shop, name FROM sold')).toEqual([{ shop: 'one', name: 'rolls' }]);
  });
});
