// Numbers the distinct words while an index is built.
// Stores them as letters in one array, because one string per word would take more memory than the index.

/** FNV-1a, 32 bits. */
export const HASH_START = 0x811c9dc5;
export function hashStep(hash: number, letter: number): number {
  return Math.imul(hash ^ letter, 0x01000193);
}

function grown<T extends Uint16Array | Uint32Array | Int32Array>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}

export class WordArena {
  #letters = new Uint16Array(1 << 16);
  /** Where word `i` begins in `#letters`; one more for the end. */
  #starts = new Uint32Array(1 << 13);
  #hashes = new Int32Array(1 << 13);
  /** Open addressing: 1 + word number, 0 if free. */
  #slots = new Uint32Array(1 << 14);
  #count = 0;

  /** Number of distinct words. */
  get count(): number {
    return this.#count;
  }

  get letters(): Uint16Array {
    return this.#letters;
  }

  start(word: number): number {
    return this.#starts[word] ?? 0;
  }

  end(word: number): number {
    return this.#starts[word + 1] ?? 0;
  }

  /** The number of a word, assigned at its first occurrence. */
  numberOf(letters: Uint16Array, length: number): number {
    let hash = HASH_START;
    for (let at = 0; at < length; at++) hash = hashStep(hash, letters[at] ?? 0);
    const last = this.#slots.length - 1;
    for (let slot = hash & last; ; slot = (slot + 1) & last) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0) return this.#add(letters, length, hash, slot);
      if (this.#hashes[taken - 1] === hash && this.#is(taken - 1, letters, length)) {
        return taken - 1;
      }
    }
  }

  #is(word: number, letters: Uint16Array, length: number): boolean {
    const start = this.#starts[word] ?? 0;
    if ((this.#starts[word + 1] ?? 0) - start !== length) return false;
    const own = this.#letters;
    for (let at = 0; at < length; at++) if (own[start + at] !== letters[at]) return false;
    return true;
  }

  #add(letters: Uint16Array, length: number, hash: number, slot: number): number {
    const word = this.#count++;
    const start = this.#starts[word] ?? 0;
    const end = start + length;
    if (end > this.#letters.length) {
      this.#letters = grown(this.#letters, new Uint16Array(end * 2));
    }
    if (word + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, new Uint32Array(this.#starts.length * 2));
      this.#hashes = grown(this.#hashes, new Int32Array(this.#starts.length));
    }
    for (let at = 0; at < length; at++) this.#letters[start + at] = letters[at] ?? 0;
    this.#starts[word + 1] = end;
    this.#hashes[word] = hash;
    this.#slots[slot] = word + 1;
    if (this.#count * 2 > this.#slots.length) this.#spread();
    return word;
  }

  #spread(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const last = slots.length - 1;
    for (let word = 0; word < this.#count; word++) {
      let slot = (this.#hashes[word] ?? 0) & last;
      while (slots[slot] !== 0) slot = (slot + 1) & last;
      slots[slot] = word + 1;
    }
    this.#slots = slots;
  }
}
