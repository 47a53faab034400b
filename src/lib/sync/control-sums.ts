// Compares control sums with the relay; where they differ, the copy of the order comes again.
import type { OrderClient } from '$lib/relay-client/order-client';
import { controlSums } from '$lib/storage/customers/control-sums';
import type { TillDb } from '$lib/storage/database/db';
import { saveMeta } from '$lib/storage/database/meta';
import { withWriterLock } from '$lib/storage/database/writer-lock';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import type { SumsCompared } from '$lib/storage/schema/remote-record';

export type SumsClient = Pick<OrderClient, 'compareSums'>;

/** `not-compared`: there is nothing to compare now, or the relay has not answered. */
export type SumsOutcome = 'agree' | 'differ' | 'not-compared';

/** Compares the sums, at the end of what was downloaded. Throws StorageError. */
export async function compareSums(db: TillDb, client: SumsClient): Promise<SumsOutcome> {
  const sums = await controlSums(db);
  if (sums === null) return 'not-compared';
  const { kind } = await client.compareSums(sums);
  if (kind === 'sums-agree') return 'agree';
  return kind === 'sums-differ' ? 'differ' : 'not-compared';
}

/**
 * Notes what the sums were, and what follows from it. Where they differ, the copy is dropped, and the next download begins again;
 * the goods stay. Not again before they have been the same. `before`: what was noted last. `now`: ms. Throws StorageError.
 */
export async function noteSums(
  db: TillDb,
  outcome: 'agree' | 'differ',
  before: SumsCompared | null,
  now: number,
): Promise<SumsCompared> {
  const last = before?.differed ?? null;
  const differed = outcome === 'agree' ? afterAgreement(last) : afterDifference(last, now);
  const compared = { at: now, differed };
  await saveMeta(db, 'sums-compared', compared);
  if (differed?.now === 'downloading') await withWriterLock(db, () => forgetRemote(db, 'kept'));
  return compared;
}

type Differed = SumsCompared['differed'];

/** That they are the same again is said until the next comparison. */
const afterAgreement = (last: Differed): Differed =>
  last === null || last.now === 'agree' ? null : { ...last, now: 'agree' };

function afterDifference(last: Differed, now: number): Differed {
  // what one download did not repair, the next one will not
  const isInVain = last !== null && last.now !== 'agree';
  return isInVain ? { ...last, now: 'differ' } : { droppedAt: now, now: 'downloading' };
}
