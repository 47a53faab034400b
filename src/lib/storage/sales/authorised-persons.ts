// Adds authorised persons to a customer's card with a code of the customer, and removes them.
// The card itself does not change.
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import type { PublicKey } from '$lib/contract/values';
import {
  decidePersonAdded,
  refusedPerson,
  type PersonRefusal,
} from '$lib/domain/acts/customers/authorised-person-added';
import { decidePersonRemoved } from '$lib/domain/acts/customers/authorised-person-removed';
import type { Customer } from '$lib/domain/customers/customer';
import { personHash, phoneHash } from '$lib/proof/deal';
import { verifyGrant } from '$lib/proof/grant';
import { makeSalt, sealCard, sealPerson } from '$lib/proof/record';
import { showOwn } from '$lib/storage/customers/customers';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import {
  NO_CUSTOMER,
  saveAct,
  UNCHANGED,
  type NoCustomer,
  type Refused,
  type Saved,
} from '$lib/storage/policy/save-act';
import { judgePolicy, policyFactsIn } from '$lib/storage/policy/policies';
import { mergesIn } from '$lib/storage/remote/merged-cards';
import { customersIn, customerTables, ownPersonsOf } from '$lib/storage/remote/remote-cards';
import { customerRow, recorded, type CustomerRow } from '$lib/storage/schema/records';
import { usedAmong } from './sale-proofs';

/** A person to add to a customer's card. The person's `id` is made before the code is requested. */
export type NewPerson = { readonly customer: string; readonly person: AuthorisedPerson };

export type PersonAttempt = NewPerson & {
  /** The signed grant for the customer's code. */
  readonly code: string;
  readonly operator: string;
  /** ms, corrected by the relay's clock. */
  readonly at: number;
};

type Because = PersonRefusal | NoCustomer;
export type PersonOutcome = Saved<'authorised-person-added'> | Refused<Because>;

/** Why a person may not be added, checked before the customer is asked; null: nothing prevents it. Throws StorageError. */
export async function whyNoPerson(
  db: TillDb,
  { customer, person, operator }: NewPerson & { readonly operator: string },
): Promise<Refused<Because> | null> {
  const [facts, { card, isGone }] = await readTogether(db, [db.policy, ...tables(db)], () =>
    Promise.all([policyFactsIn(db), knownIn(db, customer)]),
  );
  const current = await judgePolicy(facts);
  if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
  if (card === null) return NO_CUSTOMER;
  const { policy } = current;
  const because = refusedPerson({ policy, operator, customer: card, person, isGone });
  return because === null ? null : { kind: 'refused', because };
}

/** Adds a person. Idempotent: the same id returns the same entry. Throws StorageError: nothing is saved. */
export function addPerson(db: TillDb, attempt: PersonAttempt): Promise<PersonOutcome> {
  const { customer: id, person } = attempt;
  const reading = { tables: tables(db), look: () => knownIn(db, id) };
  const by = { ...attempt, id: person.id };
  return saveAct(db, 'authorised-person-added', by, reading, async ({ till, ...who }, known) => {
    const { card, own, isGone } = known;
    if (card === null) return NO_CUSTOMER;
    const asked = await askedOf(card, attempt, till.relayKey);
    const record = { ...person, salt: makeSalt() };
    const row = { ...card, persons: [...own.persons, record], personsRemoved: own.personsRemoved };
    const [recordHash, personRecordHash] = [await sealCard(row), await sealPerson(record)];
    const challenges = asked.code === null ? [] : [asked.code.grant.challenge];
    const decided = decidePersonAdded({
      ...who,
      ...asked,
      till: till.id,
      customer: card,
      person,
      isGone,
      recordHash,
      personRecordHash,
      grantsUsed: await usedAmong(db, challenges),
    });
    return decided.kind === 'refused' ? decided : { ...decided, ...storing(db, row) };
  });
}

/** Stores the card with the entry, and shows it. */
const storing = (db: TillDb, row: CustomerRow) =>
  ({
    attached: [
      { table: 'customers', op: 'put', rows: [recorded(customerRow, row) as CustomerRow] },
    ],
    afterwards: () => showOwn(db, row.id),
  }) as const;

type PersonRemoval = {
  readonly customer: string;
  readonly person: string;
  readonly operator: string;
  readonly at: number;
};

/** Removes a person from the card, unless that is done already. Throws StorageError: nothing is saved. */
export async function removePerson(
  db: TillDb,
  { customer: id, person, ...by }: PersonRemoval,
): Promise<{ readonly kind: 'saved' } | Refused<Because>> {
  const attempt = { ...by, id: null };
  const reading = { tables: tables(db), look: () => knownIn(db, id) };
  const outcome = await saveAct(
    db,
    'authorised-person-removed',
    attempt,
    reading,
    async (who, { card, own }) => {
      if (card === null) return NO_CUSTOMER;
      if (!card.persons.some((one) => one.id === person)) return UNCHANGED;
      const persons = own.persons.filter((one) => one.id !== person);
      const row = { ...card, persons, personsRemoved: [...own.personsRemoved, person] };
      const body = { customer: id, credit: card.credit, recordHash: await sealCard(row), person };
      const decided = decidePersonRemoved({ ...who, ...body });
      return decided.kind === 'refused' ? decided : { ...decided, ...storing(db, row) };
    },
  );
  return outcome.kind === 'refused' ? outcome : { kind: 'saved' };
}

/** What the customer was asked, and their code if it was signed for their main number. */
async function askedOf(
  { id: customerId, phone, cardSalt }: Customer,
  { person, code: jws }: PersonAttempt,
  relayKey: PublicKey,
) {
  if (phone === null) return { code: null, dealHash: null };
  const grant = await verifyGrant(jws, relayKey);
  const isTheirs = grant !== null && grant.phoneHash === (await phoneHash(cardSalt, phone));
  return {
    code: isTheirs ? { jws, grant } : null,
    dealHash: await personHash({ customerId, cardSalt, phone, person }),
  };
}

const tables = (db: TillDb) => [
  ...[...customerTables(db), db.meta],
  ...[db.journal, db.remoteJournal],
];

/** Awaits Dexie only. */
async function knownIn(db: TillDb, customer: string) {
  const [[card = null], own, merges] = await Promise.all([
    customersIn(db, [customer]),
    db.customers.get(customer),
    mergesIn(db),
  ]);
  return {
    card,
    own: ownPersonsOf(own),
    isGone: merges.shownUnder(customer) !== customer,
  };
}
