// Appends an act to the journal file before its transaction; a retry reuses the same line.
import { metaChange, formerTillsIn, isEnrolled, tillIn } from '$lib/storage/database/meta';
import type { Entry } from '$lib/contract/journal';
import type { ChainHead, EntryDraft } from '$lib/proof/chain';
import { canonical } from '$lib/proof/canonical';
import { applyChanges, tablesOf, type Change } from '$lib/storage/schema/change';
import { transact, type TillDb } from '$lib/storage/database/db';
import { StorageError } from '$lib/storage/storage-error';
import type { JournalFile, Pending } from '$lib/storage/wal/journal-file';
import { headLine, type Line } from '$lib/storage/wal/line';

/** The act that was flushed to the file but not stored, if `draft` is the same act again, so that its bytes are reused. */
export function pendingAct(db: TillDb, head: ChainHead, draft: EntryDraft): Pending | null {
  const pending = db.file?.pending ?? null;
  if (pending === null || pending.entry.prevHash !== head.hash) return null;
  const { act, operator, policy, body } = pending.entry;
  const same =
    act === draft.act &&
    operator === draft.operator &&
    policy === draft.policy &&
    canonical(body) === canonical(draft.body);
  return same ? pending : null;
}

/**
 * Clears the pending act if the database has it, because a commit reported as failed may have succeeded. Throws StorageError if
 * the database is behind the agreed head (as after a lost connection), because numbers would be used twice.
 */
export async function settlePending(db: TillDb, till: string, head: ChainHead): Promise<void> {
  const { file } = db;
  if (file === null) return;
  if ((file.pending?.entry ?? file.undecided)?.hash === head.hash) await file.settle();
  if (file.till !== till || file.agreed === null || file.agreed === head.hash) return;
  throw new RecordsLost(db);
}

/**
 * The database is behind the agreed head. The file may hold an undecided act, so the screen must not say that it is not saved.
 */
export class RecordsLost extends StorageError {
  constructor({ file }: TillDb) {
    super(file?.undecided ? 'undecided' : 'records-lost');
  }
}

/** Flushes the act to the file; returns further changes to store with it. Throws StorageError: nothing is stored. */
export async function appendAct(db: TillDb, act: Pending): Promise<Change[]> {
  const { file } = db;
  if (file === null || file.state === 'missing' || file.pending === act) return [];
  const { entry } = act;
  if (file.state === 'in-use' && file.till !== entry.till) await file.open(entry.till);
  if (file.state === 'in-use') {
    if (file.size === 0 && entry.seq > 1) await makeFile(db, file, entry.till);
    await file.addAct(act, await linesBefore(db, act));
    return [];
  }
  return file.state === 'away' ? [awaySince(entry)] : [];
}

/**
 * Makes sure that no later start books the act that could not be stored after `head`. Throws StorageError `undecided` if it may
 * still be in the file. `act`: null if only the file contains it.
 */
export async function takeBackAct(db: TillDb, head: ChainHead, act: Entry | null): Promise<void> {
  const { file } = db;
  if (file === null) return;
  try {
    if (file.pending !== null) {
      await file.takeBack().catch((cause: unknown) => {
        // if the file cannot be changed, a mark in the database makes the next start ignore it
        if (!file.mayHoldUnsaved) throw cause;
      });
    }
    if (file.mayHoldUnsaved) {
      const changes = [awaySince({ seq: head.seq + 1 })];
      await transact(db, tablesOf(db, changes), () => applyChanges(db, changes));
    }
    file.ignored();
  } catch (cause) {
    throw await undecided(db, act, cause);
  }
}

/** Marks the act as undecided in the file; returns the error for an act that may or may not be stored. */
export async function undecided(
  db: TillDb,
  act: Entry | null,
  cause: unknown,
): Promise<StorageError> {
  if (act !== null) await db.file?.markUndecided(act);
  return new StorageError('undecided', cause);
}

/** The change that makes the next start ignore the file from this entry on. */
function awaySince({ seq }: Pick<Entry, 'seq'>): Change {
  return metaChange('file-away', { seq });
}

/** Creates the file of a till that was enrolled after the start. */
async function makeFile(db: TillDb, file: JournalFile, name: string): Promise<void> {
  const { rebuildFile } = await import('./rebuild-file');
  const till = await tillIn(db);
  if (isEnrolled(till) && till.id === name) await rebuildFile(db, file, till);
}

/**
 * The head line is repeated before every entry with a multiple of this number, so that the till survives damage to the first
 * line.
 */
const HEAD_EVERY = 8;

function linesBefore(db: TillDb, act: Pending): Promise<Line[]> {
  const { seq, till } = act.entry;
  if (seq === 1) return firstLines(db, act);
  return seq % HEAD_EVERY === 0 ? headAgain(db, till, seq - 1) : Promise.resolve([]);
}

/** The head line as of entry `upTo`. */
async function headAgain(db: TillDb, name: string, upTo: number): Promise<Line[]> {
  const [till, [former]] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return isEnrolled(till) && till.id === name ? [headLine(till, former?.id ?? null, upTo)] : [];
}

/** The lines before a journal's first entry. */
async function firstLines(db: TillDb, { entry, attached }: Pending): Promise<Line[]> {
  const rows = attached.flatMap((change) =>
    change.table === 'meta' && change.op !== 'delete' ? change.rows : [],
  );
  const till = rows.find((row) => row.key === 'till')?.value ?? null;
  if (till === null || !isEnrolled(till)) return [];
  const { former } = entry.body as { former?: { till: string } | null };
  const policy = await db.policy.get('current');
  const lines: Line[] = [headLine(till, former?.till ?? null, 0)];
  if (policy) lines.push({ kind: 'policy', jws: policy.jws, version: policy.version });
  return lines;
}
