// Every table of the relay but `kv` is keyed by shop first, and every statement on one names the shop.
import { readdirSync, readFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { migrations } from '../../relay/store/migrations';
import { writePlannerStatistics } from '../../relay/store/planner-statistics';

const db = new Sqlite(':memory:');
for (const sql of migrations) db.exec(sql);
writePlannerStatistics(db);
const names = (kind: string): string[] =>
  db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = ? AND tbl_name <> 'kv' AND name NOT LIKE 'sqlite_%'`,
    )
    .pluck()
    .all(kind) as string[];
const tables = names('table');

type Column = { name: string; type: string; pk: number };
const columnsOf = (table: string): Column[] =>
  (db.pragma(`table_info(${table})`) as Column[]).toSorted((a, b) => a.pk - b.pk);

/** A statement of the code, with the constants of its file put in. */
type Statement = { readonly place: string; readonly sql: string };

const TABLE = new RegExp(`\\b(?:FROM|JOIN|INTO|UPDATE)\\s+(?:${tables.join('|')})\\b`, 'g');
const BY_SHOP = /\bshop = @shop\b|\b\w+\.shop = \w+\.shop\b|\(@shop,|\bSELECT @shop,/g;

/** Uses of a table in a statement that no condition on the shop belongs to. */
const withoutShop = ({ sql }: Statement): number =>
  (sql.match(TABLE)?.length ?? 0) - (sql.match(BY_SHOP)?.length ?? 0);

function statementsIn(file: string, text: string): Statement[] {
  if (text.search(TABLE) < 0) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const constants = new Map<string, ts.Expression>();
  const statements: Statement[] = [];
  const textOf = (node: ts.Expression): string => {
    if (ts.isStringLiteralLike(node)) return node.text;
    if (ts.isIdentifier(node)) {
      const value = constants.get(node.text);
      return value === undefined ? '' : textOf(value);
    }
    if (!ts.isTemplateExpression(node)) return '';
    const spans = node.templateSpans.map((span) => textOf(span.expression) + span.literal.text);
    return node.head.text + spans.join('');
  };
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      // the schema is looked at in the database itself
      if (node.name.text === 'migration') return;
      if (node.parent.parent.parent === source) constants.set(node.name.text, node.initializer);
    }
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const sql = textOf(node);
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      if (sql.search(TABLE) >= 0) statements.push({ place: `${file}:${line + 1}`, sql });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return statements;
}

describe('each table', () => {
  test('has the shop first in its key; a number that is only an order may stand alone', () => {
    const wrong = tables.filter((table) => {
      const columns = columnsOf(table);
      const key = columns.filter(({ pk }) => pk > 0);
      const isRowid = key.length === 1 && key[0]?.type === 'INTEGER';
      if (isRowid) return !columns.some(({ name }) => name === 'shop');
      return key[0]?.name !== 'shop';
    });
    expect(tables.length).toBeGreaterThan(25);
    expect(wrong).toEqual([]);
  });

  test('has the shop first in each index and each unique set', () => {
    const wrong = tables.flatMap((table) =>
      (db.pragma(`index_list(${table})`) as { name: string }[])
        .filter(({ name }) => {
          const [first] = db.pragma(`index_info(${name})`) as { name: string }[];
          return first?.name !== 'shop';
        })
        .map(({ name }) => `${table}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('is searched by the column after the shop, never by the shop alone', () => {
    const searches = tables.flatMap((table) =>
      (db.pragma(`index_list(${table})`) as { name: string; partial: 0 | 1 }[])
        .filter(({ partial }) => partial === 0)
        .flatMap(({ name }) => {
          const [, second] = db.pragma(`index_info(${name})`) as { name: string }[];
          return second === undefined ? [] : [{ table, column: second.name }];
        }),
    );
    const byShopAlone = searches.flatMap(({ table, column }) => {
      const sql = `EXPLAIN QUERY PLAN SELECT * FROM ${table} WHERE shop = ? AND ${column} = ?`;
      const [step] = db.prepare(sql).all('shop', 1) as { detail: string }[];
      const uses = [`(shop=? AND ${column}=?)`, '(rowid=?)'];
      return uses.some((use) => step?.detail.includes(use)) ? [] : [step?.detail];
    });
    expect(searches.length).toBeGreaterThan(40);
    expect(byShopAlone).toEqual([]);
  });

  test('refers to rows of the same shop', () => {
    const wrong = tables.flatMap((table) => {
      const keys = db.pragma(`foreign_key_list(${table})`) as {
        id: number;
        table: string;
        from: string;
        to: string;
      }[];
      const ofShop = keys.filter(({ from, to }) => from === 'shop' && to === 'shop');
      return keys
        .filter(({ id }) => !ofShop.some((one) => one.id === id))
        .map((key) => `${table}.${key.from} to ${key.table}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('each statement', () => {
  const files = readdirSync('relay', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `relay/${name}`);

  test('names the shop once for each table it uses', () => {
    const statements = files.flatMap((file) => statementsIn(file, readFileSync(file, 'utf8')));
    expect(statements.length).toBeGreaterThan(120);
    const wrong = statements.filter((one) => withoutShop(one) > 0).map(({ place }) => place);
    expect(wrong).toEqual([]);
  });

  test.each([
    ["db.prepare('SELECT id FROM tills WHERE id = ?')", 1],
    ["db.prepare('SELECT id FROM tills WHERE shop = @shop AND id = ?')", 0],
    ["db.prepare('DELETE FROM tills')", 1],
    ["db.prepare('INSERT INTO tills (id) VALUES (?)')", 1],
    ["db.prepare('INSERT INTO tills (shop, id) VALUES (@shop, ?)')", 0],
    ["const sql = `UPDATE tills SET name = '' WHERE ${OF}`; const OF = 'id = @id';", 1],
    [
      "const OF = 'shop = @shop AND id = @id'; const sql = `UPDATE tills SET x = 1 WHERE ${OF}`;",
      0,
    ],
    ['sql = `SELECT 1 FROM tills t JOIN flags f ON f.till = t.id WHERE t.shop = @shop`', 1],
    ['sql = `SELECT 1 FROM tills t JOIN flags f ON f.shop = t.shop WHERE t.shop = @shop`', 0],
    ["sql = 'SELECT id FROM tills WHERE shop = @shop AND id IN (SELECT till FROM flags)'", 1],
  ])('%s: %i without', (text, count) => {
    const [statement] = statementsIn('made-up.ts', text);
    expect(statement && withoutShop(statement)).toBe(count);
  });
});
