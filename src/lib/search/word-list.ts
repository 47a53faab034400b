// Distinct words in one string, grouped by their first two letters.
// Finds words by prefix, by part, and with typos.
import { BREAK } from './letters';
import { placeOf } from './places';
import { nearness, type Pattern } from './typos';
import type { WordArena } from './word-arena';

/** The first two letters of a word as one number, by which words are ordered. */
export function headOf(arena: WordArena, word: number): number {
  const start = arena.start(word);
  const second = start + 1 < arena.end(word) ? (arena.letters[start + 1] ?? BREAK) : BREAK;
  return (arena.letters[start] ?? BREAK) * 0x10000 + second;
}

/** Stands after every word of the text. */
const END = String.fromCharCode(BREAK);

// an alias of windows-1252: equal for the index's one-byte letters, all below 0x80 or above 0xa0
const narrow = new TextDecoder('latin1');
const wide = new TextDecoder('utf-16le');

export class WordList {
  /** All words, each followed by a break. One byte per letter if all words allow it. */
  readonly #text: string;
  /** Where each word begins in the text; one more for the end. */
  readonly #starts: Uint32Array;
  readonly #heads: Uint32Array;
  /** Letters of each word, modulo 32: excludes most words before their typos are counted. */
  readonly #masks: Uint32Array;

  /** `words`: word numbers of the arena, ordered by `headOf`. */
  constructor(arena: WordArena, words: readonly number[], width: 'narrow' | 'wide') {
    let size = 0;
    for (const word of words) size += arena.end(word) - arena.start(word) + 1;
    const letters = width === 'narrow' ? new Uint8Array(size) : new Uint16Array(size);
    this.#starts = new Uint32Array(words.length + 1);
    this.#heads = new Uint32Array(words.length);
    this.#masks = new Uint32Array(words.length);
    let to = 0;
    words.forEach((word, place) => {
      let mask = 0;
      for (let from = arena.start(word); from < arena.end(word); from++) {
        const letter = arena.letters[from] ?? BREAK;
        letters[to++] = letter;
        mask |= 1 << (letter & 31);
      }
      letters[to++] = BREAK;
      this.#masks[place] = mask;
      this.#heads[place] = headOf(arena, word);
      this.#starts[place + 1] = to;
    });
    this.#text = (width === 'narrow' ? narrow : wide).decode(letters);
  }

  get size(): number {
    return this.#masks.length;
  }

  beginningWith(prefix: string, found: (place: number) => void): void {
    const first = prefix.charCodeAt(0) * 0x10000;
    const from = prefix.length > 1 ? first + prefix.charCodeAt(1) : first;
    const to = prefix.length > 1 ? from : first + 0xffff;
    const starts = this.#starts;
    for (let place = this.#firstFrom(from); (this.#heads[place] ?? Infinity) <= to; place++) {
      if (this.#text.startsWith(prefix, starts[place])) found(place);
    }
  }

  /** The word itself, if the list contains it. */
  equalTo(word: string, found: (place: number) => void): void {
    this.beginningWith(word + END, found);
  }

  containing(part: string, found: (place: number) => void): void {
    const text = this.#text;
    let place = 0;
    for (let at = text.indexOf(part); at >= 0;) {
      found((place = placeOf(this.#starts, at, place)));
      at = text.indexOf(part, this.#starts[place + 1]);
    }
  }

  /** Words with a prefix that matches the pattern with up to `typos` typos. */
  near(pattern: Pattern, found: (place: number) => void): void {
    const { length, mask, typos } = pattern;
    const masks = this.#masks;
    const starts = this.#starts;
    const text = this.#text;
    const shortest = length - typos;
    for (let place = 0; place < masks.length; place++) {
      // each missing letter is at least one typo
      if (bitCount(mask & ~(masks[place] ?? 0)) > typos) continue;
      const start = starts[place] ?? 0;
      const end = (starts[place + 1] ?? 0) - 1;
      if (end - start < shortest) continue;
      if (nearness(pattern, text, start, end) <= typos) found(place);
    }
  }

  /** The first place whose head is `head` or later. */
  #firstFrom(head: number): number {
    let low = 0;
    let high = this.#heads.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#heads[middle] ?? 0) < head) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function bitCount(bits: number): number {
  let x = bits - ((bits >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return (((x + (x >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
