// Numbers a manager should look at: unconfirmed changes, staff's numbers, numbers on several cards.
import { mapInTurn } from '../in-turn';
import type { PhoneFlag } from '$lib/contract/customer';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { isDemoPhone } from '../providers/demo';
import { stateOf } from './notice-routes';
import { inForceAt, NEW_FOR_MS, registeredPhone } from './phones';
import type { Relay } from '../context';
import { changeRecipients } from '../store/messages-by-purpose';
import { changeKey, keptChanges, waitingSince, type KeptChange } from '../store/phone-changes';
import { cardsByNumber, phoneTag } from '../store/phones';
import { tillById } from '../store/tills';

const SHOWN = 200;

/** Flagged numbers: changes first, then the numbers on most cards. Demo numbers are included while the demo is in use. */
export async function phoneFlags(relay: Relay): Promise<PhoneFlag[]> {
  const { db, now } = relay;
  // changes that have waited long enough take effect when they are read
  for (const customer of await waitingSince(db, now() - NEW_FOR_MS))
    await registeredPhone(relay, customer);
  const kept = (await keptChanges(db, SHOWN)).filter((change) => isShown(relay, change));
  const changes = await mapInTurn(kept, (change) => flagOf(relay, change));
  return [...changes, ...(await sharedNumbers(relay))];
}

/** Demo numbers are hidden once a real service is set, because nobody has them. */
const isShown = (
  { provider, cipher }: Pick<Relay, 'provider' | 'cipher'>,
  { phone }: { readonly phone: Buffer },
): boolean => provider.isDemo() || !isDemoPhone(cipher.decrypt(phone));

async function flagOf(relay: Relay, change: KeptChange): Promise<PhoneFlag> {
  const { db, cipher } = relay;
  const { customer, phone, askedAt, askedBy, operator, inForceAt: settledAt } = change;
  const told = await changeRecipients(db, { about: changeKey(change), customer });
  const shown = {
    phoneMasked: maskPhone(cipher.decrypt(phone) as Phone),
    customers: [customer],
    askedAt,
    till: (await tillById(db, askedBy))?.name ?? '',
    operator,
    notice: told.length === 0 ? null : stateOf(told.map(({ state }) => state)),
  };
  return settledAt === null
    ? { kind: 'change-waiting', ...shown, until: await inForceAt(relay, change) }
    : { kind: 'changed-by-waiting', ...shown, since: settledAt };
}

async function sharedNumbers(relay: Relay): Promise<PhoneFlag[]> {
  const staff = new Map<string, string>();
  for (const { id, phone } of relay.policy()?.policy.operators ?? [])
    if (phone !== null) staff.set(phoneTag(relay, phone), id);
  const numbers = await cardsByNumber(relay.db, [...staff.keys()], SHOWN);
  return numbers
    .filter((number) => isShown(relay, number))
    .flatMap(({ tag, phone, customers }) => {
      const phoneMasked = maskPhone(relay.cipher.decrypt(phone) as Phone);
      const operator = staff.get(tag);
      const flags: PhoneFlag[] = [];
      if (operator !== undefined)
        flags.push({ kind: 'staff-number', phoneMasked, operator, customers });
      if (customers.length > 1) flags.push({ kind: 'shared-number', phoneMasked, customers });
      return flags;
    });
}
