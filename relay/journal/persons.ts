// Authorised persons in entries: what the relay knows of one who is added, and what follows from it.
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import type { PersonKnown } from '$lib/domain/decide-again';
import type { Phone } from '$lib/domain/values/phone';
import { MOST_PERSONS } from '$lib/domain/customers/customer';
import type { Relay } from '../context';
import {
  addPerson,
  mayConfirm,
  personsOf,
  removePerson,
  wasRemoved,
  type AddedPerson,
  type PersonRow,
} from '../store/authorised-persons';
import { forgottenOf } from '../store/forgotten';
import { wasPutBackSince } from '../store/journal';
import type { AuthorView } from '../store/originals';
import { isMergedAway } from '../store/merges';
import { phoneTag } from '../store/phones';
import { usedProofs } from './act-proofs';
import type { PersonConsent } from './consents';
import type { Original } from './entry-reading';

/** Name and number of a person, not encrypted. */
const personIn = ({ cipher }: Pick<Relay, 'cipher'>, row: PersonRow): AuthorisedPerson => ({
  id: row.person,
  name: cipher.decrypt(row.name),
  phone: cipher.decrypt(row.phone),
});

/**
 * What the author knew of the card to which a person is added; null: another act, or the relay no longer knows what the code was for.
 * `isNobodyAdded`: it is refused without a flag, for that reason or because acts of others leave no room for the person on the card.
 */
export async function personKnown(
  relay: Relay,
  original: Original,
  { ownPhone, ...view }: AuthorView & { readonly ownPhone: Phone | null },
): Promise<{ readonly here: PersonKnown | null; readonly isNobodyAdded: boolean }> {
  const { known, authorising } = original;
  if (authorising === null || known?.act !== 'authorised-person-added')
    return { here: null, isNobodyAdded: false };
  if (await isConsentLost(relay, authorising)) return { here: null, isNobodyAdded: true };
  const { db } = relay;
  const { customer, person, grant, jws, phone, dealHash } = authorising;
  const others = (await personsOf(db, customer))
    .filter(mayConfirm)
    .filter((row) => row.person !== person?.id);
  const isKnown = ({ till, order }: AddedPerson) =>
    view.device.includes(till) || order <= view.seen;
  const tag = person === null ? null : phoneTag(relay, person.phone);
  const persons = others.filter(isKnown).map((row) => personIn(relay, row));
  const number = ownPhone !== null && phone !== null ? ownPhone : (phone as Phone | null);
  return {
    here: {
      person,
      grantsUsed: await usedProofs(relay, original),
      dealHash,
      customer: { id: customer, phone: number, persons, credit: known.body.credit },
      code: grant && { jws, grant },
      isGone: await isMergedAway(db, customer, view.seen),
    },
    isNobodyAdded:
      others.length >= MOST_PERSONS ||
      others.some((row) => row.tag === tag) ||
      (await isMergedAway(db, customer)) ||
      (person !== null && (await wasRemoved(db, { customer, person: person.id }))),
  };
}

/**
 * Whether the relay cannot know what a code was given for, and the till is not at fault: the person was removed before the entry
 * came, the customer was forgotten, the demo is over, or the relay was restored from a backup that lacks the number.
 */
async function isConsentLost(
  { db, provider }: Relay,
  { customer, person, grant, phone }: PersonConsent,
): Promise<boolean> {
  if ((await forgottenOf(db, customer)) !== null) return true;
  // the relay does not have the person's record, so no till could show them
  if (person === null) return true;
  if (grant === null) return false;
  // a code sent by the demo provider is not consent
  if (grant.demo && !provider.isDemo()) return true;
  return phone === null && (await wasPutBackSince(db, grant.iat));
}

/** Whether the relay lost the authorised person who gave a code when it was restored from a backup. */
export async function isPersonLost(
  db: Relay['db'],
  { customer, person, iat }: VerifiedGrant,
): Promise<boolean> {
  if (person === null) return false;
  const row = (await personsOf(db, customer)).find((one) => one.person === person);
  return (row?.since ?? null) === null && (await wasPutBackSince(db, iat));
}

/**
 * Adds or removes the person of an accepted entry: exactly the name and number that the code proves and that tills show. Runs inside
 * the caller's transaction. `order`: the entry's place.
 */
export async function takePerson(
  { db, now, cipher }: Pick<Relay, 'db' | 'now' | 'cipher'>,
  { till, known, authorising }: Original,
  order: number,
): Promise<void> {
  if (known?.act === 'authorised-person-removed') {
    const { customer, person } = known.body;
    await removePerson(db, { customer, person, at: now() });
  }
  if (authorising === null) return;
  const { customer, person, grant } = authorising;
  if (person === null || grant === null) return;
  const { id, name, phone } = person;
  await addPerson(db, {
    customer,
    person: id,
    demo: grant.demo,
    askedAt: grant.iat,
    since: grant.iat,
    till,
    order,
    name: cipher.encrypt(name),
    phone: cipher.encrypt(phone),
    tag: phoneTag({ cipher }, phone),
  });
}
