// Compares the end of the journal file with the database's head: which one has more entries.
import type { JournalHead } from '$lib/contract/challenge';
import type { Entry } from '$lib/contract/journal';
import { entriesInRows, withoutAbandoned, type ActLine, type Line } from './line';

export type Verdict =
  | { readonly kind: 'same' }
  /** The database lacks these acts, which follow its head by their numbers. */
  | { readonly kind: 'database-behind'; readonly acts: ActLine[] }
  /** It lacks entries that a rebuilt file has only as rows; they follow its head in the same way. */
  | { readonly kind: 'database-far-behind'; readonly entries: Entry[] }
  /** The file lacks acts, or its end cannot be read. */
  | { readonly kind: 'file-behind' }
  /** They have different entries at `seq`. */
  | { readonly kind: 'differ'; readonly seq: number };

type Stand = { readonly seq: number; readonly hash: string; readonly prevHash?: string };

function standOf(line: Line): Stand | null {
  if (line.kind === 'act') return line.entry;
  return line.kind === 'stand' ? line : null;
}

/** The first entry that does not follow the one before it; an unreadable line may leave a gap. */
function firstBroken(stands: readonly Stand[], mayGap: boolean): number | null {
  for (const [place, { seq, prevHash }] of stands.entries()) {
    const before = stands[place - 1];
    if (before === undefined || (mayGap && seq > before.seq + 1)) continue;
    if (seq !== before.seq + 1 || prevHash !== before.hash) return seq;
  }
  return null;
}

/** Whether these last lines reach back to that entry. */
export function reaches(
  lines: readonly Line[],
  { till, seq }: { readonly till: string; readonly seq: number },
): boolean {
  return lines.some(
    (line) => (standOf(line) ?? entriesInRows(line, till)[0] ?? { seq: Infinity }).seq <= seq,
  );
}

/** `hashAt`: hash of the database's entry at a seq, null if there is none. */
export async function compare(
  tail: { lines: readonly Line[]; unread: number; whole: boolean },
  head: JournalHead & { readonly till: string },
  hashAt: (seq: number) => Promise<string | null>,
): Promise<Verdict> {
  const lines = withoutAbandoned(tail.lines);
  const stands = lines.flatMap((line) => standOf(line) ?? []);
  const broken = firstBroken(stands, tail.unread > 0);
  if (broken !== null) return { kind: 'differ', seq: broken };
  const last = stands.at(-1);
  if (last === undefined || last.seq < head.seq) {
    if (last !== undefined && (await hashAt(last.seq)) !== last.hash) {
      return { kind: 'differ', seq: last.seq };
    }
    return { kind: 'file-behind' };
  }
  const inRows = lines.flatMap((line) => entriesInRows(line, head.till));
  const meeting = [...inRows, ...stands].findLast(({ seq }) => seq === head.seq);
  // before the first act there is no common entry to find
  if (head.seq > 0 && meeting?.hash !== head.hash) return { kind: 'differ', seq: head.seq };
  if (last.seq === head.seq) return tail.unread > 0 ? { kind: 'file-behind' } : { kind: 'same' };
  const acts = lines.flatMap((line) =>
    line.kind === 'act' && line.entry.seq > head.seq ? [line] : [],
  );
  const entries = [
    ...inRows.filter(({ seq }) => seq > head.seq),
    ...acts.map(({ entry }) => entry),
  ];
  const follow = entries.every(({ seq }, place) => seq === head.seq + 1 + place);
  if (!follow || entries.length !== last.seq - head.seq) {
    return { kind: 'differ', seq: head.seq + 1 };
  }
  return acts.length === entries.length
    ? { kind: 'database-behind', acts }
    : { kind: 'database-far-behind', entries };
}
