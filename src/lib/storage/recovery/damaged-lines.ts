// Looks for damaged and missing lines of the journal file, in the background.
// Has the file rebuilt if it finds any.
import type { TillDb } from '$lib/storage/database/db';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { soundEntryAt } from '$lib/storage/journal/checked-chain';
import { chainIn, headOfTill } from '$lib/storage/journal/reader';
import { missingEntries } from './missing-rows';
import { asideName, queueRebuild } from './start';

/** Bytes read at once; small enough that no cashier notices. */
const SLICE = 1 << 17;

/**
 * Reads the whole file once while the till is in use, because the start reads only its end. Returns whether the file was
 * rebuilt. `at`: ms. Throws StorageError.
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
  // another file has been opened meanwhile, or this one was rebuilt
  if (!isDamaged || !isSame()) return false;
  // keep the old file if entries are missing in both copies: a person may still recognise them there
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
