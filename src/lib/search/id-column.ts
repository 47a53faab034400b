// Maps ids of the catalogue to rows by binary search, without a table of 100 000 strings.
import { ID_LENGTH, idAt, type PackedCatalogue } from '$lib/domain/goods/catalogue';

export class IdColumn {
  readonly #packed: PackedCatalogue;
  /** Rows by ascending id; null if row order is ascending already, as with most UUIDv7. */
  readonly #order: Uint32Array | null;

  constructor(packed: PackedCatalogue) {
    this.#packed = packed;
    let ascending = true;
    for (let row = 1; ascending && row < packed.count; row++) {
      ascending = idAt(packed, row - 1) < idAt(packed, row);
    }
    this.#order = ascending ? null : this.#sorted();
  }

  #sorted(): Uint32Array {
    const packed = this.#packed;
    const order = Uint32Array.from({ length: packed.count }, (_, row) => row);
    return order.sort((a, b) => (idAt(packed, a) < idAt(packed, b) ? -1 : 1));
  }

  rowOf(id: string): number | null {
    if (id.length !== ID_LENGTH) return null;
    let low = 0;
    let high = this.#packed.count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const row = this.#order?.[middle] ?? middle;
      const found = idAt(this.#packed, row);
      if (found === id) return row;
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }
}
