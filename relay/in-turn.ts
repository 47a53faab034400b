// `map`, `flatMap` and `filter` with asynchronous functions, which run one after another.

/** As `map`. */
export async function mapInTurn<T, R>(
  list: Iterable<T>,
  work: (one: T) => R | Promise<R>,
): Promise<R[]> {
  const made: R[] = [];
  for (const one of list) made.push(await work(one));
  return made;
}

/** As `flatMap`. */
export async function flatMapInTurn<T, R>(
  list: Iterable<T>,
  work: (one: T) => R | readonly R[] | Promise<R | readonly R[]>,
): Promise<R[]> {
  const made: R[] = [];
  for (const one of list) {
    const some = await work(one);
    made.push(...([some].flat() as R[]));
  }
  return made;
}

/** As `filter`. */
export async function filterInTurn<T>(
  list: Iterable<T>,
  holds: (one: T) => Promise<boolean>,
): Promise<T[]> {
  const kept: T[] = [];
  for (const one of list) if (await holds(one)) kept.push(one);
  return kept;
}
