// Makes sure that no receipt number of a lost entry is used again.
// Entries are lost in lines that were set aside, and with the end of a file.
import { decideNumbersSkipped } from '$lib/domain/acts/device/numbers-skipped';
import type { Act, BodyOf, Entry } from '$lib/contract/journal';
import { sealEntry, type ChainHead } from '$lib/proof/chain';
import { transact, type TillDb } from '$lib/storage/database/db';
import { headOfTill, newestPolicyIn } from '$lib/storage/journal/reader';
import {
  lastNumberIn,
  leaveNumbersIn,
  leaveNumbersUpToIn,
} from '$lib/storage/journal/receipt-numbers';
import { actBodies, recorded } from '$lib/storage/schema/records';
import { StorageError } from '$lib/storage/storage-error';
import type { SetAside } from '$lib/storage/wal/line-chain';
import type { NumbersSkipped } from '$lib/storage/schema/start-news';

/**
 * Skips the receipt numbers that these lines may have used, because each may be a sale. If the lines name an entry beyond the
 * end of the chain, the chain continues after it with `entries-skipped`, because the relay may have those entries. Idempotent.
 * `at`: ms. The caller holds the writer's lock. Throws StorageError.
 */
export async function skipEntries(
  db: TillDb,
  till: string,
  { lines, end }: Pick<SetAside, 'lines' | 'end'>,
  at: number,
): Promise<void> {
  if (lines === 0) return;
  const head = await headOfTill(db, till);
  const skipped = await sealSkip(db, { till, at }, head, end);
  await transact(db, [db.journal, db.meta, db.sales], async () => {
    await leaveNumbersIn(db, till, { seq: head.seq + lines, shared: head.seq });
    await addAfter(db, till, head, skipped);
  });
}

/** Stores the entries; throws if another entry follows `head` by now. Awaits Dexie only. */
async function addAfter(
  db: TillDb,
  till: string,
  head: ChainHead,
  entries: readonly Entry[],
): Promise<void> {
  if ((await headOfTill(db, till)).hash !== head.hash) throw new StorageError('failed');
  await db.journal.bulkAdd(entries);
}

type By = { readonly till: string; readonly at: number };

/** The `entries-skipped` that continues the chain after `end`; none if the chain reaches `end`. */
async function sealSkip(
  db: TillDb,
  by: By,
  head: ChainHead,
  end: ChainHead | null,
): Promise<Entry[]> {
  if (end === null || end.seq <= head.seq) return [];
  const body = { from: head.seq + 1, to: end.seq };
  return [await seal(db, by, end, { act: 'entries-skipped', body })];
}

async function seal<A extends Act>(
  db: TillDb,
  { till, at }: By,
  after: ChainHead,
  draft: { readonly act: A; readonly body: BodyOf<A> },
): Promise<Entry> {
  const body = recorded<object>(actBodies[draft.act], draft.body) as Entry['body'];
  const policy = await newestPolicyIn(db, till);
  return sealEntry(after, { till, at, operator: null, policy, act: draft.act, body });
}

/** A loss of an unknown number of acts, sealed but not stored yet. */
export type Loss = {
  readonly skipped: NumbersSkipped;
  /** Stores it within a transaction that writes journal and meta and reads sales. Awaits Dexie only. */
  readonly storeIn: () => Promise<void>;
};

/**
 * Prepares `numbers-skipped` after a loss of unknown acts: skips the receipt numbers that `lines` lost lines may have used.
 * `end`: as in `skipEntries`. The caller holds the writer's lock. Throws StorageError.
 */
export async function sealLoss(
  db: TillDb,
  till: string,
  { lines, end }: Pick<SetAside, 'lines' | 'end'>,
  at: number,
): Promise<Loss> {
  const [head, last] = await Promise.all([headOfTill(db, till), lastNumberIn(db, till)]);
  const entries = await sealSkip(db, { till, at }, head, end);
  const body = decideNumbersSkipped(last + lines);
  const after = entries.at(-1) ?? head;
  entries.push(await seal(db, { till, at }, after, { act: 'numbers-skipped', body }));
  return {
    skipped: { till, ...body },
    storeIn: async () => {
      await leaveNumbersUpToIn(db, till, { upTo: body.to, seq: head.seq + lines });
      await addAfter(db, till, head, entries);
    },
  };
}
