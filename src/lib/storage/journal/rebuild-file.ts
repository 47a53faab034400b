// Rewrites a till's journal file from its database.
import type { Entry } from '$lib/contract/journal';
import type { TillDb } from '$lib/storage/database/db';
import { readPagesOf } from '$lib/storage/database/pages';
import { readEach, UNREADABLE, type Read } from '$lib/storage/database/read-each';
import { lineageIn } from '$lib/storage/database/meta';
import type { Change, TableName } from '$lib/storage/schema/change';
import type { EnrolledTill } from '$lib/storage/schema/records';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import { headLine, isLine, type Line } from '$lib/storage/wal/line';
import { Dexie } from 'dexie';
import { attachedRows } from './attached-rows';
import { headIn } from './reader';

/**
 * Tables whose rows acts attach to their entries. Other tables are projected, sent again by the relay, or need no second copy.
 */
const ATTACHED = [
  ...(['customers', 'forgotten', 'reserveVerifiers', 'reserveTries'] as const),
] as const satisfies TableName[];

/** Keys of the `meta` values that acts attach. */
const META = ['former-tills', 'removal', 'numbers-taken'] as const;

/** Rows per write and flush: a few megabytes. */
const BATCH = 2_000;

export type Old = {
  /** Name under which the old file is kept; null: it has nothing that the database lacks, so it is not kept. */
  readonly aside: string | null;
  /** Entries of the database that do not match their hash. */
  readonly damaged: readonly { readonly till: string; readonly seq: number }[];
};

/**
 * Call it while holding the writer's lock. A damaged row is taken from the old file, and a damaged entry is left out, so that
 * the others still get their second copy. Throws StorageError: the old file is unchanged.
 */
export async function rebuildFile(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  { aside, damaged }: Old = { aside: null, damaged: [] },
): Promise<void> {
  const [head, names] = await Promise.all([headIn(db), lineageIn(db)]);
  const first = headLine(till, names[1] ?? null, head.seq);
  await file.replace(aside, async (add) => {
    const lost = new Map<string, string[]>();
    await add([first, ...attachedLines('meta', META, await readEach(db.meta, META), lost)]);
    await add(await policyLines(db, file));
    for (const table of ATTACHED) {
      for await (const { keys, rows } of readPagesOf(db.table<unknown, string>(table), BATCH)) {
        await add(attachedLines(table, keys, rows, lost));
      }
    }
    for (const [table, rows] of lost.size > 0 ? await attachedRows(db, file, lost) : [])
      await add(rows.map((row) => attachedLine(table as TableName, [row])));
    // written last: a file that ends before `upTo` is incomplete, and the next start rebuilds it
    const left = new Set(damaged.map(({ till: of, seq }) => `${of} ${seq}`));
    for (const name of names.toReversed()) {
      const own = [
        [name, 0],
        [name, Dexie.maxKey],
      ] as const;
      for await (const { keys, rows } of readPagesOf(db.journal, BATCH, own)) {
        await add(
          rows.flatMap((row, place) => (left.has(keys[place]!.join(' ')) ? [] : actLine(row))),
        );
      }
    }
    await add([first]);
  });
}

function actLine(entry: Read<Entry>): Line[] {
  if (entry === undefined || entry === UNREADABLE) return [];
  const line: Line = { kind: 'act', entry, attached: [] };
  return isLine(line) ? [line] : [];
}

function attachedLine(table: TableName, rows: readonly unknown[]): Line {
  return { kind: 'attached', changes: [{ table, op: 'put', rows } as Change] };
}

/** One line with as many of the rows as can be stored; adds the keys of the others to `lost`. */
function attachedLines(
  table: TableName,
  keys: readonly string[],
  rows: readonly Read<unknown>[],
  lost: Map<string, string[]>,
): Line[] {
  const isWhole = (row: Read<unknown>): boolean =>
    row !== UNREADABLE && isLine(attachedLine(table, [row]));
  const there = rows.flatMap((row, place) =>
    row === undefined ? [] : [{ row, key: keys[place]! }],
  );
  const [whole, others] = [
    there.filter(({ row }) => isWhole(row)),
    there.filter(({ row }) => !isWhole(row)),
  ];
  if (others.length > 0)
    lost.set(table, [...(lost.get(table) ?? []), ...others.map(({ key }) => key)]);
  return whole.length > 0
    ? [
        attachedLine(
          table,
          whole.map(({ row }) => row),
        ),
      ]
    : [];
}

/** The policy in force; if the database cannot read it, the last one in the old file. */
async function policyLines(db: TillDb, file: JournalFile): Promise<Line[]> {
  const [policy] = await readEach(db.policy, ['current'] as const);
  if (policy === undefined) return [];
  if (policy !== UNREADABLE) {
    const line: Line = { kind: 'policy', jws: policy.jws, version: policy.version };
    if (isLine(line)) return [line];
  }
  let last: Line[] = [];
  for await (const lines of file.whole()) {
    const policies = lines.filter((line) => line.kind === 'policy').slice(-1);
    if (policies.length > 0) last = policies;
  }
  return last;
}
