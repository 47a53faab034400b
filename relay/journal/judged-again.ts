// Judges again, at the start, what an earlier version of the relay did not understand.
import { errorName } from '../error-name';
import type { Relay } from '../context';
import { notUnderstood, type NotUnderstood } from '../store/journal';
import { inTransaction } from '../store/transaction';
import { takeEffectAgain } from './effects';
import { isUnderstood, readEntry } from './entry-reading';
import { knownOf } from './ingest';

/**
 * Judges the entries that an older version of the relay could not, in their order, and stores their effects, each in its own
 * transaction. If one cannot be judged, it waits for the next start, so that it does not stop the relay.
 */
export async function judgeAgain(relay: Relay): Promise<void> {
  for (const one of await notUnderstood(relay.db))
    try {
      await judgeOne(relay, one);
    } catch (error) {
      relay.log({ event: 'entry-not-judged', till: one.till, error: errorName(error) });
    }
}

async function judgeOne(relay: Relay, one: NotUnderstood): Promise<void> {
  const { till, seq, receivedAt } = one;
  // the numbers and cards of its upload are stored already, so none are passed
  const known = knownOf(relay, relay.slowHashes.ofCode, [], new Map());
  const read = await readEntry(one.entry, { till, seq, now: receivedAt }, known);
  if (!isUnderstood(read.original)) return;
  const verdict = await inTransaction(relay, (relay) => takeEffectAgain(relay, read, one));
  relay.log({ event: 'entry-judged-again', till, seq, verdict });
}
