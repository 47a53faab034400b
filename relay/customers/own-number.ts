// Whether a customer's number is that of an operator, who may not do everything with their own card.
import type { Policy } from '$lib/contract/policy';
import { operatorOf } from '$lib/domain/policy';
import type { Relay } from '../context';
import { contactsOf } from '../store/contacts';
import { phoneTag } from '../store/phones';
import { registeredPhone } from './phones';

/** Whether a customer's number, as it is registered or a till named it, is that of the operator who acts. */
export async function hasOwnNumber(
  relay: Relay,
  operator: string | null,
  { customer }: { readonly customer: string },
  policy: Policy | null,
): Promise<boolean> {
  const phone = policy && operator && operatorOf(policy, operator)?.phone;
  if (!phone) return false;
  const own = phoneTag(relay, phone);
  const current = await registeredPhone(relay, customer);
  return current === null
    ? (await contactsOf(relay.db, customer)).some(({ tag }) => tag === own)
    : current.tag === own;
}
