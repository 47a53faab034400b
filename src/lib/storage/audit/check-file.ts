// Compares the journal file with the database, line by line; reads only.
import type { Entry } from '$lib/contract/journal';
import { canonical } from '$lib/proof/canonical';
import type { TillDb } from '$lib/storage/database/db';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { Line } from '$lib/storage/wal/line';

export type FileFault = {
  /** First entry that differs or is missing. */
  readonly seq: number;
  /** `unread`: the line is damaged; `missing`: the entry is absent; `differs`: from the database's entry. */
  readonly because: 'unread' | 'missing' | 'differs';
};

/** Entries in the order of their lines, without abandoned ones. */
class Entries {
  /** The latest act; held back because the next line may mark it as abandoned. */
  #act: Entry | null = null;

  readonly #till: string;

  constructor(till: string) {
    this.#till = till;
  }

  take(lines: readonly Line[]): Entry[] {
    return lines.flatMap((line) => {
      if (line.kind === 'act' && line.entry.till === this.#till) {
        const before = this.rest();
        this.#act = line.entry;
        return before;
      }
      if (line.kind === 'abandoned' && line.hash === this.#act?.hash) this.#act = null;
      return [];
    });
  }

  rest(): Entry[] {
    const rest = this.#act === null ? [] : [this.#act];
    this.#act = null;
    return rest;
  }
}

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
  const entries = new Entries(till);
  let next = 1;
  const firstFault = async (found: readonly Entry[]): Promise<FileFault | null> => {
    const lines = found.filter(({ seq }) => seq <= upTo);
    const kept = await db.journal
      .where(':id')
      .between([till, next], [till, next + lines.length])
      .toArray();
    for (const [place, entry] of lines.entries()) {
      if (entry.seq !== next) return { seq: next, because: 'missing' };
      if (!isSame(kept[place], entry)) return { seq: next, because: 'differs' };
      next += 1;
    }
    return null;
  };
  for await (const { lines, unread } of piecesOf(file)) {
    if (signal.aborted) return null;
    const fault = await firstFault(entries.take(lines));
    if (fault !== null && unread === 0) return fault;
    if (unread > 0) return { seq: next, because: 'unread' };
  }
  return (
    (await firstFault(entries.rest())) ?? (next <= upTo ? { seq: next, because: 'missing' } : null)
  );
}

/** Compares the raw values first, which is fast and usually enough; then the canonical forms. */
function isSame(one: Entry | undefined, other: Entry): boolean {
  if (one === undefined) return false;
  return JSON.stringify(one) === JSON.stringify(other) || canonical(one) === canonical(other);
}

function piecesOf(file: JournalFile): AsyncIterable<{ lines: Line[]; unread: number }> {
  return {
    [Symbol.asyncIterator]: () => {
      const pieces = file.whole();
      return { next: () => pieces.next() };
    },
  };
}
