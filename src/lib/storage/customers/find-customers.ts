// Finds customers by words of a name or a piece of a number, using the index of keys.
import type { Customer } from '$lib/domain/customers/customer';
import { isFoundBy, queryOf, RANKS } from '$lib/storage/schema/customer-keys';
import { asCustomer } from './customers';
import { inBoth, type TillDb } from '$lib/storage/database/db';
import { mergesIn } from '$lib/storage/remote/merged-cards';
import { findPacked, packedWithNumber } from '$lib/storage/remote/packed-cards';
import { customersIn } from '$lib/storage/remote/remote-cards';
import type { CustomerRow } from '$lib/storage/schema/records';

/**
 * Finds customers by words of the name, or by the beginning of the number (with or without country code) or its
 * last digits. Customers with a phone come first.
 */
export async function findCustomers(db: TillDb, text: string, limit: number): Promise<Customer[]> {
  const query = queryOf(text);
  if (query.kind === 'all') {
    const [ids, packed] = await Promise.all([
      idsInBoth(db, (table) => table.orderBy('order').limit(limit).primaryKeys()),
      findPacked(db, query, limit),
    ]);
    return sorted(await shownAmong(db, [...ids, ...packed])).slice(0, limit);
  }
  const found = new Set(await findPacked(db, query, limit));
  for (const rank of RANKS) {
    if (found.size >= limit) break;
    const ids =
      query.kind === 'digits'
        ? (
            await Promise.all(query.digits.map((digits) => idsWith(db, rank + digits, limit)))
          ).flat()
        : await idsWithAll(db, rank, query.words, limit);
    for (const id of ids) found.add(id);
  }
  const shown = await shownAmong(db, [...found]);
  // the index of another till's edit may be stale: check each card as it is shown now
  return sorted(shown.filter((row) => row && isFoundBy(query, row))).slice(0, limit);
}

/** The cards of these ids, without those that were merged into another card. */
async function shownAmong(
  db: TillDb,
  ids: readonly string[],
): Promise<(CustomerRow | undefined)[]> {
  const { shownUnder } = await mergesIn(db);
  return customersIn(
    db,
    [...new Set(ids)].filter((id) => shownUnder(id) === id),
  );
}

/** Customers whose cards have the same number as this one's, including the customer. */
export async function sharingNumber(db: TillDb, customer: string): Promise<readonly string[]> {
  const [card] = await customersIn(db, [customer]);
  const phone = card?.phone ?? null;
  if (phone === null) return [];
  const [held, packed] = await Promise.all([
    idsInBoth(db, (table) => table.where('phone').equals(phone).primaryKeys()),
    packedWithNumber(db, [phone]),
  ]);
  const ids = [...new Set([...held, ...packed])];
  // if another till changed a card last, its newest number is in that till's row
  const rows = await customersIn(db, ids);
  return ids.filter((_, place) => rows[place]?.phone === phone);
}

/** Ids found among this device's cards and those of other tills, without duplicates. */
async function idsInBoth(
  db: TillDb,
  find: (table: TillDb['customers']) => PromiseLike<string[]>,
): Promise<string[]> {
  return [...new Set(await inBoth(db, 'customers', find))];
}

function sorted(rows: readonly (CustomerRow | undefined)[]): Customer[] {
  return rows
    .filter((row) => row !== undefined)
    .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
    .map(asCustomer);
}

/** Upper bound of how many keys of one customer begin alike. */
const KEYS_ALIKE = 8;

/** Customers found beyond the limit, because the cards of some may have changed since. */
const CHANGED = 8;

/** Ids of the first customers with such a key. Reads keys only, in one request; reading rows would take one request each. */
async function idsWith(db: TillDb, start: string, limit: number): Promise<string[]> {
  const most = limit + CHANGED;
  return idsInBoth(db, async (table) => {
    const keys = table.where('keys').startsWith(start);
    const ids = await keys.limit(most * KEYS_ALIKE).primaryKeys();
    return [...new Set(ids)].slice(0, most);
  });
}

/** Ids of the first customers with a key for every word. */
async function idsWithAll(
  db: TillDb,
  rank: string,
  words: readonly [string, ...string[]],
  limit: number,
): Promise<string[]> {
  const [first, ...others] = words;
  if (others.length === 0) return idsWith(db, rank + first, limit);
  const [ids = [], ...more] = await Promise.all(
    words.map((word) =>
      idsInBoth(db, (table) =>
        table
          .where('keys')
          .startsWith(rank + word)
          .primaryKeys(),
      ),
    ),
  );
  const sets = more.map((each) => new Set(each));
  return [...new Set(ids)].filter((id) => sets.every((set) => set.has(id))).slice(0, limit);
}
