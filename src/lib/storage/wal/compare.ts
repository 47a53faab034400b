// Compares the end of the journal file with the database's head: which one has more entries.
import type { JournalHead } from '$lib/contract/challenge';
import type { Entry } from '$lib/contract/journal';
import type { ActLine, SettledLine } from './line';

export type Verdict =
  | { readonly kind: 'same' }
  /** The database lacks these acts, which follow its head by their numbers. */
  | { readonly kind: 'database-behind'; readonly acts: readonly [ActLine, ...ActLine[]] }
  /** The file lacks acts, or its end cannot be read. */
  | { readonly kind: 'file-behind' }
  /** They have different entries at `seq`. */
  | { readonly kind: 'differ'; readonly seq: number };

/** The first entry that does not follow the one before it; an unreadable line may leave a gap. */
function firstBroken(entries: readonly Entry[], mayGap: boolean): number | null {
  for (const [place, { seq, prevHash }] of entries.entries()) {
    const before = entries[place - 1];
    if (before === undefined || (mayGap && seq > before.seq + 1)) continue;
    if (seq !== before.seq + 1 || prevHash !== before.hash) return seq;
  }
  return null;
}

/** Whether these last lines reach back to that entry. */
export function reaches(
  lines: readonly SettledLine[],
  { till, seq }: { readonly till: string; readonly seq: number },
): boolean {
  return lines.some(
    (line) => line.kind === 'act' && line.entry.till === till && line.entry.seq <= seq,
  );
}

/** `hashAt`: hash of the database's entry at a seq, null if there is none. */
export async function compare(
  tail: { lines: readonly SettledLine[]; unread: number; whole: boolean },
  head: JournalHead & { readonly till: string },
  hashAt: (seq: number) => Promise<string | null>,
): Promise<Verdict> {
  const acts = tail.lines
    .filter((line) => line.kind === 'act')
    .filter(({ entry }) => entry.till === head.till);
  const entries = acts.map(({ entry }) => entry);
  const broken = firstBroken(entries, tail.unread > 0);
  if (broken !== null) return { kind: 'differ', seq: broken };
  const last = entries.at(-1);
  if (last === undefined || last.seq < head.seq) {
    if (last !== undefined && (await hashAt(last.seq)) !== last.hash) {
      return { kind: 'differ', seq: last.seq };
    }
    return { kind: 'file-behind' };
  }
  const meeting = entries.find(({ seq }) => seq === head.seq);
  // before the first act there is no common entry to find
  if (head.seq > 0 && meeting?.hash !== head.hash) return { kind: 'differ', seq: head.seq };
  const [first, ...later] = acts.filter(({ entry }) => entry.seq > head.seq);
  if (first === undefined) return tail.unread > 0 ? { kind: 'file-behind' } : { kind: 'same' };
  const after = [first, ...later] as const;
  // a line between them cannot be read
  if (!after.every(({ entry }, place) => entry.seq === head.seq + 1 + place)) {
    return { kind: 'differ', seq: head.seq + 1 };
  }
  return { kind: 'database-behind', acts: after };
}
