// A set of catalogue rows, one bit each, iterated in row order, which is the order of popularity.

export class BitRows {
  readonly #words: Uint32Array;

  constructor(rows: number) {
    this.#words = new Uint32Array((rows + 31) >>> 5);
  }

  add(row: number): void {
    const at = row >>> 5;
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (row & 31));
  }

  /** Adds `rows[start … end]`. */
  addFrom(rows: Uint32Array, start: number, end: number): void {
    const words = this.#words;
    for (let at = start; at < end; at++) {
      const row = rows[at] ?? 0;
      words[row >>> 5] = (words[row >>> 5] ?? 0) | (1 << (row & 31));
    }
  }

  keepOnly(other: BitRows): void {
    const words = this.#words;
    const others = other.#words;
    for (let at = 0; at < words.length; at++) words[at] = (words[at] ?? 0) & (others[at] ?? 0);
  }

  /** Calls `found` with each row in order until it returns `enough`. */
  each(found: (row: number) => 'more' | 'enough'): void {
    const words = this.#words;
    for (let at = 0; at < words.length; at++) {
      for (let word = words[at] ?? 0; word !== 0; word &= word - 1) {
        if (found((at << 5) + 31 - Math.clz32(word & -word)) === 'enough') return;
      }
    }
  }
}
