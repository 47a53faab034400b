// Compares the journal file with the database, line by line; reads only.
import type { Entry } from '$lib/contract/journal';
import { canonical } from '$lib/proof/canonical';
import type { TillDb } from '$lib/storage/database/db';
import type { SettledLine } from '$lib/storage/wal/line';

export type FileFault = {
  /** First entry that differs or is missing. */
  readonly seq: number;
  /**
   * `unread`: the line is damaged; `missing`: the file lacks the entry; `differs`: the database has another entry at this
   * place.
   */
  readonly because: 'unread' | 'missing' | 'differs';
};

/** The first difference up to entry `upTo`; null if there is none or no file to check. Throws StorageError. */
export async function checkFile(
  db: TillDb,
  upTo: number,
  signal: AbortSignal,
): Promise<FileFault | null> {
  const { file } = db;
  if (file === null) return null;
  await file.rebuilt;
  const { till } = file;
  if (file.state !== 'in-use' || till === null) return null;
  let next = 1;
  const firstFault = async (lines: readonly SettledLine[]): Promise<FileFault | null> => {
    const entries = lines
      .flatMap((line) => (line.kind === 'act' ? [line.entry] : []))
      .filter((entry) => entry.till === till && entry.seq <= upTo);
    const kept = await db.journal
      .where(':id')
      .between([till, next], [till, next + entries.length])
      .toArray();
    for (const [place, entry] of entries.entries()) {
      if (entry.seq !== next) return { seq: next, because: 'missing' };
      if (!isSame(kept[place], entry)) return { seq: next, because: 'differs' };
      next += 1;
    }
    return null;
  };
  for await (const lines of file.whole()) {
    if (signal.aborted) return null;
    const fault = await firstFault(lines);
    const isUnread = lines.some(({ kind }) => kind === 'unreadable');
    if (fault !== null && !isUnread) return fault;
    if (isUnread) return { seq: next, because: 'unread' };
  }
  return next <= upTo ? { seq: next, because: 'missing' } : null;
}

/** Compares the raw values first, which is fast and usually enough; then the canonical forms. */
function isSame(one: Entry | undefined, other: Entry): boolean {
  if (one === undefined) return false;
  return JSON.stringify(one) === JSON.stringify(other) || canonical(one) === canonical(other);
}
