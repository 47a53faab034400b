// Sends each customer with acts from another relay's time one message with their balance.
import { wordAccountNotice } from '$lib/domain/notice-message';
import { customersNumbers, type JournalAct } from './notices';
import type { Relay } from '../context';
import { addPendingAccount, dropPendingAccount, dueAccounts } from '../store/account-notices';
import { standingOf } from '../store/journal-acts';
import { addNotice } from '../store/notices';

/** A carried-over journal is uploaded in many parts; the message covers all of them. */
const GATHERING_MS = 3_600_000;

/**
 * Records whose debt rose or points fell in an act of another relay's time. For the transaction that keeps the entry.
 * The relay cannot know whether a code confirmed the act, so the customer gets the balance instead.
 */
export function noteAccounts(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  act: Pick<JournalAct, 'hash' | 'till' | 'seq'> & { readonly customers: readonly string[] },
): void {
  const { hash: entry, till, seq, customers } = act;
  for (const customer of new Set(customers))
    addPendingAccount(db, { customer, entry, till, seq, askedAt: now() });
}

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'provider' | 'policy'>;

/** Queues the notices that are due. */
export function queueAccountNotices(parts: Parts): void {
  const { db, now, provider } = parts;
  const policy = parts.policy()?.policy;
  // the demo sends nothing
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
        customersNumbers(parts, customer, askedAt).map((to) => ({ ...to, text })),
      );
    })();
  }
}
