// Customers' cards as this till shows them: its own ones, or those that other tills made or changed last.
import type { RemoteCardRow } from '$lib/contract/shop-copy';
import type { Phone } from '$lib/domain/phone';
import { isSameCredit } from '$lib/domain/shop-cards';
import { sealCard } from '$lib/proof/record';
import { keysOf } from '$lib/storage/schema/customer-keys';
import type { TillDb } from '$lib/storage/database/db';
import { customerRow, recorded, type CustomerRow } from '$lib/storage/schema/records';
import { areForgotten } from './forgotten-customers';

/**
 * What is shown in place of the own card; null: the own card. An own change that the order does not have yet is newer than
 * everything in it.
 */
export async function shownCard(
  own: CustomerRow | undefined,
  state: RemoteCardRow,
): Promise<CustomerRow | null> {
  if (state.isForgotten) return null;
  const ownHash = own === undefined ? null : await sealCard(own).catch(() => null);
  if (own !== undefined && ownHash !== state.ownHash) return null;
  const { customer: id, card, credit, at, phoneSince: since } = state;
  if (card === null || state.recordHash === ownHash) {
    return own === undefined || isSameCredit(own.credit, credit) ? null : { ...own, credit };
  }
  const phone = card.phone as Phone | null;
  const isSameNumber = own !== undefined && own.phone === phone;
  const phoneSince = phone !== null && isSameNumber ? laterOf(own.phoneSince, since) : since;
  const fields = { ...card, id, phone, phoneSince, credit, savedAt: at };
  return recorded(customerRow, { ...fields, ...keysOf(card.name, phone) });
}

/** Of two times since when a number is on a card, the stricter one; null: an import's. */
const laterOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);

/** The cards of these customers as all tills know them, in their order; undefined also where they were forgotten. Awaits Dexie only. */
export async function customersIn(
  db: TillDb,
  ids: readonly string[],
): Promise<(CustomerRow | undefined)[]> {
  const [remote, own, forgotten] = await Promise.all([
    db.remoteCustomers.bulkGet([...ids]),
    db.customers.bulkGet([...ids]),
    areForgotten(db, ids),
  ]);
  return ids.map((_, place) =>
    forgotten[place] === true ? undefined : (remote[place] ?? own[place]),
  );
}
