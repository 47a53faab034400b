// The database of one shop: binds the shop's id to every statement that names it.
import type { Connection, Database, Statements } from './database';

/** The database as this shop sees it: a statement that contains `@shop` gets the shop's id beside its other values. */
export function scoped(connection: Connection, shop: string): Database {
  const bind = <Name extends keyof Statements>(name: Name): Statements[Name] =>
    ((sql: string, ...values: unknown[]) =>
      connection[name](
        sql,
        ...(isOfShop(sql) ? withShop(values, shop) : values),
      )) as Statements[Name];
  return {
    get: bind('get'),
    all: bind('all'),
    value: bind('value'),
    column: bind('column'),
    run: bind('run'),
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

/** All named values are one object, the last one. */
function withShop(values: readonly unknown[], shop: string): readonly unknown[] {
  const last = values.at(-1);
  return isNamed(last) ? [...values.slice(0, -1), { ...last, shop }] : [...values, { shop }];
}

const isNamed = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value);
