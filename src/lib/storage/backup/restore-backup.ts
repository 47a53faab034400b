// Checks a whole backup, then replaces the whole database with it in one transaction.
// The restored copy counts as another device and must be re-enrolled.
import { may } from '$lib/domain/policy/policy';
import type { NoRight } from '$lib/domain/policy/rights';
import { decideNumbersSkipped } from '$lib/domain/acts/device/numbers-skipped';
import { writtenTo, type ProjectedChange } from '$lib/domain/rows';
import type { Entry } from '$lib/contract/journal';
import { sealEntry } from '$lib/proof/chain';
import { keyId, makeTillKey } from '$lib/proof/keys';
import {
  backedRows,
  backedTables,
  endFrame,
  rowsFrame,
  type BackedTable,
  type BackupHeader,
  type MetaInBackup,
  type MissingInBackup,
} from './backup-record';
import { applyChanges } from '$lib/storage/schema/change';
import {
  SCHEMA,
  readTogether,
  transact,
  withWriterLock,
  type TillDb,
} from '$lib/storage/database/db';
import { headIn } from '$lib/storage/journal/reader';
import type { RelayKeys } from '$lib/proof/real-proofs';
import { currentPolicy, type PolicyRefused } from '$lib/storage/policy/policies';
import {
  actBodies,
  recorded,
  till as tillSchema,
  type MetaRow,
  type Till,
} from '$lib/storage/schema/records';
import { MOST_RECEIPTS, quarantine } from '$lib/storage/schema/relay-record';
import { readJournals, type ReadJournal } from '$lib/storage/recovery/damaged-journal';
import { lastNumberIn, leaveNumbersUpToIn } from '$lib/storage/journal/receipt-numbers';
import { goodsToKeep, keepGoodsIn, type Keeping } from '$lib/storage/remote/shown-goods';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { projectedFrom } from './journals';
import { soundBackup, type ContainerRefusal, type SoundBackup } from './container';
import { FRAME } from './make-backup';

export type BackupRefusal =
  | ContainerRefusal
  /** The backup belongs to another shop. */
  | 'other-shop'
  /** Readable, but its journal fails the checks. */
  | 'altered'
  | 'passphrase-needed'
  | 'wrong-passphrase';

/** The contents of a backup that passed all checks. */
export type CheckedBackup = {
  readonly kind: 'checked';
  readonly header: BackupHeader;
  /** Number of this device's entries, those in damaged files included, that the backup lacks: restoring would lose them. */
  readonly lost: number;
  readonly rows: Readonly<Record<BackedTable, readonly unknown[]>>;
  /** The rows that its journals project to. */
  readonly projected: readonly ProjectedChange[];
  /** What the till could not read when it made the backup. */
  readonly missing: MissingInBackup;
  /** By till id of the device: the till number printed on its receipts; null: it had none. */
  readonly tillNumbers: ReadonlyMap<string, number | null>;
};

export type CheckOutcome =
  CheckedBackup | { readonly kind: 'refused'; readonly because: BackupRefusal };

type Contents = Pick<CheckedBackup, 'rows' | 'missing'>;

/** Checks every byte and row without changing anything. Throws StorageError if this till's disk cannot be read. */
export async function checkBackup(
  db: TillDb,
  file: Blob,
  passphrase: string | null,
): Promise<CheckOutcome> {
  const refused = (because: BackupRefusal) => ({ kind: 'refused', because }) as const;
  const sound = await soundBackup(file, SCHEMA);
  if (sound.kind === 'refused') return sound;
  const { header } = sound;
  const [till, head, there] = await readTogether(db, [db.meta, db.journal], () =>
    Promise.all([tillIn(db), headIn(db), db.journal.get([header.till, header.seq])]),
  );
  const damaged = await damagedIn(db);
  if (till !== null && till.shop !== null && till.shop !== header.shop)
    return refused('other-shop');
  if (header.cipher !== null && passphrase === null) return refused('passphrase-needed');
  const frame = await sound.open(passphrase);
  if (frame === null) return refused(header.cipher === null ? 'damaged' : 'wrong-passphrase');
  const contents = await contentsOf(sound, frame);
  if (contents === null) return refused('damaged');
  const { entries } = contents.missing;
  const journal = contents.rows.journal as Entry[];
  const tills = tillsIn(contents);
  const keys: RelayKeys = new Map(tills.map(({ id, relayKey }) => [id, relayKey]));
  const projected = await projectedFrom(journal, entries, keys);
  if (projected === null) return refused('altered');
  const lost =
    damaged.length > 0 ? lostFrom(damaged, contents) : lostOf({ head, there }, header, contents);
  const tillNumbers = new Map(tills.map(({ id, number }) => [id, number]));
  return { kind: 'checked', header, lost, projected, tillNumbers, ...contents };
}

