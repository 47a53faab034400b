// Whether a price list is too large for a till, told before it is read: a tab that runs out of memory says nothing any more.
import { MOST_ROWS } from '$lib/domain/price-list';
import { SLICE } from './encoding';

/** Looked through for line breaks only; beyond it not even that. */
const MOST_BYTES = 512 << 20;

const LINE_FEED = 10;
/** Of an old Mac; elsewhere one for each line feed. */
const CARRIAGE_RETURN = 13;

/** True for more lines than a price list may have, or more bytes than so many rows can need. Never holds more than a slice of it. */
export async function isTooLarge(file: Blob): Promise<boolean> {
  if (file.size > MOST_BYTES) return true;
  // a row has a byte and its break at least
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
