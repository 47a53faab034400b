// The lines of a journal file: kinds, encoding, checksums and schemas. Does not access the disk.
import { entry as entrySchema } from '$lib/contract/journal';
import { hash, id, jws } from '$lib/contract/values';
import { attachedChange, isSome, type Change } from '$lib/storage/schema/change';
import { till, type EnrolledTill } from '$lib/storage/schema/records';
import * as z from 'zod/mini';

/** A till as stored in a file: the private key cannot leave the database. */
const tillWithoutKeys = z.omit(till, { keys: true });
export type TillWithoutKeys = z.infer<typeof tillWithoutKeys>;

const head = z.strictObject({
  kind: z.literal('head'),
  v: z.literal(1),
  till: tillWithoutKeys,
  /** The former till id of this device, whose file precedes this one. */
  former: z.nullable(id),
  /**
   * The till's last entry when the file was rebuilt from the database; 0: the file was begun with the till. Rows attached to
   * the acts up to this entry stand before the first act of the file.
   */
  upTo: z.int().check(z.nonnegative()),
});
export type HeadLine = z.infer<typeof head>;

/** One act: its entry, from which rows are projected again, and the attached rows, which no entry may contain. */
const act = z.strictObject({
  kind: z.literal('act'),
  entry: entrySchema,
  attached: z.array(z.unknown()),
});
export type ActLine = Omit<z.infer<typeof act>, 'attached'> & {
  readonly attached: readonly Change[];
};

/** Rows attached to no act, or to acts before the file was rebuilt: cards, marks, reserve codes. */
const attached = z.strictObject({ kind: z.literal('attached'), changes: z.array(z.unknown()) });
type AttachedLine = { readonly kind: 'attached'; readonly changes: readonly Change[] };

const plainLine = z.discriminatedUnion('kind', [
  head,
  /** The policy in force from here on, as signed by the relay. */
  z.strictObject({ kind: z.literal('policy'), jws, version: z.int() }),
  /** The act was abandoned: it was never reported as saved and must not be replayed. */
  z.strictObject({ kind: z.literal('abandoned'), seq: z.int(), hash }),
  /** The screen said that the act may or may not be saved; the next start asks. */
  z.strictObject({ kind: z.literal('undecided'), seq: z.int(), hash }),
  /** The undecided act counts as saved. */
  z.strictObject({ kind: z.literal('counted'), seq: z.int(), hash }),
]);
/** Attached changes are checked one by one, because an act counts even if one of its changes is unreadable. */
const lineSchema = z.discriminatedUnion('kind', [...plainLine.def.options, act, attached]);
export type Line = z.infer<typeof plainLine> | ActLine | AttachedLine;

