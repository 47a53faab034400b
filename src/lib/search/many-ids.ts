// Ids for a whole price list: ascending UUIDv7, with randomness drawn in bulk. One at a time, drawing it costs more than reading the row.
import { v7 } from 'uuid';

const RANDOM_BYTES = 16;
/** The most `getRandomValues` gives at once. */
const POOL = 65_536;

/** Ids of one moment (`at`, ms), each greater than the one before. */
export function makeIds(at: number): () => string {
  const pool = new Uint8Array(POOL);
  let from = POOL;
  let seq = 0;
  return () => {
    if (from === POOL) {
      crypto.getRandomValues(pool);
      from = 0;
    }
    const random = pool.subarray(from, (from += RANDOM_BYTES));
    return v7({ msecs: at, seq: seq++, random });
  };
}
