// The catalogue in the search worker: answers its queries in products.
// `catalogue-index.ts` finds the rows and orders them.
import {
  categories,
  pack,
  productAt,
  type Category,
  type PackedCatalogue,
} from '$lib/domain/goods/catalogue';
import type { Product } from '$lib/domain/goods/product';
import { CatalogueIndex } from './catalogue-index';
import { IdColumn } from './id-column';

export class LoadedCatalogue {
  #packed: PackedCatalogue = pack([]);
  #index = new CatalogueIndex(this.#packed);
  #ids = new IdColumn(this.#packed);

  /** Replaces the catalogue. Returns its number of goods. */
  load(packed: PackedCatalogue): number {
    this.#index = new CatalogueIndex(packed);
    this.#ids = new IdColumn(packed);
    this.#packed = packed;
    return packed.count;
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
