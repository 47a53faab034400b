// Counts the typos (changed, lost, added or swapped letters) between a pattern and a word's prefix.
// Bit-parallel, with one machine word per letter.

/** Longest pattern: one bit per letter. */
export const MAX_PATTERN = 30;

export type Pattern = {
  readonly length: number;
  /** Number of typos tolerated. */
  readonly typos: number;
  /** Its letters, modulo 32. */
  readonly mask: number;
  /** For each letter, its positions as bits. */
  readonly places: Int32Array;
};

/** Typos tolerated in a word of that length: none in a short word, because most short words resemble each other. */
export function typosForgiven(length: number): 0 | 1 | 2 {
  if (length < 4 || length > MAX_PATTERN) return 0;
  return length < 8 ? 1 : 2;
}

const places = new Int32Array(0x10000);
let last = '';

/** Prepares a word for `nearness`. Only the newest pattern is valid: all share one table. */
export function patternOf(word: string, typos: number): Pattern {
  for (let at = 0; at < last.length; at++) places[last.charCodeAt(at)] = 0;
  last = word;
  let mask = 0;
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at);
    mask |= 1 << (code & 31);
    places[code] = (places[code] ?? 0) | (1 << at);
  }
  return { length: word.length, typos, mask, places };
}

/**
 * Fewest typos between the pattern and any prefix of `text[start … end]`; two swapped neighbours count as one typo.
 * Bit-vector optimal string alignment (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit
 * distances").
 */
export function nearness(pattern: Pattern, text: string, start: number, end: number): number {
  const { length, typos } = pattern;
  const stop = Math.min(end, start + length + typos);
  const top = 1 << (length - 1);
  let up = -1;
  let down = 0;
  let diagonal = 0;
  let before = 0;
  let score = length;
  let best = length;
  for (let at = start; at < stop; at++) {
    const match = pattern.places[text.charCodeAt(at)] ?? 0;
    const swapped = ((~diagonal & match) << 1) & before;
    diagonal = (((match & up) + up) ^ up) | match | down | swapped;
    let right = down | ~(diagonal | up);
    const left = up & diagonal;
    if ((right & top) !== 0) score++;
    if ((left & top) !== 0) score--;
    right = (right << 1) | 1;
    up = (left << 1) | ~(diagonal | right);
    down = diagonal & right;
    before = match;
    if (score < best) best = score;
  }
  return best;
}
