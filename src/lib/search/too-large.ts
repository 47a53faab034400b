// Whether a price list is too large for a till, checked before reading it.
// A tab that runs out of memory cannot report an error any more.
import { MOST_ROWS } from '$lib/domain/price-list';
import { SLICE } from './encoding';

/** Up to this size, line breaks are counted; a larger file is refused without reading. */
const MOST_BYTES = 512 << 20;

const LINE_FEED = 10;
/** Line break of old Mac files; elsewhere at most one per line feed. */
const CARRIAGE_RETURN = 13;

/**
 * True for more lines than a price list may have, or more bytes than so many rows can need. Reads one slice at a time.
 */
export async function isTooLarge(file: Blob): Promise<boolean> {
  if (file.size > MOST_BYTES) return true;
  // a row takes at least one byte, including its break
  if (file.size < MOST_ROWS) return false;
  let feeds = 0;
  let returns = 0;
  for (let from = 0; from < file.size; from += SLICE) {
    const bytes = new Uint8Array(await file.slice(from, from + SLICE).arrayBuffer());
    feeds += timesIn(bytes, LINE_FEED);
    returns += timesIn(bytes, CARRIAGE_RETURN);
    if (Math.max(feeds, returns) > MOST_ROWS) return true;
  }
  return false;
}

function timesIn(bytes: Uint8Array, byte: number): number {
  let times = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) times++;
  return times;
}
