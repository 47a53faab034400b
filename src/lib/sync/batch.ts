// Selects the entries of one upload, by number and size, with the phones and cards that go with them.
import {
  ENTRY_BYTES,
  MOST_CARDS,
  UPLOAD_BYTES,
  UPLOAD_ENTRIES,
} from '$lib/contract/journal-upload';
import type { Entry } from '$lib/contract/journal';

/** Bytes reserved for the parts of an upload other than its entries. */
const ROOM_BESIDE = 96 * 1024;
const MOST_CONTACTS = 500;
/** Upper bound for the size of one card in an upload, bytes. */
const CARD_BYTES = 2400;

/** Levels of carried-over entries that the relay reads. */
const DEEPEST = 8;

/** The size of a value as UTF-8 JSON in bytes; null if it cannot be written as JSON. */
function bytesOf(value: unknown): number | null {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? null : new TextEncoder().encode(text).length;
  } catch {
    return null; // a cycle, or a bigint
  }
}

/** What the database has at a place of the journal, with its bytes; `entry` null: it cannot be uploaded. */
export type Held = {
  readonly seq: number;
  readonly entry: Readonly<Entry> | null;
  readonly bytes: number;
};

/** An entry to upload; `entry` null if the relay does not take one of this size. */
export function heldOf(entry: Entry): Held {
  const bytes = bytesOf(entry) ?? Infinity;
  return bytes <= ENTRY_BYTES ? { seq: entry.seq, entry, bytes } : missingAt(entry.seq);
}

/** The place of an entry that cannot be uploaded. */
export const missingAt = (seq: number): Held => ({ seq, entry: null, bytes: 0 });

/**
 * The first entries that fit into one request together with the cards they name. The first entry is always included, even if it
 * is larger than the limit for several.
 */
export function batchOf(entries: readonly Held[], most = UPLOAD_ENTRIES): readonly Held[] {
  let left = UPLOAD_BYTES - ROOM_BESIDE;
  let cards = MOST_CARDS;
  const batch: Held[] = [];
  for (const one of entries.slice(0, most)) {
    const named = cardsNamed([one.entry]).length;
    cards -= named;
    left -= one.bytes + 1 + named * CARD_BYTES;
    if ((left < 0 || cards < 0) && batch.length > 0) break;
    batch.push(one);
    if (left < 0) break;
  }
  return batch;
}

/**
 * Ids of customers whose debt or points these entries moved, then of those whose cards they saved or imported, without
 * duplicates: the relay may need their number for a notice. A carried-over act counts as the act itself.
 */
export function customersNotified(entries: readonly (Entry | null)[]): string[] {
  const originals = entries.map((entry) => originalOf(entry));
  const moved = originals.flatMap((original) => customersIn(listIn(original, 'accounts')));
  const saved = originals.flatMap((original) => customersIn(cardsIn(original)));
  return [...new Set([...moved, ...saved])].slice(0, MOST_CONTACTS);
}

/** A customer's card, or an authorised person of theirs, as an entry names it. */
export type NamedCard = { readonly customer: string; readonly recordHash: string };

/** The cards and persons that these entries name, the first `MOST_CARDS`. A carried-over act counts as the act itself. */
export function cardsNamed(entries: readonly (Entry | null)[]): readonly NamedCard[] {
  const named = entries.flatMap((entry) => cardsIn(originalOf(entry)));
  return named
    .flatMap((each) => {
      const { customer, recordHash, personRecordHash } = isRecord(each) ? each : {};
      if (typeof customer !== 'string') return [];
      return [recordHash, personRecordHash].flatMap((hash) =>
        typeof hash === 'string' ? [{ customer, recordHash: hash }] : [],
      );
    })
    .slice(0, MOST_CARDS);
}

/** The original of a carried-over entry, or the entry itself. */
function originalOf(entry: Entry | null): Readonly<Record<string, unknown>> {
  let original: Readonly<Record<string, unknown>> = { ...entry };
  for (let depth = 0; original['act'] === 'carried-over' && depth < DEEPEST; depth += 1) {
    const carried = recordIn(original, 'body')['entry'];
    if (!isRecord(carried)) break;
    original = carried;
  }
  return original;
}

/** The elements of an act's body that name cards: the body itself, if it names one card. */
function cardsIn(original: Readonly<Record<string, unknown>>): readonly unknown[] {
  const body = recordIn(original, 'body');
  if ('recordHash' in body) return [body];
  return original['act'] === 'customers-imported' ? listIn(original, 'customers') : [];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function recordIn(of: object, name: string): Readonly<Record<string, unknown>> {
  const value = (of as Readonly<Record<string, unknown>>)[name];
  return isRecord(value) ? value : {};
}

/** A list in the body of an entry; empty if there is none. */
function listIn(entry: object, name: string): readonly unknown[] {
  const list = recordIn(entry, 'body')[name];
  return Array.isArray(list) ? list : [];
}

function customersIn(list: readonly unknown[]): string[] {
  return list.flatMap((each) => {
    const customer = isRecord(each) ? each['customer'] : null;
    return typeof customer === 'string' ? [customer] : [];
  });
}
