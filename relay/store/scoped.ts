// The database of one shop: binds the shop's id to every statement that names it.
import type { Connection, Database, Statements } from './database';

/**
 * The database as this shop sees it: a statement that contains `@shop` gets the shop's id beside its other values. Of its named values
 * a list is written out, for `IN (@name)`, and a boolean is 1 or 0. Lists should be short: each length makes another statement text.
 */
export function scoped(connection: Connection, shop: string): Database {
  const bind = <Name extends keyof Statements>(name: Name): Statements[Name] =>
    ((sql: string, ...values: unknown[]) =>
      connection[name](...withShop(sql, values, shop))) as Statements[Name];
  return {
    get: bind('get'),
    one: bind('one'),
    all: bind('all'),
    value: bind('value'),
    number: bind('number'),
    column: bind('column'),
    has: bind('has'),
    run: bind('run'),
    changes: bind('changes'),
    shop,
    get open() {
      return connection.open;
    },
    transaction: (work) => connection.transaction((inside) => work(scoped(inside, shop))),
    close: connection.close,
  };
}

const known = new Map<string, boolean>();

/** Whether the text names `@shop`; texts are constants of the code, so there are few. */
function isOfShop(sql: string): boolean {
  const held = known.get(sql);
  if (held !== undefined) return held;
  const found = /@shop\b/.test(sql);
  known.set(sql, found);
  return found;
}

/** The statement and its values, with the shop where it is named. All named values are one object, the last one. */
function withShop(sql: string, values: readonly unknown[], shop: string): [string, ...unknown[]] {
  if (!isOfShop(sql)) return [sql, ...values];
  const last = values.at(-1);
  if (!isNamed(last)) return [sql, ...values, { shop }];
  const named: Record<string, unknown> = {};
  let text = sql;
  for (const [name, value] of Object.entries(last))
    if (Array.isArray(value)) {
      const names = value.map((_, place) => `${name}${place}`);
      // an empty list: nothing is in `(NULL)`
      const listed = names.map((each) => `@${each}`).join(', ') || 'NULL';
      text = text.replaceAll(new RegExp(`@${name}\\b`, 'g'), listed);
      for (const [place, each] of names.entries()) named[each] = value[place];
    } else named[name] = typeof value === 'boolean' ? Number(value) : value;
  return [text, ...values.slice(0, -1), { ...named, shop }];
}

const isNamed = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value);
