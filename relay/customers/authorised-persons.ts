// Authorised persons of a customer: whether a code may go to one.
// And whether the customer may be asked about a new one.
import type { ChallengeRequest, PersonRefused } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import { MOST_PERSONS } from '$lib/domain/customers/customer';
import { operatorOf } from '$lib/domain/policy/policy';
import type { Relay } from '../context';
import { malformed } from '../http/json-body';
import { isSaleAction } from '../messaging/codes/channel-chain';
import {
  askAbout,
  mayConfirm,
  personsOf,
  type AddedPerson,
  type PersonRow,
} from '../store/authorised-persons';
import { GRANT_MS } from '../store/challenges';
import { phoneTag } from '../store/phones';
import { hasOwnNumber } from './own-number';
import { registeredPhone } from './phones';

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'provider'>;

/** The customer's authorised person with this number, given by its `tag`; null: there is none who may confirm. */
export async function addedPerson(
  { db }: Pick<Relay, 'db'>,
  { customer, person, tag }: Pick<PersonRow, 'customer' | 'person' | 'tag'>,
): Promise<AddedPerson | null> {
  const row = (await personsOf(db, customer)).find((one) => one.person === person);
  return row !== undefined && mayConfirm(row) && row.tag === tag ? row : null;
}

/**
 * The person to whom a code is sent, or why the request is refused. Throws `malformed` for an action other than a purchase.
 */
export async function judgeRecipient(
  relay: Parts,
  { action, customer, operator }: Pick<ChallengeRequest, 'action' | 'customer' | 'operator'>,
  person: string,
  policy: Policy,
): Promise<AddedPerson | PersonRefused> {
  if (!isSaleAction(action)) throw malformed('person');
  const { id, phone } = customer;
  const found = await addedPerson(relay, { customer: id, person, tag: phoneTag(relay, phone) });
  // each use sends a message to the customer's main number, so there must be one
  if (found === null || (await registeredPhone(relay, id)) === null)
    return { kind: 'person-refused', because: 'unknown-person' };
  return operatorOf(policy, operator)?.phone === phone
    ? { kind: 'person-refused', because: 'own-number' }
    : found;
}

/** How long after a request its person may still be added, ms: as long as the code and then its grant are valid. */
const UNDER_WAY_MS = 3_600_000 + GRANT_MS;

/** Why a customer may not be asked about this new person; null: they may, or it is another request. */
export async function judgeNewPerson(
  relay: Parts,
  { customer: { id, phone }, deal, operator, receiptId: person }: ChallengeRequest,
  policy: Policy,
): Promise<PersonRefused | null> {
  if (deal.kind !== 'person') return null;
  const refused = (because: PersonRefused['because']) =>
    ({ kind: 'person-refused', because }) as const;
  const { db, now } = relay;
  const own = operatorOf(policy, operator)?.phone ?? null;
  if (own === deal.phone || (await hasOwnNumber(relay, operator, { customer: id }, policy, null)))
    return refused('own-number');
  if (deal.phone === phone) return refused('main-number');
  const tag = phoneTag(relay, deal.phone);
  const others = (await personsOf(db, id)).filter(
    (row) =>
      row.person !== person &&
      row.tag !== tag &&
      row.removedAt === null &&
      (row.since !== null || row.askedAt + UNDER_WAY_MS > now()),
  );
  return others.length >= MOST_PERSONS ? refused('too-many') : null;
}

/** Keeps the number of the person about whom a customer is asked. Runs inside the caller's transaction. */
export async function noteAskedPerson(
  { db, now, cipher, provider }: Parts,
  { customer: { id: customer }, deal, receiptId: person }: ChallengeRequest,
): Promise<void> {
  if (deal.kind !== 'person') return;
  await askAbout(db, {
    customer,
    person,
    tag: phoneTag({ cipher }, deal.phone),
    askedAt: now(),
    phone: cipher.encrypt(deal.phone),
    name: cipher.encrypt(deal.name),
    demo: provider.isDemo(),
  });
}