/** The first line of a till's file. `former`: the till id whose file precedes it; `upTo`: as in `HeadLine`. */
export function headLine(till: EnrolledTill, former: string | null, upTo: number): HeadLine {
  const { id, name, shop, relayKey, number } = till;
  return { kind: 'head', v: 1, till: { id, name, shop, relayKey, number }, former, upTo };
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
const SUM = /^[0-9a-f]{8} $/;
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

/** Whether a till may have written this line with everything attached to it. */
export function isLine(line: Line): boolean {
  if (!lineSchema.safeParse(line).success) return false;
  return attachedOn(line).every((change) => attachedChange.safeParse(change).success);
}

/** The changes attached to a line. */
export function attachedOn(line: ReadLine): readonly Change[] {
  if (line.kind === 'act') return line.attached;
  return line.kind === 'attached' ? line.changes : [];
}

/** A line with a wrong checksum, or one that no till writes. */
export type UnreadableLine = {
  readonly kind: 'unreadable';
  /** The entry that it seems to contain; null: not recognisable. */
  readonly claim: { readonly till: string; readonly seq: number; readonly hash: string } | null;
};

export type ReadLine = Line | UnreadableLine;

/** The complete lines in a piece of a file. `rest`: offset of the unfinished last line. */
export type ReadLines = { readonly lines: ReadLine[]; readonly rest: number };

/** Reads whole lines. If the piece begins in the middle of a line, the first one is unreadable. */
export function readLines(bytes: Uint8Array): ReadLines {
  const decoder = new TextDecoder();
  const lines: ReadLine[] = [];
  let start = 0;
  for (let end = bytes.indexOf(BREAK); end >= 0; end = bytes.indexOf(BREAK, start)) {
    const json = bytes.subarray(start + SUM_LENGTH, end);
    const sum = decoder.decode(bytes.subarray(start, start + SUM_LENGTH));
    // the rest of a line, which a piece of a file begins with, may be long and hardly ever looks like a checksum
    const isWhole = SUM.test(sum) && end > start + SUM_LENGTH && sum === `${checksum(json)} `;
    // push one by one: a line may hold too many changes to spread them
    for (const line of isWhole ? parsed(decoder.decode(json)) : [unreadable(decoder.decode(json))])
      lines.push(line);
    start = end + 1;
  }
  return { lines, rest: start };
}

/** The line; and an unreadable line if some of its attached changes cannot be read. */
function parsed(text: string): ReadLine[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [unreadable(text)];
  }
  const line = lineSchema.safeParse(value).data;
  if (line === undefined) return [unreadable(text)];
  if (line.kind !== 'act' && line.kind !== 'attached') return [line];
  const given = line.kind === 'act' ? line.attached : line.changes;
  const changes = given.flatMap(
    (change) => attachedChange.safeParse(change).data ?? [],
  ) as Change[];
  const rest: ReadLine[] =
    changes.length < given.length ? [{ kind: 'unreadable', claim: null }] : [];
  return line.kind === 'act'
    ? [{ ...line, attached: changes }, ...rest]
    : [{ ...line, changes }, ...rest];
}

/** `claim`: read from the text with patterns, if an entry's last fields are recognisable. */
function unreadable(text: string): UnreadableLine {
  const entry = text.slice(0, Math.max(0, text.lastIndexOf(',"attached":')));
  const last = (field: RegExp) => [...entry.matchAll(field)].at(-1)?.[1];
  const [till, seq, hash] = [
    last(/"till":"([0-9a-f-]{36})"/g),
    last(/"seq":(\d{1,15})[,}]/g),
    last(/"hash":"([0-9a-f]{64})"/g),
  ];
  if (till === undefined || seq === undefined || hash === undefined)
    return { kind: 'unreadable', claim: null };
  return { kind: 'unreadable', claim: { till, seq: Number(seq), hash } };
}

/** A line after marks have been applied: abandoned acts and decided marks are gone, `undecided` marks are still open. */
export type SettledLine = Exclude<ReadLine, { kind: 'abandoned' | 'counted' }>;

/** Applies the marks: removes abandoned acts, and the marks of acts that have been decided. */
export function withoutAbandoned(lines: readonly ReadLine[]): SettledLine[] {
  const settled: SettledLine[] = [];
  const drop = (place: number) => {
    if (place >= 0) settled.splice(place, 1);
    return place >= 0;
  };
  for (const line of lines) {
    if (line.kind !== 'abandoned' && line.kind !== 'counted') {
      settled.push(line);
      continue;
    }
    drop(settled.findLastIndex((each) => each.kind === 'undecided' && each.hash === line.hash));
    if (line.kind === 'counted') continue;
    const isGiven = drop(settled.findLastIndex((each) => hashOf(each) === line.hash));
    // the abandoned act is the damaged line before its mark
    if (!isGiven && isUnknown(settled.at(-1))) settled.pop();
  }
  return settled;
}

function hashOf(line: SettledLine): string | null {
  if (line.kind === 'act') return line.entry.hash;
  return line.kind === 'unreadable' ? (line.claim?.hash ?? null) : null;
}

function isUnknown(line: SettledLine | undefined): boolean {
  return line?.kind === 'unreadable' && line.claim === null;
}

/** The changes attached to an act that may be written to the file: not the till's key, which cannot leave the database. */
export function attachedInFile(changes: readonly Change[]): Change[] {
  return changes.filter(isSome).flatMap((change): Change[] => {
    if (change.table !== 'meta' || change.op === 'delete') return [change];
    const rows = change.rows.filter((row) => row.key !== 'till');
    return rows.length > 0 ? [{ ...change, rows }] : [];
  });
}
