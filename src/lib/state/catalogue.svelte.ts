// The goods on this till: search worker, stock, and frequently bought goods.
import type { Category, PackedCatalogue } from '$lib/domain/catalogue';
import { oftenBought, SALES_COUNTED, withSale } from '$lib/domain/often-bought';
import type { Product } from '$lib/domain/product';
import { openSearch, type SearchClient } from '$lib/search/search-client';
import {
  changeGoods,
  stockDeltas,
  type CatalogueOutcome,
  type ChangeAttempt,
} from '$lib/storage/goods/catalogue';
import { goodsIn, goodsMarkIn } from '$lib/storage/remote/shown-goods';
import type { TillDb } from '$lib/storage/database/db';
import { storageErrorOf } from '$lib/storage/storage-error';
import { latestSold } from '$lib/storage/sales/sales';

export class Catalogue {
  readonly #db: TillDb;
  readonly #onpolicyrefused: () => void;
  #search: SearchClient | null = null;
  #packed: PackedCatalogue | null = null;
  /** As of which entry of another till the goods are shown; undefined: they have to be read again. */
  #mark: Awaited<ReturnType<typeof goodsMarkIn>> | undefined = null;
  #isStale = false;
  #refreshing: Promise<void> | null = null;
  #ready = $state(false);
  #count = $state(0);
  #categories = $state.raw<readonly Category[]>([]);
  #sold = $state.raw<ReadonlyMap<string, number> | null>(null);
  /** The products of each of the latest sales, oldest first. */
  #latest = $state.raw<readonly (readonly string[])[]>([]);
  /** Increased with every change of the goods, so that lists are read again. */
  #revision = $state(0);

  /** `onpolicyrefused`: an act refused the stored policy. */
  constructor(db: TillDb, onpolicyrefused: () => void) {
    this.#db = db;
    this.#onpolicyrefused = onpolicyrefused;
  }

  get ready(): boolean {
    return this.#ready;
  }
  get count(): number {
    return this.#count;
  }
  get categories(): readonly Category[] {
    return this.#categories;
  }
  get revision(): number {
    return this.#revision;
  }
  /** The packed goods, with which an import is compared. */
  get packed(): PackedCatalogue | null {
    return this.#packed;
  }

  async load(): Promise<void> {
    const [mark, packed, sold, latest] = await Promise.all([
      goodsMarkIn(this.#db),
      goodsIn(this.#db),
      stockDeltas(this.#db),
      latestSold(this.#db, SALES_COUNTED),
    ]);
    this.#mark = mark;
    this.#sold = sold;
    this.#latest = latest;
    await this.#show(packed);
  }

  /** Reads what other tills have sold, counted or changed. Several calls at once are one. */
  async refresh(): Promise<void> {
    if (!this.#ready) return;
    this.#isStale = true;
    this.#refreshing ??= this.#refresh()
      // the next act fails on the same disk, and its screen says so
      .catch((error: unknown) => {
        if (storageErrorOf(error) === null) reportError(error);
      })
      .finally(() => (this.#refreshing = null));
    await this.#refreshing;
  }

  async #refresh(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      this.#sold = await stockDeltas(this.#db);
      const mark = await goodsMarkIn(this.#db);
      if (mark === this.#mark) continue;
      this.#mark = mark;
      await this.#show(await goodsIn(this.#db));
    }
  }

  /** Updates stock and frequently bought goods after a sale of these products. */
  async afterSale(products: readonly string[]): Promise<void> {
    this.#latest = withSale(this.#latest, products);
    this.#sold = await stockDeltas(this.#db);
  }

  /** The products on most of the latest receipts, filled up with the first goods of the catalogue. */
  async often(limit: number): Promise<Product[]> {
    const sold = await this.get(oftenBought(this.#latest, limit));
    if (sold.length >= limit) return sold;
    const first = await this.all(0, limit);
    const unsold = first.filter(({ id }) => !sold.some((product) => product.id === id));
    return [...sold, ...unsold].slice(0, limit);
  }

  /** Thousandths in stock; null if the product's stock is not counted. */
  stockOf(product: Product): number | null {
    return product.stock === null ? null : product.stock + (this.#sold?.get(product.id) ?? 0);
  }

  search(query: string, limit: number): Promise<Product[]> {
    return this.#search?.search(query, limit) ?? Promise.resolve([]);
  }
  byBarcode(code: string): Promise<Product | null> {
    return this.#search?.byBarcode(code) ?? Promise.resolve(null);
  }
  all(offset: number, limit: number): Promise<Product[]> {
    return this.#search?.all(offset, limit) ?? Promise.resolve([]);
  }
  category(name: string | null, offset: number, limit: number): Promise<Product[]> {
    return this.#search?.category(name, offset, limit) ?? Promise.resolve([]);
  }
  get(ids: readonly string[]): Promise<Product[]> {
    return this.#search?.get(ids) ?? Promise.resolve([]);
  }

  /** Stores changes of goods and starts to use them. Throws StorageError. */
  async change(attempt: ChangeAttempt): Promise<CatalogueOutcome> {
    const outcome = await changeGoods(this.#db, attempt).finally(() => {
      this.#mark = undefined;
      return this.#ready ? this.refresh() : this.load();
    });
    if (outcome.kind === 'saved') return outcome;
    if (outcome.because.kind === 'policy-refused') this.#onpolicyrefused();
    return outcome;
  }

  async #show(packed: PackedCatalogue): Promise<void> {
    this.#search ??= openSearch();
    this.#packed = packed;
    this.#count = await this.#search.load(packed);
    this.#categories = await this.#search.categories();
    this.#revision += 1;
    this.#ready = true;
  }
}
