// Compares customers' cards, and the persons on them, with their hashes in the journal.
import type { Credit } from '$lib/contract/acts/customer';
import type { Entry } from '$lib/contract/journal';
import { sealCard, sealPerson } from '$lib/proof/record';
import { isSame } from '$lib/storage/journal/projection';
import { actBodies, type CustomerRow } from '$lib/storage/schema/records';

/** The newest hash of a card in the journal. `persons`: by id, the hash of each authorised person whom this till has added. */
export type CardSeal = {
  readonly recordHash: string;
  readonly credit: Credit;
  readonly persons: ReadonlyMap<string, string>;
};

/** The key is the customer's id. */
export type CardSeals = ReadonlyMap<string, CardSeal>;

/** Adds the card hashes of an entry. Call it for the entries in the order of the journal. */
export function takeSeals(seals: Map<string, CardSeal>, entry: Entry): void {
  for (const { customer, recordHash, credit, person } of sealedBy(entry)) {
    const persons = new Map(seals.get(customer)?.persons);
    if (person?.hash === null) persons.delete(person.id);
    else if (person !== null) persons.set(person.id, person.hash);
    seals.set(customer, { recordHash, credit, persons });
  }
}

type Sealed = Omit<CardSeal, 'persons'> & {
  readonly customer: string;
  /** `hash` null: the person was removed. `person` null: the act is not about a person. */
  readonly person: { readonly id: string; readonly hash: string | null } | null;
};

function sealedBy({ act, body }: Entry): readonly Sealed[] {
  switch (act) {
    case 'customer-saved': {
      const saved = actBodies[act].safeParse(body).data;
      return saved === undefined ? [] : [{ ...saved, person: null }];
    }
    case 'authorised-person-added': {
      const added = actBodies[act].safeParse(body).data;
      if (added === undefined) return [];
      return [{ ...added, person: { id: added.person, hash: added.personRecordHash } }];
    }
    case 'authorised-person-removed': {
      const removed = actBodies[act].safeParse(body).data;
      return removed === undefined
        ? []
        : [{ ...removed, person: { id: removed.person, hash: null } }];
    }
    case 'customers-imported':
      return (actBodies[act].safeParse(body).data?.customers ?? []).map((card) => ({
        ...card,
        person: null,
      }));
    default:
      return [];
  }
}

/** Whether a card, and every person on it, matches its hash in the journal. */
export async function isSealed(row: CustomerRow, seal: CardSeal): Promise<boolean> {
  if (!isSame(seal.credit, row.credit)) return false;
  const { persons } = row;
  if (persons.length !== seal.persons.size) return false;
  // sealing throws for a value without a canonical form; such a value was never sealed
  const hashes = await Promise.all(persons.map((one) => sealPerson(one).catch(() => null)));
  if (persons.some(({ id }, place) => seal.persons.get(id) !== hashes[place])) return false;
  return (await sealCard(row).catch(() => null)) === seal.recordHash;
}
