// Rows of the journal as screens show them: acts or single debts, with proofs and disputes.
import type { ProofShown } from '$lib/contract/rows';
import type { Entry, KnownEntry } from '$lib/contract/journal';
import type { NoticeState } from '$lib/contract/journal-upload';
import { customersByIds } from '$lib/storage/customers/customers';
import { areForgotten } from '$lib/storage/remote/forgotten-customers';
import { t } from '$lib/ui/text/current.svelte';
import type { TillDb } from '$lib/storage/database/db';
import {
  disputedByClosing,
  disputesAbout,
  movingEntry,
  type Dispute,
} from '$lib/storage/customers/disputes';
import {
  confirmationsPage,
  entryOf,
  latestEntries,
  latestRepayments,
  type ConfirmedAct,
} from '$lib/storage/journal/reader';
import { knownEntry, originalOf } from '$lib/proof/known-entry';
import { noticesOf } from '$lib/storage/customers/notices';
import type { ProofJudge, ProvenAct } from '$lib/storage/journal/proof-judge';

export type JournalFilter = 'account' | 'all' | 'no-code';

export type JournalRow = {
  readonly key: string;
  readonly entry: Entry;
  /** The one debt or redemption the row is about; null: the whole act. */
  readonly moved: ProvenAct | null;
  /** All proofs of the entry. */
  readonly proofs: readonly ProvenAct[];
  /** The customer it concerns; null: none, or several. */
  readonly customer: string | null;
  /** State of the relay's message about it; null: unknown. */
  readonly notice: NoticeState | null;
  /** The newest dispute about it; null: none. */
  readonly dispute: Dispute | null;
};

export type JournalPage = {
  readonly rows: readonly JournalRow[];
  /** Names by customer id, of those with a card here. */
  readonly names: ReadonlyMap<string, string>;
  readonly more: boolean;
};

export const NO_ROWS: JournalPage = { rows: [], names: new Map(), more: false };

export const WITHOUT_CODE: readonly ProofShown[] = ['override', 'not-required', 'none'];

/** The `limit` newest rows of a filter. */
export async function readJournal(
  db: TillDb,
  judge: ProofJudge,
  filter: JournalFilter,
  limit: number,
): Promise<JournalPage> {
  const rows =
    filter === 'all' ? await acts(db, judge, limit) : await moves(db, judge, filter, limit);
  return pageOf(db, rows, limit);
}

/** The row of an entry that changed accounts, by its hash; null if it is not here. */
export async function readRow(
  db: TillDb,
  judge: ProofJudge,
  hash: string,
): Promise<JournalPage | null> {
  const entry = await movingEntry(db, hash);
  return entry === null ? null : pageOf(db, [await rowOf(judge, entry)], 1);
}

/**
 * The entry that another one is about, such as the one it disputes, cancels, reprints or reopens. Null: none, or it is not
 * here.
 */
export async function readAbout(
  db: TillDb,
  judge: ProofJudge,
  known: KnownEntry,
): Promise<JournalPage | null> {
  const entry = await aboutOf(db, known);
  return entry === null ? null : pageOf(db, [await rowOf(judge, entry)], 1);
}

async function aboutOf(db: TillDb, known: KnownEntry): Promise<Entry | null> {
  switch (known.act) {
    case 'dispute':
      return known.body.about === null ? null : movingEntry(db, known.body.about);
    case 'settled': {
      if (known.body.customer === null) return null;
      const about = await disputedByClosing(db, known.body.about);
      return about === null ? null : movingEntry(db, about);
    }
    case 'repayment-cancelled':
      return entryOf(db, known.body.repayment);
    case 'tender-corrected':
      return entryOf(db, known.body.sale);
    case 'receipt-reprinted':
      return entryOf(db, known.body.about);
    case 'receipt-resumed': {
      const cancelled = await db.actIds.get(known.body.cancelled);
      return cancelled === undefined ? null : entryOf(db, cancelled);
    }
    default:
      return null;
  }
}

export type BareRow = Omit<JournalRow, 'notice' | 'dispute'>;

/** The first `limit` of these rows with everything shown beside them. */
export async function pageOf(
  db: TillDb,
  rows: readonly BareRow[],
  limit: number,
): Promise<JournalPage> {
  const bare = rows.slice(0, limit);
  const hashes = bare.map(({ entry }) => entry.hash);
  const [states, disputes, names] = await Promise.all([
    noticesOf(db, hashes),
    disputesAbout(db, hashes),
    namesOf(
      db,
      bare.flatMap(({ entry, customer, proofs }) => [
        customer,
        ...proofs.map((each) => each.customer),
        ...mergedIn(entry),
      ]),
    ),
  ]);
  const shown = bare.map((row) => ({
    ...row,
    notice: states.get(row.entry.hash) ?? null,
    dispute: disputes.get(row.entry.hash) ?? null,
  }));
  return { rows: shown, names, more: rows.length > limit };
}

