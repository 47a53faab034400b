// Decides the delayed acts that forget customers: erases, or refuses; an owner may stop one.
import { stillOpen } from '$lib/domain/acts/customers/customer-forgotten';
import { errorName } from '../error-name';
import type { Relay } from '../context';
import { forgetCustomer } from '../customers/forgotten';
import { publishDiscrepancies } from '../store/discrepancies';
import { delayedOf, dropForgetting, dueForgettings, endForgetting } from '../store/forgettings';
import type { Delayed } from '../store/forgettings';
import { forgottenOf } from '../store/forgotten';
import { appendJudgedAgain, logHead } from '../store/journal';
import { cardsOf } from '../store/merges';
import { inTransaction } from '../store/transaction';
import { flag } from './effects';
import { openInShop } from './forgetting';

/** Decides every act whose day is over, each in its own transaction. */
export async function decideDueForgettings(relay: Relay): Promise<void> {
  for (const one of await dueForgettings(relay.db, relay.now()))
    try {
      await inTransaction(relay, (relay) => decideDue(relay, one));
    } catch (error) {
      relay.log({ event: 'forgetting-failed', till: one.till, error: errorName(error) });
    }
}

/** Stops the delayed acts that forget this customer. Returns false if there are none. */
export const stopForgetting = (relay: Relay, customer: string): Promise<boolean> =>
  inTransaction(relay, async (relay) => {
    const delayed = await delayedOf(relay.db, customer);
    for (const one of delayed) await refuse(relay, one);
    return delayed.length > 0;
  });

async function decideDue(relay: Relay, one: Delayed): Promise<void> {
  const { db, now } = relay;
  const { customer, merged, hash } = one;
  const isErased = (await forgottenOf(db, customer)) !== null;
  const open = await openInShop(relay, customer, now());
  const because = isErased ? null : await whyNot(db, one, { ...open, hasUnsent: false });
  if (because !== null) {
    const { till, seq } = one;
    await refuse(relay, one);
    await flag(relay, { till, seq, hash }, [{ kind: 'forget-refused', detail: because }]);
    await publishDiscrepancies(db, now());
    return;
  }
  // the message to the customer may still say that they did not ask for it
  if (!isErased && open.hasUnsent) return;
  const order = (await logHead(db)).order + 1;
  await forgetCustomer(relay, { ...one, merged, order });
  await endForgetting(db, hash);
  if ((await appendJudgedAgain(db, one, 'accepted', now())) !== order)
    throw new Error(`order ${order} is taken`);
}

async function whyNot(
  db: Relay['db'],
  { customer, merged }: Delayed,
  open: Parameters<typeof stillOpen>[0],
): Promise<string | null> {
  const found = stillOpen(open);
  if (found !== null) return found.kind;
  const others = (await cardsOf(db, customer)).filter((card) => card !== customer).sort();
  return others.join() === merged.join() ? null : 'merged';
}

async function refuse({ db, now }: Relay, one: Delayed): Promise<void> {
  await dropForgetting(db, one.hash);
  await appendJudgedAgain(db, one, 'refused', now());
}
