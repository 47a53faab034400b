// Writes the acts that the journal file has and the database lacks, in one transaction.
import { applyChanges, isSome, tablesOf, type Change } from '$lib/storage/schema/change';
import { transact, type TillDb } from '$lib/storage/database/db';
import { policyChanges } from '$lib/storage/policy/policies';
import { foldedChanges } from '$lib/storage/journal/projection';
import { relayKeysIn } from '$lib/storage/journal/real-proofs';
import { restoreGoods, goodsMarkAmong, type GoodsStand } from './missing-goods';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { ActLine, Line } from '$lib/storage/wal/line';

export type PolicyLine = Extract<Line, { kind: 'policy' }>;

/** Replaces each insert with a put, because some rows may exist already. */
export function again(changes: readonly Change[]): Change[] {
  return changes.map((change) => (change.op === 'add' ? { ...change, op: 'put' } : change));
}

/** Restores a lost policy alone: the database lacks none of the file's acts. Throws StorageError. */
export async function replayPolicy(db: TillDb, policy: PolicyLine): Promise<void> {
  const changes = policyChanges(policy);
  await transact(db, tablesOf(db, changes), () => applyChanges(db, changes));
}

/**
 * Replays acts that follow the database's head, already sealed and decided: projects them, all in one transaction. `policy`: the
 * newest in the file's end. Throws StorageError: nothing has changed.
 */
export async function replayActs(
  db: TillDb,
  file: JournalFile,
  acts: readonly [ActLine, ...ActLine[]],
  policy: PolicyLine | null,
): Promise<GoodsStand> {
  const entries = acts.map(({ entry }) => entry);
  const beginning = await beginningOf(file, acts[0].entry.seq);
  const [held, keys] = await Promise.all([db.policy.get('current'), relayKeysIn(db)]);
  const attached = again([...beginning.attached, ...acts.flatMap((act) => act.attached)]);
  const goods = await restoreGoods(db, file, goodsMarkAmong(attached));
  const newest = policy ?? beginning.policy;
  const isNewer = newest !== null && newest.version > (held?.version ?? 0);
  const changes = [
    ...(await foldedChanges(db, entries, keys)),
    ...[...attached, ...goods.changes, ...(isNewer ? policyChanges(newest) : [])],
  ].filter(isSome);
  const emptied = beginning.isWhole ? [db.reserveVerifiers] : [];
  await transact(db, [...new Set([db.journal, ...emptied, ...tablesOf(db, changes)])], () =>
    Promise.all([
      ...emptied.map((table) => table.clear()),
      applyChanges(db, changes),
      db.journal.bulkAdd(entries),
    ]),
  );
  return goods.stand;
}

type Beginning = {
  readonly attached: readonly Change[];
  readonly policy: PolicyLine | null;
  /** All its lines can be read: a row that it does not have was deleted. */
  readonly isWhole: boolean;
};

const NO_BEGINNING: Beginning = { attached: [], policy: null, isWhole: false };

/** What the file has before its first act, if it was rebuilt when the database had entry `seq` already; otherwise nothing. */
async function beginningOf(file: JournalFile, seq: number): Promise<Beginning> {
  const attached: Change[] = [];
  let policy: PolicyLine | null = null;
  let unread = 0;
  for await (const piece of file.whole()) {
    unread += piece.unread;
    for (const line of piece.lines) {
      if (line.kind === 'head' && line.upTo < seq) return NO_BEGINNING;
      if (line.kind === 'attached') attached.push(...line.changes);
      if (line.kind === 'policy') policy = line;
      if (line.kind !== 'act') continue;
      // the relay sends the codes again that were issued after the file was made
      attached.push({ table: 'meta', op: 'delete', keys: ['reserve-codes'] });
      return { attached, policy, isWhole: unread === 0 };
    }
  }
  return NO_BEGINNING;
}
