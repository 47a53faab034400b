// Compares control sums with the relay; if they differ, the copy of the order is downloaded again.
import type { OrderClient } from '$lib/relay-client/order-client';
import { controlSums } from '$lib/storage/customers/control-sums';
import { withWriterLock, type TillDb } from '$lib/storage/database/db';
import { saveMeta } from '$lib/storage/database/meta';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import type { SumsCompared } from '$lib/storage/schema/remote-record';

export type SumsClient = Pick<OrderClient, 'compareSums'>;

/** `not-compared`: there is nothing to compare now, or the relay did not answer. */
export type SumsOutcome = 'agree' | 'differ' | 'not-compared';

/** Compares the sums as of the end of the downloaded order. Throws StorageError. */
export async function compareSums(db: TillDb, client: SumsClient): Promise<SumsOutcome> {
  const sums = await controlSums(db);
  if (sums === null) return 'not-compared';
  const { kind } = await client.compareSums(sums);
  if (kind === 'sums-agree') return 'agree';
  return kind === 'sums-differ' ? 'differ' : 'not-compared';
}

/**
 * Stores the result of a comparison. If the sums differ, the copy is dropped (the goods stay on screen) and the next download
 * starts again; this happens only once until the sums agree again. `before`: the stored result of the last comparison. `now`:
 * ms. Throws StorageError.
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

/** After a difference, `agree` is stored until the next comparison, so that the screen can report it. */
const afterAgreement = (last: Differed): Differed =>
  last === null || last.now === 'agree' ? null : { ...last, now: 'agree' };

function afterDifference(last: Differed, now: number): Differed {
  // the copy was downloaded again already and still differs, so another download would not help
  const isInVain = last !== null && last.now !== 'agree';
  return isInVain ? { ...last, now: 'differ' } : { droppedAt: now, now: 'downloading' };
}
