// Stores the verifiers of reserve codes issued to this till; never stores a used one again.
import { metaIn, putMetaIn, isEnrolled, tillIn } from '$lib/storage/database/meta';
import type { ReserveCodesNews, ReserveVerifier } from '$lib/contract/reserve-code';
import { openVerifier } from '$lib/proof/reserve-code';
import { transact, type TillDb } from '$lib/storage/database/db';
import { recorded, type Till } from '$lib/storage/schema/records';
import { reserveVerifierRow, type ReserveVerifierRow } from '$lib/storage/schema/relay-record';
import { asWriterSeeing } from '$lib/storage/journal/writer';

/** A customer's unused reserve codes at this till. `cap`: minor units, of each; `at`: time of issue. */
export type ReserveCodesLeft = {
  readonly left: number;
  readonly cap: number;
  readonly at: number | null;
};

export const NO_RESERVE_CODES: ReserveCodesLeft = { left: 0, cap: 0, at: null };

/** The unused reserve codes of one customer. */
export async function reserveCodesLeft(db: TillDb, customer: string): Promise<ReserveCodesLeft> {
  const rows = await db.reserveVerifiers.where('customer').equals(customer).toArray();
  const [first] = rows;
  if (first === undefined) return NO_RESERVE_CODES;
  const { cap, at } = first;
  return { left: rows.length, cap, at };
}

/** The verifiers among these that this relay signed for this till. */
async function oursAmong(signed: readonly string[], till: Till): Promise<ReserveVerifierRow[]> {
  if (!isEnrolled(till)) return [];
  const { shop, relayKey, id } = till;
  const opened = await Promise.all(signed.map((jws) => openVerifier(jws, relayKey)));
  return opened.flatMap((verifier, place) =>
    verifier?.shop === shop && verifier.till === id ? [rowOf(verifier, signed[place] ?? '')] : [],
  );
}

function rowOf({ id, customer, prefix, cap, at }: ReserveVerifier, signed: string) {
  return recorded(reserveVerifierRow, { id, customer, prefix, cap, at, signed });
}

export type Issued = {
  readonly customer: string;
  readonly challenge: string;
  readonly verifiers: readonly string[];
  readonly operator: string | null;
  readonly at: number;
  /** Policy version. */
  readonly policy: number;
};

/** Journals an issue and replaces the customer's former verifiers. Throws StorageError. */
export async function saveIssued(db: TillDb, issued: Issued): Promise<void> {
  const { customer, challenge, operator, at, policy } = issued;
  const tables = [db.reserveVerifiers];
  const look = () => db.reserveVerifiers.where('customer').equals(customer).primaryKeys();
  await asWriterSeeing(db, { tables, look }, async (writer, former) => {
    const ours = await oursAmong(issued.verifiers, writer.till);
    const rows = ours.filter((row) => row.customer === customer);
    const body = { customer, challenge, verifiers: rows.length };
    const fresh = new Set(rows.map(({ id }) => id));
    const gone = former.filter((id) => !fresh.has(id));
    await writer.write({ act: 'reserve-codes-issued', body, operator, at, policy }, [
      { table: 'reserveVerifiers', op: 'delete', keys: gone },
      { table: 'reserveVerifiers', op: 'put', rows },
      { table: 'reserveTries', op: 'delete', keys: [customer] },
    ]);
  });
}

/** Version of the newest change of reserve codes stored here; 0: none. */
export async function loadReserveVersion(db: TillDb): Promise<number> {
  return (await metaIn(db, 'reserve-codes'))?.version ?? 0;
}

/** Stores the relay's changes after a version; after 0, the full list. Throws StorageError. */
export async function saveReserveNews(
  db: TillDb,
  news: ReserveCodesNews,
  after: number,
): Promise<void> {
  const till = await tillIn(db);
  if (till === null) return;
  const rows = await oursAmong(news.verifiers, till);
  await transact(db, [db.reserveVerifiers, db.grantsUsed, db.meta], async () => {
    // the relay may not know yet that a code was used
    const used = await db.grantsUsed.bulkGet(rows.map(({ id }) => id));
    const unused = rows.filter((_, place) => used[place] === undefined);
    if (after === 0) await db.reserveVerifiers.clear();
    await Promise.all([
      db.reserveVerifiers.bulkPut(unused),
      db.reserveVerifiers.bulkDelete(news.gone),
      putMetaIn(db, 'reserve-codes', { version: news.version }),
    ]);
  });
}