/** Null if anything in it does not fit the schemas. */
async function contentsOf(
  { header, frames }: SoundBackup,
  frame: (number: number) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Contents | null> {
  const rows = Object.fromEntries(backedTables.map((table) => [table, [] as unknown[]])) as Record<
    BackedTable,
    unknown[]
  >;
  try {
    for (let number = 0; number < frames; number += 1) {
      const bytes = await frame(number);
      const content = bytes.slice(1);
      const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
      if (bytes[0] === FRAME.end) {
        const { counts, missing } = endFrame.parse(value);
        const whole = backedTables.every((table) => rows[table].length === (counts[table] ?? 0));
        const contents = { rows, missing };
        return whole && number === frames - 1 && isOf(contents, header) ? contents : null;
      }
      const { table, rows: found } = rowsFrame.parse(value);
      for (const row of found) rows[table].push(backedRows[table].parse(row));
    }
  } catch {
    return null; // unreadable, for whatever reason
  }
  return null;
}

/** The till ids of the device, oldest first. */
function tillsIn({ rows }: Contents) {
  const meta = rows.meta as MetaInBackup[];
  const former = meta.flatMap((row) => (row.key === 'former-tills' ? row.value.toReversed() : []));
  const till = meta.flatMap((row) => (row.key === 'till' ? [row.value] : []));
  return [...former, ...till];
}

/** Whether the rows belong to the till and journal named in the first line. */
function isOf({ rows }: Contents, { till, shop, seq, hash }: BackupHeader): boolean {
  const asKept = (rows.meta as MetaInBackup[]).findLast((row) => row.key === 'till')?.value;
  const last = (rows.journal as Entry[]).findLast((entry) => entry.till === till);
  return asKept?.id === till && asKept.shop === shop && last?.seq === seq && last.hash === hash;
}

function lostOf(
  { head, there }: { head: { seq: number; hash: string }; there: Entry | undefined },
  { seq, hash }: BackupHeader,
  { rows }: Contents,
): number {
  if (there?.hash === hash) return head.seq - seq;
  const isIn =
    head.seq === 0 || (rows.journal as Entry[]).some((entry) => entry.hash === head.hash);
  return isIn ? 0 : head.seq;
}

function lostFrom(journals: readonly ReadJournal[], { rows }: Contents): number {
  const kept = new Set((rows.journal as Entry[]).map(({ hash }) => hash));
  const found = new Set(journals.flatMap(({ entries }) => entries.map(({ hash }) => hash)));
  return [...found].filter((hash) => !kept.has(hash)).length;
}

export type RestoreOutcome =
  | { readonly kind: 'restored' }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | NoRight };

/**
 * Replaces the whole database with the backup, all or nothing. A device that is not enrolled needs no right. `at`: ms.
 * The page must be reloaded afterwards, because its state is out of date. Throws StorageError: nothing was changed.
 */
export async function restoreBackup(
  db: TillDb,
  backup: CheckedBackup,
  { operator, at }: { readonly operator: string | null; readonly at: number },
): Promise<RestoreOutcome> {
  return withWriterLock(db, async () => {
    const { seq } = await readTogether(db, [db.meta, db.journal], () => headIn(db));
    if (seq > 0) {
      const current = await currentPolicy(db);
      if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
      if (!may(current.policy, operator ?? '', 'data'))
        return { kind: 'refused', because: { kind: 'no-right', right: 'data' } };
    }
    const [meta, keeping] = await Promise.all([metaOf(backup, at), goodsMeanwhile(db, backup)]);
    const { rows } = backup;
    const [entry, given] = await Promise.all([
      restoredEntry(backup, operator, at),
      givenIn(db, backup.header.till),
    ]);
    const last = Math.max(given.upTo, lastNumberOf(backup));
    const { body, skipped } = await skippedEntry(entry, last);
    await transact(db, db.tables, async () => {
      for (const table of db.tables) {
        if (table.name !== 'meta') await table.clear();
      }
      await db.meta.where('key').noneOf(['schema', 'backup-folder', 'removal']).delete();
      for (const table of backedTables) {
        await db.table(table).bulkPut(table === 'meta' ? meta : [...rows[table]]);
      }
      await applyChanges(db, backup.projected);
      if (keeping !== null) await keepGoodsIn(db, keeping);
      await db.journal.bulkAdd([entry, skipped]);
      await leaveNumbersUpToIn(db, backup.header.till, { ...given, upTo: body.to });
    });
    return { kind: 'restored' };
  });
}

