// Makes ascending UUIDv7 for a whole price list.
// Randomness is drawn in bulk, for speed.
import { v7 } from 'uuid';

const RANDOM_BYTES = 16;
/** The most bytes `getRandomValues` returns at once. */
const POOL = 65_536;

/** Ids of one point in time (`at`, ms), each greater than the previous one. */
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
