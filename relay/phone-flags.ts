// Numbers a manager should look at: the shop's own staff on customers' cards, and one number on several. Refuses nothing: families share a phone, and cashiers buy.
import type { PhoneFlag } from '$lib/contract/customer';
import { maskPhone, type Phone } from '$lib/domain/phone';
import { phoneTag } from './phones';
import type { Relay } from './relay';
import { cardsByNumber } from './store/phones';

const SHOWN = 200;

/** Flagged numbers, those on most cards first. What the demo registered is among them while it lasts. */
export function phoneFlags(relay: Relay): PhoneFlag[] {
  const staff = new Map<string, string>();
  for (const { id, phone } of relay.policy()?.policy.operators ?? [])
    if (phone !== null) staff.set(phoneTag(relay, phone), id);
  return cardsByNumber(relay.db, [...staff.keys()], SHOWN).flatMap(({ tag, phone, customers }) => {
    const phoneMasked = maskPhone(relay.seal.open(phone) as Phone);
    const operator = staff.get(tag);
    const flags: PhoneFlag[] = [];
    if (operator !== undefined)
      flags.push({ kind: 'staff-number', phoneMasked, operator, customers });
    if (customers.length > 1) flags.push({ kind: 'shared-number', phoneMasked, customers });
    return flags;
  });
}
