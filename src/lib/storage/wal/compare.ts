// Compares the end of the journal file with the database's head, to find which has more entries.
import type { JournalHead } from '$lib/contract/challenge';
import type { Entry } from '$lib/contract/journal';
import type { ActLine, SettledLine } from './line';
import { LineChain, type Follow, type SetAside } from './line-chain';

/** `aside`: lines after the database's head that cannot be read or do not belong to the chain. */
export type Verdict = { readonly aside: SetAside } & (
  | { readonly kind: 'same' }
  /** The database lacks these acts, which follow its head. */
  | { readonly kind: 'database-behind'; readonly acts: readonly [ActLine, ...ActLine[]] }
  /** The file lacks acts, or its end cannot be read. */
  | { readonly kind: 'file-behind' }
  /** They have different entries at `seq`. */
  | { readonly kind: 'differ'; readonly seq: number }
);

/**
 * The first entry that does not follow the one before it. A gap is allowed: entries may be missing in the database, or a line
 * may be unreadable.
 */
async function firstBroken(
  lines: readonly SettledLine[],
  hashesAt: Follow['hashesAt'],
): Promise<number | null> {
  const entries = entriesOf(lines);
  const mayGap = lines.length > entries.length;
  for (const [place, { seq, prevHash }] of entries.entries()) {
    const before = entries[place - 1];
    if (before === undefined) continue;
    if (seq > before.seq + 1) {
      const ends = mayGap ? [] : await hashesAt([before.seq + 1, seq - 1]);
      if (ends.some((hash) => hash !== undefined)) return seq;
    } else if (seq <= before.seq || prevHash !== before.hash) return seq;
  }
  return null;
}

function entriesOf(lines: readonly SettledLine[]): Entry[] {
  return lines.flatMap((line) => (line.kind === 'act' ? [line.entry] : []));
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

/** `tail`: the last lines of the file; `head`: of the database. */
export async function compare(
  tail: { readonly lines: readonly SettledLine[]; readonly whole: boolean },
  { head, ...stored }: Omit<Follow, 'from'> & { readonly head: JournalHead },
): Promise<Verdict> {
  const { till } = stored;
  const own = tail.lines.filter(
    (line) =>
      (line.kind === 'act' && line.entry.till === till) ||
      (line.kind === 'unreadable' && (line.claim === null || line.claim.till === till)),
  );
  const chain = new LineChain({ ...stored, from: head });
  const differ = (seq: number): Verdict => {
    chain.leave(own.filter((line) => line.kind !== 'act' || line.entry.seq > head.seq));
    return { kind: 'differ', seq, aside: chain.aside };
  };
  const place = placeAfter(own, head);
  const inside = own.slice(0, place ?? own.length);
  const broken = await firstBroken(inside, stored.hashesAt);
  if (broken !== null) return differ(broken);
  if (place === null) {
    const last = entriesOf(own).at(-1);
    if (last !== undefined && last.seq >= head.seq) return differ(head.seq);
    const [hash] = last === undefined ? [] : await stored.hashesAt([last.seq]);
    if (hash !== last?.hash) return differ(last?.seq ?? 0);
    chain.leave(unexplained(own, { last, head, whole: tail.whole }));
    return { kind: 'file-behind', aside: chain.aside };
  }
  const [first, ...later] = await chain.take(own.slice(place));
  const { aside } = chain;
  if (first !== undefined) return { kind: 'database-behind', acts: [first, ...later], aside };
  // damaged lines stand for entries that the database has, so the file is rebuilt
  const isDamaged = inside.some(({ kind }) => kind === 'unreadable');
  return { kind: isDamaged || aside.lines > 0 ? 'file-behind' : 'same', aside };
}

/** Place of the first line after the database's head; null: the head is not in the file. */
function placeAfter(
  own: readonly SettledLine[],
  { seq, hash }: Pick<JournalHead, 'seq' | 'hash'>,
): number | null {
  if (seq === 0) return 0;
  const isHead = (line: SettledLine) =>
    line.kind === 'act' && line.entry.seq === seq && line.entry.hash === hash;
  const meeting = own.findLastIndex(isHead);
  if (meeting >= 0) return meeting + 1;
  // the head's own line may be damaged
  const next = own.findIndex((line) => line.kind === 'act' && line.entry.prevHash === hash);
  return next >= 0 ? next : null;
}

/** Unreadable lines after the file's last act, without those that entries in the database account for. */
function unexplained(
  own: readonly SettledLine[],
  found: { readonly last: Entry | undefined; readonly head: JournalHead; readonly whole: boolean },
): SettledLine[] {
  const { last, head, whole } = found;
  if (last === undefined && !whole) return [];
  const after = own.slice(own.findLastIndex(({ kind }) => kind === 'act') + 1);
  let explained = head.seq - (last?.seq ?? 0);
  return after.filter((line) => {
    const isBeyond = line.kind === 'unreadable' && (line.claim?.seq ?? 0) > head.seq;
    if (!isBeyond) explained -= 1;
    return isBeyond || explained < 0;
  });
}
