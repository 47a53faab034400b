// Reads packed rows of a snapshot: many customers in a row, keyed by the first, sorted by customer.
import type { Table } from 'dexie';

/** The packs that would contain these customers, if they are packed. Awaits Dexie only. */
export async function packsWith<Pack extends { readonly first: string }>(
  table: Table<Pack, string>,
  customers: readonly string[],
): Promise<Pack[]> {
  const [greatest, ...others] = customers.toSorted().reverse();
  if (greatest === undefined) return [];
  const upTo = (customer: string) => table.where('first').belowOrEqual(customer).last();
  const last = await upTo(greatest);
  // most tills have no packs
  if (last === undefined) return [];
  const rows = [last, ...(await Promise.all(others.map(upTo)))];
  const packs = rows.filter((row) => row !== undefined);
  return [...new Map(packs.map((pack) => [pack.first, pack])).values()];
}
