// Lists of values for `IN`, as PostgreSQL and SQLite both take them: a named value for each element.

export type ValueList = {
  /** `@name0, @name1, …`; `NULL` for an empty list, because no value is in `(NULL)`. */
  readonly sql: string;
  readonly values: Readonly<Record<string, string>>;
};

/** The list as named values. Lists should be short: each length makes another statement text, and all are kept prepared. */
export function valueList(name: string, list: readonly string[]): ValueList {
  const named = list.map((value, place) => [`${name}${place}`, value] as const);
  const sql = named.map(([key]) => `@${key}`).join(', ');
  return { sql: sql === '' ? 'NULL' : sql, values: Object.fromEntries(named) };
}
