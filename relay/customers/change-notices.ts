// Notices to a customer's other numbers about a change of number, queued with the change.
import { wordPhoneChange } from '$lib/domain/notice-message';
import { customersNumbers, momentOf } from './notices';
import { NEW_FOR_MS } from './phones';
import type { Relay } from '../context';
import { addNotice, dropUnsentChangeNotices } from '../store/notices';
import type { PhoneChange } from '../store/phone-changes';

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'provider' | 'policy' | 'notices'>;

/** What the news of a change is known by: the same number asked for again later is another change. */
export const changeKey = ({ tag, askedAt }: Pick<PhoneChange, 'tag' | 'askedAt'>): string =>
  `${tag} ${askedAt}`;

/** Queues the news; to be called in the transaction that keeps the change. `phone`: the new number, in plain. */
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
  // whoever asks for ever new numbers makes no phone ring for each: the newest is what matters
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
