// The distinct words of all names, and the rows each stands in. Answers which words begin so, contain this, or are it with a typo.
import { nearness, type Pattern } from './typos';
import { BREAK } from './letters';

/** Places of words in the dictionary. */
export type Words = readonly number[];

export class Dictionary {
  /** A break, then each word with a break after it: so that "break + prefix" finds words that begin so. */
  readonly #text: string;
  /** Where word `i` begins in `#text`; one more for the end. */
  readonly #starts: Uint32Array;
  /** Rows of word `i`: `#rows[#from[i] … #from[i + 1]]`, ascending. */
  readonly #from: Uint32Array;
  readonly #rows: Uint32Array;
  /** Which letters, modulo 32, a word has: rules most words out before their typos are counted. */
  readonly #masks: Uint32Array;

  private constructor(
    text: string,
    starts: Uint32Array,
    from: Uint32Array,
    rows: Uint32Array,
    masks: Uint32Array,
  ) {
    this.#text = text;
    this.#starts = starts;
    this.#from = from;
    this.#rows = rows;
    this.#masks = masks;
  }

  /** Builds from the words of each row; `wordsOfRow` calls back once per word. */
  static build(
    count: number,
    wordsOfRow: (row: number, found: (word: string) => void) => void,
  ): Dictionary {
    const places = new Map<string, number>();
    const sizes: number[] = [];
    const newest: number[] = [];
    // word places in order of rows, and where each row's begin
    let stream = new Uint32Array(Math.max(64, count * 8));
    let length = 0;
    const ends = new Uint32Array(count);
    let row = 0;
    const found = (word: string) => {
      let place = places.get(word);
      if (place === undefined) {
        places.set(word, (place = sizes.length));
        sizes.push(0);
        newest.push(-1);
      }
      if (newest[place] === row) return;
      newest[place] = row;
      sizes[place] = (sizes[place] ?? 0) + 1;
      if (length === stream.length) {
        const larger = new Uint32Array(stream.length * 2);
        larger.set(stream);
        stream = larger;
      }
      stream[length++] = place;
    };
    for (row = 0; row < count; row++) {
      wordsOfRow(row, found);
      ends[row] = length;
    }
    const from = new Uint32Array(sizes.length + 1);
    sizes.forEach((size, place) => (from[place + 1] = (from[place] ?? 0) + size));
    const next = from.slice();
    const rows = new Uint32Array(length);
    for (let at = 0, of = 0; of < count; of++) {
      for (const end = ends[of] ?? 0; at < end; at++) {
        const place = stream[at] ?? 0;
        const slot = next[place] ?? 0;
        rows[slot] = of;
        next[place] = slot + 1;
      }
    }
    const starts = new Uint32Array(sizes.length + 1);
    const masks = new Uint32Array(sizes.length);
    let start = 1;
    let place = 0;
    for (const word of places.keys()) {
      starts[place] = start;
      start += word.length + 1;
      let mask = 0;
      for (let at = 0; at < word.length; at++) mask |= 1 << (word.charCodeAt(at) & 31);
      masks[place++] = mask;
    }
    starts[place] = start;
    const gap = String.fromCharCode(BREAK);
    const text = `${gap}${[...places.keys()].join(gap)}${gap}`;
    return new Dictionary(text, starts, from, rows, masks);
  }

  get size(): number {
    return this.#masks.length;
  }

  rowsOf(word: number): Uint32Array {
    return this.#rows.subarray(this.#from[word], this.#from[word + 1]);
  }

  /** Bytes of typed arrays and text, about. */
  get bytes(): number {
    return (
      this.#starts.byteLength +
      this.#from.byteLength +
      this.#rows.byteLength +
      this.#masks.byteLength +
      this.#text.length
    );
  }

  beginningWith(prefix: string): Words {
    const sought = String.fromCharCode(BREAK) + prefix;
    const words: number[] = [];
    for (let at = this.#text.indexOf(sought); at >= 0; at = this.#text.indexOf(sought, at + 1)) {
      words.push(this.#wordAt(at + 1));
    }
    return words;
  }

  containing(part: string): Words {
    const words: number[] = [];
    for (let at = this.#text.indexOf(part); at >= 0;) {
      const word = this.#wordAt(at);
      words.push(word);
      at = this.#text.indexOf(part, this.#starts[word + 1]);
    }
    return words;
  }

  /** Words that begin with `pattern` but for up to its `typos`. */
  near(pattern: Pattern): Words {
    const words: number[] = [];
    const { length, mask, typos } = pattern;
    for (let word = 0; word < this.#masks.length; word++) {
      // every letter the word lacks is at least one typo
      if (bitCount(mask & ~(this.#masks[word] ?? 0)) > typos) continue;
      const start = this.#starts[word] ?? 0;
      const end = (this.#starts[word + 1] ?? 0) - 1;
      if (end - start < length - typos) continue;
      if (nearness(pattern, this.#text, start, end) <= typos) words.push(word);
    }
    return words;
  }

  #wordAt(position: number): number {
    let low = 0;
    let high = this.#starts.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function bitCount(bits: number): number {
  let x = bits - ((bits >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return (((x + (x >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
