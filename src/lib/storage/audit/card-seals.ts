// Compares customers' cards with the seals of them in the journal.
import type { Credit } from '$lib/contract/acts/customer';
import type { Entry } from '$lib/contract/journal';
import { sealCard } from '$lib/proof/record';
import { isSame } from '$lib/storage/journal/projection';
import { actBodies, type CustomerRow } from '$lib/storage/schema/records';

/** The seal of a card in an entry. */
export type CardSeal = {
  readonly customer: string;
  readonly recordHash: string;
  readonly credit: Credit;
};

/** By customer. */
export type CardSeals = ReadonlyMap<string, CardSeal>;

/** The cards that an entry seals. */
export function cardSealsOf(entry: Entry): readonly CardSeal[] {
  if (entry.act === 'customer-saved') {
    const body = actBodies['customer-saved'].safeParse(entry.body).data;
    return body === undefined ? [] : [body];
  }
  if (entry.act === 'authorised-person-added' || entry.act === 'authorised-person-removed') {
    const body = actBodies[entry.act].safeParse(entry.body).data;
    return body === undefined ? [] : [body];
  }
  if (entry.act !== 'customers-imported') return [];
  return actBodies['customers-imported'].safeParse(entry.body).data?.customers ?? [];
}

/** Whether a card is as it was sealed. */
export async function isSealed(row: CustomerRow, seal: CardSeal): Promise<boolean> {
  if (!isSame(seal.credit, row.credit)) return false;
  // a value without canonical form cannot have been sealed
  return (await sealCard(row).catch(() => null)) === seal.recordHash;
}
