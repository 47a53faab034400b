// Runs slow hashes (PBKDF2) one at a time, so that other requests are answered meanwhile.
import type { ReserveHash } from '$lib/proof/reserve-hash';

const HOUR_MS = 3_600_000;
/** Codes of its uploads that a till has hashed in an hour. A code that the relay has a record of needs no hash. */
const MOST_OF_TILL = 20;

export type SlowHashes = {
  /** The hash of a reserve code, after those asked for before. */
  readonly ofCode: ReserveHash;
  /**
   * The same for a code in an upload of this till. After 20 in an hour it returns an empty text, which matches no verifier. The
   * count is kept in memory only.
   */
  readonly ofUploadedCode: (till: string) => ReserveHash;
  /** Checks a PIN after those asked for before; reserve codes do not delay it. */
  readonly ofPin: <Checked>(check: () => Promise<Checked>) => Promise<Checked>;
};

/** No verifier has this hash. */
const NO_HASH = '';

export function openSlowHashes(
  { now }: { readonly now: () => number },
  derive: ReserveHash,
): SlowHashes {
  const codes = line();
  const pins = line();
  const hashedAt = new Map<string, number[]>();
  const ofCode: ReserveHash = (code, of) => codes(() => derive(code, of));
  return {
    ofCode,
    ofPin: pins,
    ofUploadedCode: (till) => async (code, of) => {
      const lately = (hashedAt.get(till) ?? []).filter((at) => at > now() - HOUR_MS);
      if (lately.length >= MOST_OF_TILL) return NO_HASH;
      hashedAt.set(till, [...lately, now()]);
      return ofCode(code, of);
    },
  };
}

/** Runs each work after the one before has ended, well or not. */
function line(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
