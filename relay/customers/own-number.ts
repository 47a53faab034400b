// Whether a customer's number is that of an operator, who may not do everything with their own card.
import type { Policy } from '$lib/contract/policy';
import { operatorOf } from '$lib/domain/policy/policy';
import type { Relay } from '../context';
import { mayConfirm, personsOf } from '../store/authorised-persons';
import { contactsOf } from '../store/contacts';
import type { AuthorView } from '../store/originals';
import { phoneTag } from '../store/phones';
import { registeredPhone } from './phones';

/**
 * Whether the operator's number is one of the customer's: registered, on a card, or of an authorised person. `view`: only the
 * persons count that the author of an entry knew; null: all count.
 */
export async function hasOwnNumber(
  relay: Pick<Relay, 'db' | 'now' | 'cipher' | 'provider'>,
  operator: string | null,
  { customer }: { readonly customer: string },
  policy: Policy | null,
  view: AuthorView | null,
): Promise<boolean> {
  const phone = policy && operator && operatorOf(policy, operator)?.phone;
  if (!phone) return false;
  const own = phoneTag(relay, phone);
  const persons = (await personsOf(relay.db, customer))
    .filter(mayConfirm)
    .filter(({ till, order }) => view === null || view.device.includes(till) || order <= view.seen);
  if (persons.some(({ tag }) => tag === own)) return true;
  const current = await registeredPhone(relay, customer);
  return current === null
    ? (await contactsOf(relay.db, customer)).some(({ tag }) => tag === own)
    : current.tag === own;
}
