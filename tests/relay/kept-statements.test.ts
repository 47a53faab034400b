// A statement that is prepared once gives what one prepared anew would, with the shop bound to it.
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scoped } from '../../relay/store/kept-statements';

const connection = new Sqlite(':memory:');
const db = scoped(connection, 'one');
db.exec('CREATE TABLE goods (name TEXT, price INTEGER)');
afterEach(() => {
  db.exec('DELETE FROM goods');
});

const put = (name: string, price: number) =>
  db.prepare('INSERT INTO goods VALUES (?, ?)').run(name, price);

test('the same text is one statement, run with its own values each time', () => {
  put('bread', 30);
  put('milk', 80);
  const sql = 'SELECT price FROM goods WHERE name = ?';
  expect(db.prepare(sql)).toBe(db.prepare(sql));
  expect(db.prepare(sql).get('bread')).toEqual({ price: 30 });
  expect(db.prepare(sql).get('milk')).toEqual({ price: 80 });
});

test('a text used for whole rows and for one value gives each its own', () => {
  put('bread', 30);
  const sql = 'SELECT price FROM goods';
  expect(db.prepare(sql).get()).toEqual({ price: 30 });
  expect(db.prepare(sql).pluck().get()).toBe(30);
  expect(db.prepare(sql).get()).toEqual({ price: 30 });
  expect(db.prepare(sql).pluck().all()).toEqual([30]);
});

test('a statement follows a change of the schema, and a rolled back transaction', () => {
  const sql = 'SELECT * FROM goods';
  put('bread', 30);
  expect(db.prepare(sql).get()).toEqual({ name: 'bread', price: 30 });
  db.exec('ALTER TABLE goods ADD COLUMN unit TEXT');
  expect(db.prepare(sql).get()).toEqual({ name: 'bread', price: 30, unit: null });
  const failing = db.transaction(() => {
    db.prepare('UPDATE goods SET price = ?').run(1);
    throw new Error('not today');
  });
  expect(failing).toThrow('not today');
  expect(db.prepare('SELECT price FROM goods').pluck().get()).toBe(30);
});

describe('the shop', () => {
  const other = scoped(connection, 'other');
  beforeEach(() => void db.exec('CREATE TABLE sold (shop TEXT, name TEXT, price INTEGER)'));
  afterEach(() => void db.exec('DROP TABLE sold'));

  test('is bound to a statement that names it, beside positional, named, listed and no values', () => {
    db.prepare('INSERT INTO sold VALUES (@shop, ?, ?)').run('bread', 30);
    db.prepare('INSERT INTO sold VALUES (@shop, ?, ?)').run(['rolls', 20]);
    other
      .prepare('INSERT INTO sold VALUES (@shop, @name, @price)')
      .run({ name: 'milk', price: 80 });
    other
      .prepare('INSERT INTO sold VALUES (@shop, ?, @price)')
      .run(Buffer.from('tea'), { price: 5 });
    const sql = 'SELECT price FROM sold WHERE shop = @shop ORDER BY price';
    expect(db.prepare(sql).all()).toEqual([{ price: 20 }, { price: 30 }]);
    expect(db.prepare(sql).pluck().all()).toEqual([20, 30]);
    expect([...other.prepare(sql).iterate()]).toEqual([{ price: 5 }, { price: 80 }]);
    expect(other.prepare(sql).get()).toEqual({ price: 5 });
  });

  test('cannot be replaced by a value of the caller', () => {
    const add = db.prepare('INSERT INTO sold VALUES (@shop, @name, 1)');
    add.run({ name: 'bread', shop: 'other' });
    expect(db.prepare('SELECT shop FROM sold').pluck().all()).toEqual(['one']);
  });

  test('is the same in a transaction, which is the one of the file', () => {
    const sell = other.transaction(() => {
      other.prepare('INSERT INTO sold VALUES (@shop, ?, 1)').run('bread');
      expect(db.inTransaction).toBe(true);
    });
    sell.immediate();
    expect(db.prepare('SELECT shop FROM sold').pluck().all()).toEqual(['other']);
  });
});
