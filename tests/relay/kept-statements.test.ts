// A statement that is prepared once gives what one prepared anew would.
import Sqlite from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { keepStatements } from '../../relay/store/kept-statements';

const db = new Sqlite(':memory:');
keepStatements(db);
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
