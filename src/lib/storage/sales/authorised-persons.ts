// Adds authorised persons to a customer's card with a code of the customer, and removes them.
// The card itself does not change.
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import type { EntryOf } from '$lib/contract/journal';
import type { PublicKey } from '$lib/contract/values';
import {
  decidePersonAdded,
  refusedPerson,
  type PersonRefusal,
} from '$lib/domain/acts/authorised-person-added';
import { decidePersonRemoved } from '$lib/domain/acts/authorised-person-removed';
import type { Customer } from '$lib/domain/customers/customer';
import { personHash, phoneHash } from '$lib/proof/deal';
import { verifyGrant } from '$lib/proof/grant';
import { makeSalt, sealCard, sealPerson } from '$lib/proof/record';
import { showOwn } from '$lib/storage/customers/customers';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { isEnrolled } from '$lib/storage/database/till-record';
import { entriesOf } from '$lib/storage/journal/reader';
import { asWriterSeeing, giveUpPending } from '$lib/storage/journal/writer';
import { judgePolicy, policyFactsIn, type PolicyRefused } from '$lib/storage/policy/policies';
import { mergesIn } from '$lib/storage/remote/merged-cards';
import { customersIn, customerTables, ownPersonsOf } from '$lib/storage/remote/remote-cards';
import { customerRow, recorded, type CustomerRow } from '$lib/storage/schema/records';
import { provenIn } from '$lib/storage/till/clock';
import { usedAmong } from './corrections';

/** A person to add to a customer's card. The person's `id` is made before the code is requested. */
export type NewPerson = { readonly customer: string; readonly person: AuthorisedPerson };

export type PersonAttempt = NewPerson & {
  /** The signed grant for the customer's code. */
  readonly code: string;
  readonly operator: string;
  /** ms, corrected by the relay's clock. */
  readonly at: number;
};

type Refused<Because> = {
  readonly kind: 'refused';
  readonly because: Because | PolicyRefused | { readonly kind: 'no-customer' };
};

export type PersonOutcome =
  | { readonly kind: 'saved'; readonly entry: EntryOf<'authorised-person-added'> }
  | Refused<PersonRefusal>;

/** Why a person may not be added, checked before the customer is asked; null: nothing prevents it. Throws StorageError. */
export async function whyNoPerson(
  db: TillDb,
  { customer, person, operator }: NewPerson & { readonly operator: string },
): Promise<Refused<PersonRefusal> | null> {
  const { facts, card, isGone } = await readTogether(db, tables(db), () => knownIn(db, customer));
  const current = await judgePolicy(facts);
  if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
  if (card === null) return { kind: 'refused', because: { kind: 'no-customer' } };
  const { policy } = current;
  const because = refusedPerson({ policy, operator, customer: card, person, isGone });
  return because === null ? null : { kind: 'refused', because };
}

/** Adds a person. Idempotent: the same id returns the same entry. Throws StorageError: nothing is saved. */
export async function addPerson(db: TillDb, attempt: PersonAttempt): Promise<PersonOutcome> {
  const { customer: id, person, operator } = attempt;
  const look = {
    tables: [db.actIds, ...tables(db)],
    look: async () => {
      const [saved, seen] = await Promise.all([db.actIds.get(person.id), knownIn(db, id)]);
      const entries = saved === undefined ? [] : await entriesOf(db, [saved]);
      return { already: entries[0] ?? null, ...seen };
    },
  };
  type Seen = Awaited<ReturnType<typeof look.look>>;
  const outcome = await asWriterSeeing<Seen, PersonOutcome>(db, look, async (writer, seen) => {
    const { already, facts, card, own, isGone, proven } = seen;
    if (already !== null)
      return { kind: 'saved', entry: already as EntryOf<'authorised-person-added'> };
    const { till } = writer;
    const current = await judgePolicy(facts);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    if (card === null || !isEnrolled(till))
      return { kind: 'refused', because: { kind: 'no-customer' } };
    const { policy } = current;
    const asked = await askedOf(card, attempt, till.relayKey);
    const record = { ...person, salt: makeSalt() };
    const row = { ...card, persons: [...own.persons, record], personsRemoved: own.personsRemoved };
    const [recordHash, personRecordHash] = [await sealCard(row), await sealPerson(record)];
    const challenges = asked.code === null ? [] : [asked.code.grant.challenge];
    // a clock set back must not make an expired code valid again
    const at = Math.max(attempt.at, proven);
    const decided = decidePersonAdded({
      ...{ policy, operator, till: till.id, at, customer: card, person, isGone },
      ...{ recordHash, personRecordHash },
      ...{ ...asked, grantsUsed: await usedAmong(db, challenges) },
    });
    if (decided.kind === 'refused') return decided;
    const made = { body: decided.body, operator, at, policy: policy.version };
    const entry = await writer.write({ act: 'authorised-person-added', ...made }, [
      { table: 'customers', op: 'put', rows: [recorded(customerRow, row) as CustomerRow] },
    ]);
    await showOwn(db, id);
    return { kind: 'saved', entry };
  });
  // an earlier try may be in the journal file; the next start must not book an act that was reported as refused
  if (outcome.kind === 'refused') await giveUpPending(db);
  return outcome;
}

type PersonRemoval = {
  readonly customer: string;
  readonly person: string;
  readonly operator: string;
  readonly at: number;
};

/** Removes a person from the card, unless that is done already. Throws StorageError: nothing is saved. */
export async function removePerson(
  db: TillDb,
  { customer: id, person, operator, at }: PersonRemoval,
): Promise<{ readonly kind: 'saved' } | Refused<PersonRefusal>> {
  type Removed = { readonly kind: 'saved' } | Refused<PersonRefusal>;
  const look = { tables: tables(db), look: () => knownIn(db, id) };
  type Seen = Awaited<ReturnType<typeof look.look>>;
  return asWriterSeeing<Seen, Removed>(db, look, async (writer, { facts, card, own }) => {
    const current = await judgePolicy(facts);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    if (card === null) return { kind: 'refused', because: { kind: 'no-customer' } };
    if (!card.persons.some((one) => one.id === person)) return { kind: 'saved' };
    const { policy } = current;
    const persons = own.persons.filter((one) => one.id !== person);
    const row = { ...card, persons, personsRemoved: [...own.personsRemoved, person] };
    const body = { customer: id, credit: card.credit, recordHash: await sealCard(row), person };
    const decided = decidePersonRemoved({ policy, operator, ...body });
    if (decided.kind === 'refused') return decided;
    const made = { body: decided.body, operator, at, policy: policy.version };
    await writer.write({ act: 'authorised-person-removed', ...made }, [
      { table: 'customers', op: 'put', rows: [recorded(customerRow, row) as CustomerRow] },
    ]);
    await showOwn(db, id);
    return { kind: 'saved' };
  });
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
  ...[...customerTables(db), db.policy, db.meta],
  ...[db.journal, db.remoteJournal],
];

/** Awaits Dexie only. */
async function knownIn(db: TillDb, customer: string) {
  const [facts, proven, [card = null], own, merges] = await Promise.all([
    policyFactsIn(db),
    provenIn(db),
    customersIn(db, [customer]),
    db.customers.get(customer),
    mergesIn(db),
  ]);
  return {
    ...{ facts, proven, card, own: ownPersonsOf(own) },
    isGone: merges.shownUnder(customer) !== customer,
  };
}
