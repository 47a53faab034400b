// Notices to a customer's other numbers about a change of number, queued with the change.
import { wordPhoneChange } from '$lib/domain/notice-message';
import { customersNumbers, momentOf } from './notices';
import { NEW_FOR_MS } from './phones';
import type { Relay } from '../context';
import { addNotice, dropUnsentChangeNotices } from '../store/notices';
import type { PhoneChange } from '../store/phone-changes';

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'provider' | 'policy' | 'notices'>;

/** Identifies a change in the notices: the same number requested again later is another change. */
export const changeKey = ({ tag, askedAt }: Pick<PhoneChange, 'tag' | 'askedAt'>): string =>
  `${tag} ${askedAt}`;

/** Queues the notices; to be called in the transaction that stores the change. `phone`: the new number, in plain. */
export function queueChangeNotices(
  parts: Parts,
  change: Pick<PhoneChange, 'customer' | 'tag' | 'askedAt' | 'askedBy'>,
  phone: string,
): void {
  const { db } = parts;
  const { customer, askedAt } = change;
  const policy = parts.policy()?.policy;
  if (policy === undefined) return;
  const to = customersNumbers(parts, customer, askedAt).filter((to) => to.phoneTag !== change.tag);
  // after several changes in a row only the newest is announced
  dropUnsentChangeNotices(db, customer);
  if (to.length === 0) return;
  const text = wordPhoneChange(phone, policy, momentOf(askedAt + NEW_FOR_MS));
  addNotice(
    db,
    {
      ...{ about: 'phone-change', entry: changeKey(change), customer, till: change.askedBy },
      ...{ seq: 0, actedAt: askedAt, queuedAt: askedAt, text, imported: false },
    },
    to.map((one) => ({ ...one, text })),
  );
  parts.notices.wake();
}
