// The distinct words of all names, and the rows that contain each.
import type { BitRows } from './bit-rows';
import type { FoundWord } from './letters';
import type { Pattern } from './typos';
import { WordArena } from './word-arena';
import { headOf, WordList } from './word-list';

/** Places of words in the dictionary. */
export type Words = readonly number[];

export class Dictionary {
  /** One-byte words are separate from the others: one letter of a wide script must not make all of them wide. */
  readonly #narrow: WordList;
  readonly #wide: WordList;
  /** Rows of word `i`: `#rows[#from[i] … #from[i + 1]]`, ascending. Wide words follow the narrow ones. */
  readonly #from: Uint32Array;
  readonly #rows: Uint32Array;

  private constructor(narrow: WordList, wide: WordList, from: Uint32Array, rows: Uint32Array) {
    this.#narrow = narrow;
    this.#wide = wide;
    this.#from = from;
    this.#rows = rows;
  }

  /** Builds from the words of each row; `wordsOfRow` calls back once per word. */
  static build(count: number, wordsOfRow: (row: number, found: FoundWord) => void): Dictionary {
    const arena = new WordArena();
    // word numbers in row order, and the end of each row
    let stream = new Uint32Array(Math.max(64, count * 8));
    let length = 0;
    const ends = new Uint32Array(count);
    for (let row = 0; row < count; row++) {
      wordsOfRow(row, (letters, size) => {
        if (length === stream.length) {
          const larger = new Uint32Array(length * 2);
          larger.set(stream);
          stream = larger;
        }
        stream[length++] = arena.numberOf(letters, size);
      });
      ends[row] = length;
    }
    const [narrow, wide] = ordered(arena);
    const places = new Uint32Array(arena.count);
    narrow.forEach((word, place) => (places[word] = place));
    wide.forEach((word, place) => (places[word] = narrow.length + place));
    for (let at = 0; at < length; at++) stream[at] = places[stream[at] ?? 0] ?? 0;
    const { from, rows } = postings(stream.subarray(0, length), ends, arena.count);
    return new Dictionary(
      new WordList(arena, narrow, 'narrow'),
      new WordList(arena, wide, 'wide'),
      from,
      rows,
    );
  }

  get size(): number {
    return this.#narrow.size + this.#wide.size;
  }

  /** Adds the rows of words to a set: only the first `most` of each word, enough if the caller needs no more. */
  addRows(words: Words, most: number, to: BitRows): void {
    const from = this.#from;
    const rows = this.#rows;
    for (const word of words) {
      const start = from[word] ?? 0;
      to.addFrom(rows, start, Math.min(from[word + 1] ?? 0, start + most));
    }
  }

  equalTo(word: string): Words {
    return this.#gather((list, found) => list.equalTo(word, found));
  }

  beginningWith(prefix: string): Words {
    return this.#gather((list, found) => list.beginningWith(prefix, found));
  }

  containing(part: string): Words {
    return this.#gather((list, found) => list.containing(part, found));
  }

  /** Words with a prefix that matches `pattern` with up to its number of typos. */
  near(pattern: Pattern): Words {
    return this.#gather((list, found) => list.near(pattern, found));
  }

  #gather(ask: (list: WordList, found: (place: number) => void) => void): Words {
    const words: number[] = [];
    const first = this.#narrow.size;
    ask(this.#narrow, (place) => words.push(place));
    if (this.#wide.size > 0) ask(this.#wide, (place) => words.push(first + place));
    return words;
  }
}

/** Numbers of narrow and of wide words, each ordered by their first two letters. */
function ordered(arena: WordArena): [narrow: number[], wide: number[]] {
  const narrow = new Map<number, number[]>();
  const wide = new Map<number, number[]>();
  for (let word = 0; word < arena.count; word++) {
    let widest = 0;
    for (let at = arena.start(word); at < arena.end(word); at++) widest |= arena.letters[at] ?? 0;
    const ofWidth = widest > 0xff ? wide : narrow;
    const head = headOf(arena, word);
    const words = ofWidth.get(head);
    if (words === undefined) ofWidth.set(head, [word]);
    else words.push(word);
  }
  const inOrder = (ofWidth: Map<number, number[]>) =>
    [...ofWidth].sort(([a], [b]) => a - b).flatMap(([, words]) => words);
  return [inOrder(narrow), inOrder(wide)];
}

/** Inverts words by row into rows by word, each row once per word. */
function postings(
  words: Uint32Array,
  ends: Uint32Array,
  count: number,
): { from: Uint32Array; rows: Uint32Array } {
  const newest = new Int32Array(count).fill(-1);
  const from = new Uint32Array(count + 1);
  eachOnce(words, ends, newest, (word) => (from[word + 1] = (from[word + 1] ?? 0) + 1));
  for (let word = 0; word < count; word++)
    from[word + 1] = (from[word + 1] ?? 0) + (from[word] ?? 0);
  const next = from.slice();
  const rows = new Uint32Array(from[count] ?? 0);
  eachOnce(words, ends, newest.fill(-1), (word, row) => {
    const slot = next[word] ?? 0;
    rows[slot] = row;
    next[word] = slot + 1;
  });
  return { from, rows };
}

function eachOnce(
  words: Uint32Array,
  ends: Uint32Array,
  newest: Int32Array,
  found: (word: number, row: number) => void,
): void {
  for (let at = 0, row = 0; row < ends.length; row++) {
    for (const end = ends[row] ?? 0; at < end; at++) {
      const word = words[at] ?? 0;
      if (newest[word] === row) continue;
      newest[word] = row;
      found(word, row);
    }
  }
}
