// The rows of the journal screen: which entries a filter shows, newest first, each with its proofs judged.
import type { Entry } from '$lib/contract/journal';
import type { NoticeState } from '$lib/contract/journal-upload';
import { customersByIds } from '$lib/storage/customers';
import type { TillDb } from '$lib/storage/db';
import { confirmationsPage, entryOf, latestEntries, type ConfirmedAct } from '$lib/storage/journal';
import { noticesOf } from '$lib/storage/notices';
import type { ProofShown } from '$lib/storage/records';
import { knownEntry, type ProofJudge, type ProvenAct } from '../shown-proof';

export type JournalFilter = 'account' | 'all' | 'no-code';

export type JournalRow = {
  readonly key: string;
  readonly entry: Entry;
  /** The one debt or redemption the row is about; null: the whole act. */
  readonly moved: ProvenAct | null;
  /** All of the entry. */
  readonly proofs: readonly ProvenAct[];
  readonly customer: string | null;
  /** What became of the relay's message about it; null: none is known of. */
  readonly notice: NoticeState | null;
};

export type JournalPage = {
  readonly rows: readonly JournalRow[];
  /** Names by customer's id, those that have a card here. */
  readonly names: ReadonlyMap<string, string>;
  readonly more: boolean;
};

export const NO_ROWS: JournalPage = { rows: [], names: new Map(), more: false };

const WITHOUT_CODE: readonly ProofShown[] = ['override', 'not-required', 'none'];

/** The `limit` newest rows of a filter. */
export async function readJournal(
  db: TillDb,
  judge: ProofJudge,
  filter: JournalFilter,
  limit: number,
): Promise<JournalPage> {
  const rows =
    filter === 'all' ? await acts(db, judge, limit) : await moves(db, judge, filter, limit);
  const shown = await withNotices(db, rows.slice(0, limit));
  return { rows: shown, names: await namesOf(db, shown), more: rows.length > limit };
}

type Unheard = Omit<JournalRow, 'notice'>;

async function withNotices(db: TillDb, rows: readonly Unheard[]): Promise<JournalRow[]> {
  const states = await noticesOf(
    db,
    rows.map(({ entry }) => entry.hash),
  );
  return rows.map((row) => ({ ...row, notice: states.get(row.entry.hash) ?? null }));
}

async function acts(db: TillDb, judge: ProofJudge, limit: number): Promise<Unheard[]> {
  const entries = await latestEntries(db, { before: null, limit: limit + 1, acts: null });
  return Promise.all(
    entries.map(async (entry) => ({
      key: entry.hash,
      entry,
      moved: null,
      proofs: await judge.judge(entry),
      customer: customerIn(entry),
    })),
  );
}

async function moves(
  db: TillDb,
  judge: ProofJudge,
  filter: 'account' | 'no-code',
  limit: number,
): Promise<Unheard[]> {
  const kinds = filter === 'account' ? [null] : WITHOUT_CODE;
  const pages = await Promise.all(
    kinds.map((shown) =>
      confirmationsPage(db, { shown, action: null, customer: null, after: null, limit: limit + 1 }),
    ),
  );
  const newest = pages
    .flat()
    .sort(newestFirst)
    .slice(0, limit + 1);
  return rowsOf(db, judge, newest);
}

function newestFirst(a: ConfirmedAct, b: ConfirmedAct): number {
  return b.at - a.at || b.seq - a.seq || a.index - b.index;
}

/** Rows of debts and redemptions, each with its entry. */
export async function rowsOf(
  db: TillDb,
  judge: ProofJudge,
  confirmed: readonly ConfirmedAct[],
): Promise<Unheard[]> {
  const rows = await Promise.all(
    confirmed.map(async ({ seq, hash, index, customer }): Promise<Unheard[]> => {
      const entry = await entryOf(db, { seq, hash });
      if (entry === null) return [];
      const proofs = await judge.judge(entry);
      return [{ key: `${hash} ${index}`, entry, moved: proofs[index] ?? null, proofs, customer }];
    }),
  );
  return rows.flat();
}

function customerIn(entry: Entry): string | null {
  const known = knownEntry(entry);
  return known?.act === 'sale' || known?.act === 'customer-saved' ? known.body.customer : null;
}

async function namesOf(
  db: TillDb,
  rows: readonly JournalRow[],
): Promise<ReadonlyMap<string, string>> {
  const ids = rows.flatMap(({ customer, proofs }) => [
    customer,
    ...proofs.map((each) => each.customer),
  ]);
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  const cards = await customersByIds(db, wanted);
  return new Map(cards.map(({ id, name }) => [id, name]));
}