/**
 * A backup has no goods of other tills. The goods shown now stay on screen until the order is downloaded again. If the backup
 * belongs to another relay, the cursor into the order is dropped, because it means nothing there.
 */
async function goodsMeanwhile(db: TillDb, backup: CheckedBackup): Promise<Keeping | null> {
  const [keeping, till] = await Promise.all([goodsToKeep(db, backup.projected), tillIn(db)]);
  const kept = (backup.rows.meta as MetaInBackup[]).findLast((row) => row.key === 'till')?.value;
  if (keeping === null || !isEnrolled(till) || kept === undefined) return keeping;
  const isSameRelay = (await keyId(till.relayKey)) === (await keyId(kept.relayKey));
  return isSameRelay ? keeping : { ...keeping, mark: { seen: null } };
}

/** The highest receipt number this device has used under that till id, now or formerly. Throws StorageError. */
async function givenIn(db: TillDb, till: string) {
  const damaged = (await damagedIn(db)).find((each) => each.till === till);
  if (damaged !== undefined) {
    const upTo = damaged.lastNumber + damaged.unread;
    const isBelieved = decideNumbersSkipped(upTo).to <= MOST_RECEIPTS;
    return { upTo: isBelieved ? upTo : 0, seq: damaged.entries.at(-1)?.seq ?? 0 };
  }
  const [upTo, { seq }] = await Promise.all([lastNumberIn(db, till), headIn(db)]);
  return { upTo, seq };
}

/** What can be read from a damaged journal file if there is no database. Throws StorageError. */
async function damagedIn(db: TillDb): Promise<ReadJournal[]> {
  if (db.file === null || (await headIn(db)).seq > 0) return [];
  return readJournals(db.file);
}

/** The highest receipt number of its till that the backup contains. */
function lastNumberOf({ header, rows, projected, missing }: CheckedBackup): number {
  const of = <T extends { readonly till: string }>(all: readonly T[]) =>
    all.filter(({ till }) => till === header.till);
  const taken = (rows.meta as MetaInBackup[]).flatMap((row) =>
    row.key === 'numbers-taken' ? of(row.value).map(({ upTo }) => upTo) : [],
  );
  const sold = [...of(writtenTo('sales', projected)), ...of(missing.receipts)];
  return [...taken, ...sold.map(({ number }) => number)].reduce(
    (most, number) => Math.max(most, number),
    0,
  );
}

/** The entry after the restored one: skips the numbers that the till may have used after the backup was made. */
async function skippedEntry(restored: Entry, last: number) {
  const { till, at, policy } = restored;
  const body = recorded(actBodies['numbers-skipped'], decideNumbersSkipped(last));
  const draft = { till, at, operator: null, policy, act: 'numbers-skipped', body };
  return { body, skipped: await sealEntry(restored, draft) };
}

/** The `meta` rows, with a new key for the till: it can sell, but the relay accepts its journal only after re-enrolment. */
async function metaOf({ rows, header }: CheckedBackup, at: number): Promise<MetaRow[]> {
  const keys = await makeTillKey();
  const kept = (rows.meta as MetaInBackup[]).map((row): MetaRow => {
    if (row.key !== 'till') return row;
    const value: Till = recorded(tillSchema, { ...row.value, keys });
    return { key: 'till', value };
  });
  return [
    ...kept,
    { key: 'quarantine', value: recorded(quarantine, { because: 'restored', since: at }) },
    // an existing journal file contains later entries; the next start sets it aside and rebuilds it
    { key: 'file-away', value: { seq: header.seq } },
  ];
}

function restoredEntry(
  { rows, header }: CheckedBackup,
  operator: string | null,
  at: number,
): Promise<Entry> {
  const { till, seq, hash } = header;
  const body = recorded(actBodies['backup-restored'], { seq, hash, madeAt: header.at });
  const own = (rows.journal as Entry[]).filter((each) => each.till === till);
  const policy = own.reduce((most, each) => Math.max(most, each.policy), 0);
  return sealEntry(header, { till, at, operator, policy, act: 'backup-restored', body });
}
