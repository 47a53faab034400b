// Rows by their keys, kept as bytes outside of the JavaScript heap.
// As text or objects, the rows of a hundred thousand customers would need several times the memory.

/** Rows are written into buffers of this size; a larger row has one of its own. */
const BUFFER_BYTES = 1024 * 1024;
/** Places and sizes are multiples of it, so that a row often fits where another was. */
const UNIT = 16;
const UNITS = BUFFER_BYTES / UNIT;
/** Before each row: how many bytes it has. */
const LENGTH_BYTES = 4;

const unitsOf = (bytes: number): number => Math.ceil((LENGTH_BYTES + bytes) / UNIT);

/** Rows in the order in which their keys were added, as in a `Map`. */
export class PackedRows {
  /** The place of each row: the number of its buffer times `UNITS`, and its first unit in it. */
  readonly #places = new Map<unknown, number>();
  readonly #buffers: Buffer[] = [];
  /** Places that rows have left, by how many units they have. */
  readonly #free = new Map<number, number[]>();
  /** The buffer that is being filled, and its first unit without a row. */
  #filling = -1;
  #end = UNITS;

  get size(): number {
    return this.#places.size;
  }

  /** The memory that it holds for rows, bytes. */
  get bytes(): number {
    return this.#buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  keys(): IterableIterator<unknown> {
    return this.#places.keys();
  }

  has(key: unknown): boolean {
    return this.#places.has(key);
  }

  /** The bytes of a row, not a copy: they are right until the next `set` or `delete`. Undefined: there is no such row. */
  get(key: unknown): Buffer | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#at(place);
  }

  /** Stores a copy of the bytes, in place of the row with this key, if there is one. */
  set(key: unknown, row: Uint8Array): void {
    const units = unitsOf(row.byteLength);
    const held = this.#places.get(key);
    const isFitting = held !== undefined && unitsOf(this.#at(held).byteLength) === units;
    const place = isFitting ? held : this.#placeFor(units);
    if (held !== undefined && !isFitting) this.#release(held);
    const [buffer, start] = this.#in(place);
    buffer.writeUInt32LE(row.byteLength, start);
    buffer.set(row, start + LENGTH_BYTES);
    this.#places.set(key, place);
  }

  delete(key: unknown): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#release(place);
    this.#places.delete(key);
  }

  #in(place: number): readonly [buffer: Buffer, start: number] {
    const buffer = this.#buffers[Math.floor(place / UNITS)];
    if (buffer === undefined) throw new Error('a place outside of the buffers');
    return [buffer, (place % UNITS) * UNIT];
  }

  #at(place: number): Buffer {
    const [buffer, start] = this.#in(place);
    const from = start + LENGTH_BYTES;
    return buffer.subarray(from, from + buffer.readUInt32LE(start));
  }

  #placeFor(units: number): number {
    const free = this.#free.get(units)?.pop();
    if (free !== undefined) return free;
    if (units > UNITS) return (this.#buffers.push(Buffer.alloc(units * UNIT)) - 1) * UNITS;
    if (this.#end + units > UNITS) {
      this.#filling = this.#buffers.push(Buffer.alloc(BUFFER_BYTES)) - 1;
      this.#end = 0;
    }
    const place = this.#filling * UNITS + this.#end;
    this.#end += units;
    return place;
  }

  #release(place: number): void {
    const units = unitsOf(this.#at(place).byteLength);
    const free = this.#free.get(units);
    if (free === undefined) this.#free.set(units, [place]);
    else free.push(place);
  }
}
