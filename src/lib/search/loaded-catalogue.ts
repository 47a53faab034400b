// The catalogue in the search worker: answers its queries in products.
// `catalogue-index.ts` finds the rows and orders them.
import {
  categories,
  type Category,
  ID_LENGTH,
  idAt,
  pack,
  type PackedCatalogue,
  productAt,
} from '$lib/domain/goods/catalogue';
import { packedOf, type GoodsParts } from '$lib/domain/goods/catalogue-parts';
import type { Product } from '$lib/domain/goods/product';
import { CatalogueIndex } from './catalogue-index';

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

export class LoadedCatalogue {
  #packed: PackedCatalogue = pack([]);
  #index = new CatalogueIndex(this.#packed);
  #ids = new IdColumn(this.#packed);

  /** Replaces the catalogue. Returns its number of goods. */
  load(goods: GoodsParts): number {
    const packed = packedOf(goods);
    this.#index = new CatalogueIndex(packed);
    this.#ids = new IdColumn(packed);
    this.#packed = packed;
    return packed.count;
  }

  /** Builds the index now instead of at the first search. */
  prepare(): void {
    this.#index.prepare();
  }

  packed(): PackedCatalogue {
    return this.#packed;
  }

  search(query: string, limit: number): Product[] {
    return this.#products(this.#index.search(query, limit));
  }

  byBarcode(code: string): Product | null {
    const row = this.#index.byBarcode(code.trim());
    return row === null ? null : productAt(this.#packed, row);
  }

  /** The goods that the article of a scale label may mean. */
  byArticle(article: string): Product[] {
    return this.#products(this.#index.byArticle(article));
  }

  /** All goods, in order of popularity. */
  all(offset: number, limit: number): Product[] {
    const end = Math.min(this.#packed.count, offset + limit);
    const rows = Array.from({ length: Math.max(0, end - offset) }, (_, at) => offset + at);
    return this.#products(rows);
  }

  /** Goods of a category; null: those without one. */
  category(name: string | null, offset: number, limit: number): Product[] {
    return this.#products(this.#index.category(name, offset, limit));
  }

  categories(): Category[] {
    return categories(this.#packed);
  }

  /** The goods that still exist, in the order of `ids`. */
  get(ids: readonly string[]): Product[] {
    return this.#products(
      ids.map((id) => this.#ids.rowOf(id)).filter((row): row is number => row !== null),
    );
  }

  #products(rows: readonly number[]): Product[] {
    return rows.map((row) => productAt(this.#packed, row));
  }
}
