// The lines of a journal file: kinds, encoding and checksums. Does not access the disk.
import type { Entry } from '$lib/contract/journal';
import type { PublicKey } from '$lib/contract/values';
import { isSome, type Change } from '$lib/storage/schema/change';
import type { EnrolledTill, Till } from '$lib/storage/schema/records';

/** A till as stored in a file: the private key cannot leave the database. */
export type TillWithoutKeys = Omit<Till, 'keys' | 'relayKey'> & { relayKey: PublicKey | null };

export type HeadLine = {
  readonly kind: 'head';
  readonly v: 1;
  readonly till: TillWithoutKeys;
  /** The former till id of this device, whose file precedes this one. */
  readonly former: string | null;
  /**
   * The till's last entry when the file was rebuilt from the database; 0: the file is as old as the till. What was attached
   * to the acts up to it stands before the first act.
   */
  readonly upTo: number;
};

/** One act: its entry, from which its rows are projected again, and what no entry may hold. */
export type ActLine = {
  readonly kind: 'act';
  readonly entry: Entry;
  readonly attached: readonly Change[];
};

export type Line =
  | HeadLine
  /** The policy in force from here on, as signed by the relay. */
  | { readonly kind: 'policy'; readonly jws: string; readonly version: number }
  | ActLine
  /** The act was given up: it was never reported as saved and must not be replayed. */
  | { readonly kind: 'abandoned'; readonly seq: number; readonly hash: string }
  /** What belongs to no act, or to all acts before: cards, marks, reserve codes. */
  | { readonly kind: 'attached'; readonly changes: readonly Change[] };

/** The first line of a till's file. `former`: the till id whose file precedes it; `upTo`: as in `HeadLine`. */
export function headLine(till: EnrolledTill, former: string | null, upTo: number): HeadLine {
  const { id, name, shop, relayKey } = till;
  return { kind: 'head', v: 1, till: { id, name, shop, relayKey }, former, upTo };
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 (IEEE) as eight hexadecimal digits. */
function checksum(bytes: Uint8Array): string {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

const encoder = new TextEncoder();
const SUM_LENGTH = 9;
const BREAK = 10;

/** The bytes of a line: checksum, space, JSON, line break. JSON has no raw line break. */
export function lineBytes(line: Line): Uint8Array<ArrayBuffer> {
  const json = encoder.encode(JSON.stringify(line));
  const bytes = new Uint8Array(SUM_LENGTH + json.length + 1);
  bytes.set(encoder.encode(`${checksum(json)} `));
  bytes.set(json, SUM_LENGTH);
  bytes[bytes.length - 1] = BREAK;
  return bytes;
}

/** A piece of a file. `unread`: lines with a wrong checksum; `rest`: offset of the unfinished last line. */
export type ReadLines = {
  readonly lines: Line[];
  readonly unread: number;
  readonly rest: number;
};

/** Reads whole lines. If the piece begins in the middle of a line, that line counts as unread. */
export function readLines(bytes: Uint8Array): ReadLines {
  const decoder = new TextDecoder();
  const lines: Line[] = [];
  let unread = 0;
  let start = 0;
  for (let end = bytes.indexOf(BREAK); end >= 0; end = bytes.indexOf(BREAK, start)) {
    const json = bytes.subarray(start + SUM_LENGTH, end);
    const sum = decoder.decode(bytes.subarray(start, start + SUM_LENGTH));
    if (end > start + SUM_LENGTH && sum === `${checksum(json)} `) {
      lines.push(JSON.parse(decoder.decode(json)) as Line);
    } else unread += 1;
    start = end + 1;
  }
  return { lines, unread, rest: start };
}

/** A line that stands: neither an abandoned act nor the mark of one. */
export type SettledLine = Exclude<Line, { kind: 'abandoned' }>;

/** The lines without abandoned acts and `abandoned` marks. */
export function withoutAbandoned(lines: readonly Line[]): SettledLine[] {
  const given = new Set(lines.flatMap((line) => (line.kind === 'abandoned' ? [line.hash] : [])));
  return lines.filter(
    (line) => line.kind !== 'abandoned' && !(line.kind === 'act' && given.has(line.entry.hash)),
  ) as SettledLine[];
}

/** What a line holds of the changes attached to an act: not the till's key, which cannot leave, and not the goods. */
export function attachedInFile(changes: readonly Change[]): Change[] {
  return changes.filter(isSome).flatMap((change): Change[] => {
    if (change.table === 'catalogue') return [];
    if (change.table !== 'meta' || change.op === 'delete') return [change];
    const rows = change.rows.filter((row) => row.key !== 'till');
    return rows.length > 0 ? [{ ...change, rows }] : [];
  });
}
