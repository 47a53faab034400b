// Customers whose accounts a till brought along from another relay: nothing here can say of each act whether a code confirmed it, or whether it was told. So each hears once what stands on his account; no till can stop it.
import { wordAccountNotice } from '$lib/domain/notice-message';
import type { Original } from '../journal/entry-reading';
import type { Recipients } from './notices';
import type { Relay } from '../relay';
import { addPendingAccount, dropPendingAccount, dueAccounts } from '../store/account-notices';
import { standingOf } from '../store/journal-acts';
import { addNotice } from '../store/notices';

/** A journal carried over comes up in many parts: the message is about all of it. */
const GATHERING_MS = 3_600_000;

/** Remembers whose debt went up or points went down in an act of another relay's time. For the transaction that keeps the entry. */
export function noteAccounts({ db, now }: Pick<Relay, 'db' | 'now'>, original: Original): void {
  const { hash: entry, till, seq, movements } = original;
  for (const customer of new Set(movements.map((movement) => movement.customer)))
    addPendingAccount(db, { customer, entry, till, seq, askedAt: now() });
}

type Parts = Pick<Relay, 'db' | 'now' | 'provider' | 'policy'>;

/** Puts the messages that are due among the notices. `numbersOf`: where a customer is told. */
export function queueAccountNotices(parts: Parts, numbersOf: Recipients): void {
  const { db, now, provider } = parts;
  const policy = parts.policy()?.policy;
  // the demo reaches nobody
  if (policy === undefined || provider.isDemo()) return;
  for (const pending of dueAccounts(db, now() - GATHERING_MS)) {
    const { customer, entry, till, seq, askedAt } = pending;
    const text = wordAccountNotice(standingOf(db, customer), policy);
    const notice = {
      about: 'act' as const,
      entry,
      customer,
      till,
      seq,
      actedAt: askedAt,
      queuedAt: now(),
      text,
      imported: true,
    };
    db.transaction(() => {
      dropPendingAccount(db, customer);
      addNotice(
        db,
        notice,
        numbersOf(customer, askedAt).map((to) => ({ ...to, text })),
      );
    })();
  }
}
