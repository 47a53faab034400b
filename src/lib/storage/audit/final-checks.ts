// Checks at the end of a verification: cards, the relay's watermark, entries of other tills.
import { metaIn } from '$lib/storage/database/meta';
import { verifyWatermark } from '$lib/proof/journal-head';
import type { TillDb } from '$lib/storage/database/db';
import type { CustomerRow, EnrolledTill } from '$lib/storage/schema/records';
import { isSealed, type CardSeals } from './card-seals';

/**
 * The last sequence number the relay has signed for, if this journal has another entry or no entry there: it was rewritten or
 * truncated. Null if they agree or the relay has not signed anything yet.
 */
export async function brokenWatermark(db: TillDb, till: EnrolledTill): Promise<number | null> {
  const row = await metaIn(db, 'watermark');
  if (row === null) return null;
  const mark = await verifyWatermark(row.jws, till.relayKey);
  if (mark === null || mark.till !== till.id) return null;
  const entry = await db.journal.get([till.id, mark.seq]);
  return entry?.hash === mark.hash ? null : mark.seq;
}

/** Number of entries under till ids other than these; `walked`: number of entries under these. Awaits Dexie only. */
export async function foreignEntriesIn(
  db: TillDb,
  names: readonly string[],
  walked: number,
): Promise<number> {
  if ((await db.journal.count()) === walked) return 0;
  return db.journal.filter(({ till }) => !names.includes(till)).count();
}

/** Customers whose card was changed after it was sealed, deleted without the customer being forgotten, or never sealed. */
export async function wrongCards(
  rows: readonly CustomerRow[],
  { seals, erased }: { readonly seals: CardSeals; readonly erased: ReadonlySet<string> },
): Promise<string[]> {
  const right = await Promise.all(
    rows.map(async (row) => {
      const seal = seals.get(row.id);
      return seal !== undefined && (await isSealed(row, seal));
    }),
  );
  const here = new Set(rows.map(({ id }) => id));
  const gone = [...seals.keys()].filter((customer) => !here.has(customer) && !erased.has(customer));
  return [...rows.filter((_, place) => !right[place]).map(({ id }) => id), ...gone];
}
