// Discrepancies that the relay found, as downloaded.
import type { DisputeRow } from '$lib/contract/rows';
import type { FlagKind } from '$lib/contract/journal-upload';
import { relayNews } from '$lib/proof/relay-news';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import type { Written } from '$lib/storage/journal/reader';

export type Discrepancy = {
  readonly id: string;
  readonly kind: FlagKind;
  readonly detail: string | null;
  /** The entry that it is about. `against`: the entries that contradict it. This till may lack any of them. */
  readonly entry: Written;
  readonly against: readonly Written[];
  /** When the relay found it, ms. */
  readonly at: number;
  /** Null: still open. */
  readonly closed: DisputeRow['closed'];
};

/** All discrepancies that the relay found, oldest first. */
async function allDiscrepancies(db: TillDb): Promise<readonly Discrepancy[]> {
  return readTogether(db, [db.remoteJournal, db.disputes, db.remoteDisputes], async () => {
    const rows = await db.remoteJournal.where('effect').equals('discrepancy').sortBy('order');
    const found = rows.flatMap(({ entry, receivedAt }) => {
      const news = relayNews(entry?.act, entry?.['body']);
      return news?.act === 'discrepancy-found' ? [{ ...news, at: receivedAt }] : [];
    });
    const ids = found.map(({ id }) => id);
    const [own, remote] = await Promise.all([
      db.disputes.bulkGet(ids),
      db.remoteDisputes.bulkGet(ids),
    ]);
    return found.map(({ id, till, seq, entry: hash, kind, detail, against, at }, place) => ({
      id,
      kind,
      detail,
      against,
      at,
      entry: { till, seq, hash },
      closed: closedIn(own[place]) ?? closedIn(remote[place]),
    }));
  });
}

/** How a discrepancy was closed. Rows with a customer are disputes, so they are left out. */
const closedIn = (row: DisputeRow | undefined): DisputeRow['closed'] =>
  row?.customer === null ? row.closed : null;

/** Open discrepancies, oldest first. */
export async function openDiscrepancies(db: TillDb): Promise<readonly Discrepancy[]> {
  return (await allDiscrepancies(db)).filter(({ closed }) => closed === null);
}

/** The discrepancies closed last, newest first. */
export async function closedDiscrepancies(
  db: TillDb,
  limit: number,
): Promise<readonly Discrepancy[]> {
  return (await allDiscrepancies(db))
    .filter(({ closed }) => closed !== null)
    .sort((a, b) => (b.closed?.at ?? 0) - (a.closed?.at ?? 0))
    .slice(0, limit);
}

/** The discrepancies with these ids, open or closed; unknown ids are left out. */
export async function discrepanciesAt(
  db: TillDb,
  ids: readonly string[],
): Promise<readonly Discrepancy[]> {
  return (await allDiscrepancies(db)).filter(({ id }) => ids.includes(id));
}