/** Joins two pages, the second after the first. */
export function together(first: JournalPage, second: JournalPage): JournalPage {
  return {
    rows: [...first.rows, ...second.rows],
    names: new Map([...first.names, ...second.names]),
    more: second.more,
  };
}

/** The row of a whole act. */
export async function rowOf(judge: ProofJudge, entry: Entry): Promise<BareRow> {
  const proofs = await judge.judge(entry);
  return { key: entry.hash, entry, moved: null, proofs, customer: customerIn(entry) };
}

async function acts(db: TillDb, judge: ProofJudge, limit: number): Promise<BareRow[]> {
  const entries = await latestEntries(db, { before: null, limit: limit + 1, acts: null });
  return Promise.all(entries.map((entry) => rowOf(judge, entry)));
}

async function moves(
  db: TillDb,
  judge: ProofJudge,
  filter: 'account' | 'no-code',
  limit: number,
): Promise<BareRow[]> {
  const kinds = filter === 'account' ? [null] : WITHOUT_CODE;
  const pages = await Promise.all(
    kinds.map((shown) =>
      confirmationsPage(db, { shown, action: null, after: null, limit: limit + 1 }),
    ),
  );
  const newest = pages
    .flat()
    .sort(newestFirst)
    .slice(0, limit + 1);
  if (filter === 'no-code') return rowsOf(db, judge, newest);
  const repayments = await latestRepayments(db, limit + 1);
  const rows = await Promise.all([
    rowsOf(db, judge, newest),
    Promise.all(repayments.map((entry) => rowOf(judge, entry))),
  ]);
  // a stable sort: the confirmations of one entry stay in their order
  return rows
    .flat()
    .sort((a, b) => b.entry.at - a.entry.at || b.entry.seq - a.entry.seq)
    .slice(0, limit + 1);
}

function newestFirst(a: ConfirmedAct, b: ConfirmedAct): number {
  return b.at - a.at || b.seq - a.seq || a.index - b.index;
}

/** Rows of debts and redemptions, each with its entry. */
async function rowsOf(
  db: TillDb,
  judge: ProofJudge,
  confirmed: readonly ConfirmedAct[],
): Promise<BareRow[]> {
  const rows = await Promise.all(
    confirmed.map(async ({ till, seq, hash, index }): Promise<BareRow[]> => {
      const entry = await entryOf(db, { till, seq, hash });
      return entry === null ? [] : (await movedRows(judge, entry)).filter((_, at) => at === index);
    }),
  );
  return rows.flat();
}

/** One row for each debt and redemption of an entry, in its order. */
export async function movedRows(judge: ProofJudge, entry: Entry): Promise<BareRow[]> {
  const proofs = await judge.judge(entry);
  return proofs.map((moved, index) => {
    const key = `${entry.hash} ${index}`;
    return { key, entry, moved, proofs, customer: moved.customer };
  });
}

/** The only customer an act concerns; null: none, or several. */
export function customerIn(entry: Entry): string | null {
  const known = knownEntry(originalOf(entry));
  if (known === null) return null;
  if (known.act === 'customers-imported') {
    const [only, ...others] = known.body.customers;
    return others.length === 0 ? (only?.customer ?? null) : null;
  }
  return 'customer' in known.body ? known.body.customer : null;
}

/** The customers of a merge. */
function mergedIn(entry: Entry): string[] {
  const known = knownEntry(entry);
  if (known?.act !== 'customers-merged') return [];
  return [known.body.from.customer, known.body.into.customer];
}

/** Stands for the name of a forgotten customer, who has no card. */
const FORGOTTEN = '';

/** Names by customer id, of those with a card here, or `FORGOTTEN`; also names of their authorised persons by id. */
export async function namesOf(
  db: TillDb,
  customers: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(customers.filter((id) => id !== null))];
  const [cards, forgotten] = await Promise.all([
    customersByIds(db, wanted),
    areForgotten(db, wanted),
  ]);
  return new Map([
    ...wanted.flatMap((id, place): [string, string][] =>
      forgotten[place] === true ? [[id, FORGOTTEN]] : [],
    ),
    ...cards.map(({ id, name }): [string, string] => [id, name]),
    ...cards.flatMap(({ persons }) => persons.map(({ id, name }): [string, string] => [id, name])),
  ]);
}

/** The words for a customer with these names. `noCard`: for a customer without a card here. */
export function customerWords(
  names: ReadonlyMap<string, string> | undefined,
  customer: string,
  noCard: string,
): string {
  const name = names?.get(customer);
  return name === FORGOTTEN ? t().journal.forgottenCustomer : (name ?? noCard);
}
