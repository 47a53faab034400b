// Selects the entries of one upload, by number and size, with the phones the relay may need.
import { UPLOAD_BYTES, UPLOAD_ENTRIES } from '$lib/contract/journal-upload';
import type { Entry } from '$lib/contract/journal';
import { originalOf } from '$lib/storage/recovery/journal-migration';

/** Bytes reserved for the parts of an upload other than its entries. */
const ROOM_FOR_CONTACTS = 64 * 1024;
const MOST_CONTACTS = 500;

const bytesOf = (entry: Entry): number => new TextEncoder().encode(JSON.stringify(entry)).length;

/** The first entries that fit into one request; a single one may be larger than several together. Never empty. */
export function batchOf(entries: readonly Entry[], most = UPLOAD_ENTRIES): readonly Entry[] {
  let left = UPLOAD_BYTES - ROOM_FOR_CONTACTS;
  const batch: Entry[] = [];
  for (const entry of entries.slice(0, most)) {
    left -= bytesOf(entry) + 1;
    if (left < 0 && batch.length > 0) break;
    batch.push(entry);
    if (left < 0) break;
  }
  return batch;
}

/**
 * Ids of customers whose debt or points these entries moved, then of those whose cards they saved or imported, each
 * once: a notice may be waiting for their number. A carried-over act counts as the act itself.
 */
export function customersNotified(entries: readonly Entry[]): string[] {
  const originals = entries.map(originalOf);
  const moved = originals.flatMap(({ body }) => customersIn(body['accounts']));
  const saved = originals.flatMap(({ act, body }) => {
    if (act === 'customer-saved') return customersIn([body]);
    return act === 'customers-imported' ? customersIn(body['customers']) : [];
  });
  return [...new Set([...moved, ...saved])].slice(0, MOST_CONTACTS);
}

function customersIn(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return (list as ({ readonly customer?: unknown } | null)[]).flatMap((each) =>
    typeof each?.customer === 'string' ? [each.customer] : [],
  );
}
