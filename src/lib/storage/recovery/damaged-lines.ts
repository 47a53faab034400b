// Looks for damaged and missing lines of the journal file, in the background.
// Has the file written again where it finds any.
import type { TillDb } from '$lib/storage/database/db';
import { isEnrolled, tillIn } from '$lib/storage/database/till-record';
import { soundEntryAt } from '$lib/storage/journal/checked-chain';
import { chainIn, headOfTill } from '$lib/storage/journal/reader';
import { missingEntries } from './missing-rows';
import { asideName, queueRebuild } from './start';

/** Bytes that are read at once: reading them keeps no cashier waiting. */
const SLICE = 1 << 17;

/**
 * Reads the whole file once, while the till is in use: the start reads only its end. Returns whether it was written again.
 * `at`: ms. Throws StorageError.
 */
export async function renewDamagedFile(db: TillDb, at: number): Promise<boolean> {
  const { file } = db;
  const till = await tillIn(db);
  if (file === null || !isEnrolled(till)) return false;
  await file.rebuilt;
  const { rebuilt } = file;
  const isSame = () =>
    file.state === 'in-use' && file.till === till.id && file.rebuilt === rebuilt && file.size > 0;
  if (!isSame()) return false;
  const { seq: upTo } = await headOfTill(db, till.id);
  const found = new Set<number>();
  let isDamaged = false;
  for await (const lines of file.whole(SLICE)) {
    for (const line of lines) {
      if (line.kind === 'unreadable') isDamaged = true;
      if (line.kind === 'act' && line.entry.till === till.id) found.add(line.entry.seq);
    }
    if (isDamaged) break;
    await idle();
  }
  isDamaged ||= await lacksAny(db, till.id, upTo, found);
  // another file is open by now, or this one was written again
  if (!isDamaged || !isSame()) return false;
  // what neither copy can give may still be recognised in the old file
  const aside = (await missingEntries(db)).length > 0 ? asideName(till, at) : null;
  queueRebuild(db, file, till, aside);
  await file.rebuilt;
  return true;
}

/** Whether the database has an entry up to `upTo` that the file lacks. */
async function lacksAny(
  db: TillDb,
  till: string,
  upTo: number,
  found: ReadonlySet<number>,
): Promise<boolean> {
  const keys = await chainIn(db, till).primaryKeys();
  for (const [, seq] of keys) {
    if (seq > upTo || found.has(seq)) continue;
    if ((await soundEntryAt(db, till, seq)) !== null) return true;
  }
  return false;
}

/** WebKit has no idle callbacks. */
const PAUSE_MS = 100;

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve());
    else setTimeout(resolve, PAUSE_MS);
  });
}
