// Writes the acts that the journal file has and the database lacks, in one transaction.
import { metaChange } from '$lib/storage/database/meta';
import type { Entry } from '$lib/contract/journal';
import { applyChanges, tablesOf, type Change } from '$lib/storage/schema/change';
import { transact, type TillDb } from '$lib/storage/database/db';
import { policyRow, recorded } from '$lib/storage/schema/records';
import { restoreGoods, goodsMarkAmong, type GoodsStand } from './missing-goods';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import { entriesInRows, withoutAbandoned, type ActLine, type Line } from '$lib/storage/wal/line';

export type PolicyLine = Extract<Line, { kind: 'policy' }>;

/** Turns inserts into replacements, because some rows may exist already. */
export function again(changes: readonly Change[]): Change[] {
  return changes.map((change) => (change.op === 'add' ? { ...change, op: 'put' } : change));
}

export function policyChanges({ jws, version }: PolicyLine): Change[] {
  return [
    {
      table: 'policy',
      op: 'put',
      rows: [recorded(policyRow, { key: 'current', jws, version })],
    },
    metaChange('newest-policy', { version }),
  ];
}

/** Restores a lost policy first: acts made under it may follow it in the file. Throws StorageError. */
export async function replayPolicy(db: TillDb, policy: PolicyLine): Promise<void> {
  const changes = policyChanges(policy);
  await transact(db, tablesOf(db, changes), () => applyChanges(db, changes));
}

/** Replays acts that follow the database's head, already sealed and decided; `policy`: the newest in the file. */
export function replayActs(
  db: TillDb,
  file: JournalFile,
  acts: readonly ActLine[],
  policy: PolicyLine | null,
): Promise<GoodsStand> {
  const steps = acts.flatMap(({ changes }) => again(changes));
  return store(db, file, { entries: acts.map(({ entry }) => entry), steps, policy, emptied: [] });
}

/** Tables from which these acts also delete rows: rows of an earlier state must not remain. */
const TAKEN_FROM = ['stock', 'unconfirmed', 'reserveVerifiers'] as const;

/** Adds the `entries` that the database lacks and a rebuilt file has as rows, with everything else in the file. */
export async function replayFile(
  db: TillDb,
  file: JournalFile,
  entries: readonly Entry[],
): Promise<GoodsStand> {
  const lines: Line[] = [];
  let unread = 0;
  for await (const piece of file.whole()) {
    lines.push(...piece.lines);
    unread += piece.unread;
  }
  const steps = withoutAbandoned(lines).flatMap((line): Change[] => {
    if (line.kind === 'act') return again(line.changes);
    if (line.kind !== 'rows') return [];
    const own = new Set<unknown>(entriesInRows(line, file.till));
    const rows = line.rows.filter((row) => !own.has(row));
    return [{ table: line.table, op: 'put', rows } as Change];
  });
  // the relay sends the codes again that were issued after the file was rebuilt
  steps.push({ table: 'meta', op: 'delete', keys: ['reserve-codes'] });
  const policy = lines.findLast((line) => line.kind === 'policy') ?? null;
  // an unreadable line may be the very row that is present here
  const emptied = unread === 0 ? TAKEN_FROM : [];
  return store(db, file, { entries, steps, policy, emptied });
}

type Lacking = {
  readonly entries: readonly Entry[];
  readonly steps: readonly Change[];
  readonly policy: PolicyLine | null;
  readonly emptied: readonly (typeof TAKEN_FROM)[number][];
};

/** All changes and the head in one transaction. Throws StorageError: nothing has changed. */
async function store(
  db: TillDb,
  file: JournalFile,
  { entries, steps, policy, emptied }: Lacking,
): Promise<GoodsStand> {
  const held = await db.policy.get('current');
  const isNewer = policy !== null && policy.version > (held?.version ?? 0);
  const goods = await restoreGoods(db, file, goodsMarkAmong(steps));
  const changes = [...steps, ...goods.changes, ...(isNewer ? policyChanges(policy) : [])];
  const cleared = emptied.map((name) => db.table(name));
  await transact(db, [...new Set([db.journal, ...cleared, ...tablesOf(db, changes)])], () =>
    Promise.all([
      ...cleared.map((table) => table.clear()),
      applyChanges(db, changes),
      db.journal.bulkAdd(entries),
    ]),
  );
  return goods.stand;
}
