// The goods on this till: search worker, stock, categories, and frequently bought goods.
import type { Category, PackedCatalogue } from '$lib/domain/goods/catalogue';
import type { GoodsParts } from '$lib/domain/goods/catalogue-parts';
import { oftenBought, SALES_COUNTED } from '$lib/domain/goods/often-bought';
import type { Product } from '$lib/domain/goods/product';
import { categoryNames, type CategoryNames, type ShopCategory } from '$lib/domain/shop-categories';
import { openSearch, type SearchClient } from '$lib/search/search-client';
import {
  changeGoods,
  stockDeltas,
  type CatalogueOutcome,
  type ChangeAttempt,
} from '$lib/storage/goods/catalogue';
import {
  categoriesIn,
  changeCategories,
  type CategoriesAttempt,
  type CategoriesOutcome,
} from '$lib/storage/goods/categories';
import { goodsMarkIn, goodsPartsIn } from '$lib/storage/remote/shown-goods';
import type { TillDb } from '$lib/storage/database/db';
import { storageErrorOf } from '$lib/storage/storage-error';
import { latestSold } from '$lib/storage/sales/sales';

export class Catalogue {
  readonly #db: TillDb;
  readonly #onpolicyrefused: () => void;
  readonly #startOfToday: () => number;
  #search: SearchClient | null = null;
  /** The last entry of another till that is included in the goods; undefined: the goods must be read again. */
  #mark: Awaited<ReturnType<typeof goodsMarkIn>> | undefined = null;
  #isStale = false;
  #refreshing: Promise<void> | null = null;
  #ready = $state(false);
  #count = $state(0);
  /** The first names of the goods' categories, with the number of goods; null: goods without a category. */
  #inGoods = $state.raw<readonly Category[]>([]);
  #categories = $state.raw<readonly ShopCategory[]>([]);
  #sold = $state.raw<ReadonlyMap<string, number> | null>(null);
  /** The products of each of the latest sales before `before`, the start of a day. */
  #latest: { readonly before: number; readonly sold: readonly (readonly string[])[] } | null = null;
  /** Increased with every change of the goods, so that lists are read again. */
  #revision = $state(0);

  /** `onpolicyrefused`: an act refused the stored policy. `startOfToday`: of the shop's business day, ms. */
  constructor(db: TillDb, onpolicyrefused: () => void, startOfToday: () => number) {
    this.#db = db;
    this.#onpolicyrefused = onpolicyrefused;
    this.#startOfToday = startOfToday;
  }

  get ready(): boolean {
    return this.#ready;
  }
  get count(): number {
    return this.#count;
  }
  /** All categories in their order, including removed ones and those without goods. */
  get allCategories(): readonly ShopCategory[] {
    return this.#categories;
  }
  /** The categories that are offered. */
  get categories(): readonly ShopCategory[] {
    return this.#categories.filter(({ isRemoved }) => !isRemoved);
  }
  /** The offered categories with goods; null, at the end, stands for goods without a category. */
  get filledCategories(): readonly (ShopCategory | null)[] {
    const filled = this.categories.filter(({ category }) => this.goodsIn(category) > 0);
    return this.goodsIn(null) > 0 ? [...filled, null] : filled;
  }
  /** Maps each category name to the category it means. */
  get categoryNames(): CategoryNames {
    return categoryNames(this.#categories);
  }
  get revision(): number {
    return this.#revision;
  }
  /** The packed goods, for comparing an import with them. Null: they are not read yet. */
  async packed(): Promise<PackedCatalogue | null> {
    return this.#ready ? ((await this.#search?.packed()) ?? null) : null;
  }

  /** The offered category with this first name; null: removed, or unknown. */
  categoryOf(category: string | null): ShopCategory | null {
    return this.categories.find((each) => each.category === category) ?? null;
  }

  /** Position in which the category first appears in the goods, which decides its colour. -1: not offered. */
  placeOf(category: string | null): number {
    if (category === null || this.categoryOf(category) === null) return -1;
    const all = this.#categories.map((each) => each.category);
    return [...this.#namesInGoods, ...all].indexOf(category);
  }

  /** Number of goods in a category. Null: goods without a category, including those of removed categories. */
  goodsIn(category: string | null): number {
    return this.#inGoods.reduce(
      (sum, { name, count }) => (this.#isShownIn(name, category) ? sum + count : sum),
      0,
    );
  }

  #isShownIn(name: string | null, category: string | null): boolean {
    return category === null ? this.categoryOf(name) === null : name === category;
  }

  get #namesInGoods(): readonly string[] {
    return this.#inGoods.flatMap(({ name }) => name ?? []);
  }

  async load(): Promise<void> {
    // the start may have restored sales
    this.#latest = null;
    const [mark, goods, sold] = await Promise.all([
      goodsMarkIn(this.#db),
      goodsPartsIn(this.#db),
      stockDeltas(this.#db),
      this.#latestSold(),
    ]);
    this.#mark = mark;
    this.#sold = sold;
    await this.#show(goods);
  }

  /** Reads what other tills have sold, counted or changed. Simultaneous calls share one read. */
  async refresh(): Promise<void> {
    if (!this.#ready) return;
    this.#isStale = true;
    this.#refreshing ??= this.#refresh()
      // the next act fails on the same disk, and its screen reports it
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
      if (await this.#readCategories()) this.#revision += 1;
      const mark = await goodsMarkIn(this.#db);
      if (mark === this.#mark) continue;
      this.#mark = mark;
      await this.#show(await goodsPartsIn(this.#db));
    }
  }

  /** Updates the stock after a sale. */
  async afterSale(): Promise<void> {
    this.#sold = await stockDeltas(this.#db);
  }

  /**
   * The products on most of the latest receipts, filled up with the first goods of the catalogue. Receipts of today do not
   * count, so that tiles keep their places all day.
   */
  async often(limit: number): Promise<Product[]> {
    const sold = await this.get(oftenBought(await this.#latestSold(), limit));
    if (sold.length >= limit) return sold;
    const first = await this.all(0, limit);
    const unsold = first.filter(({ id }) => !sold.some((product) => product.id === id));
    return [...sold, ...unsold].slice(0, limit);
  }

  /** The products of each of the latest sales before today. */
  async #latestSold(): Promise<readonly (readonly string[])[]> {
    const before = this.#startOfToday();
    if (this.#latest?.before !== before)
      this.#latest = { before, sold: await latestSold(this.#db, before, SALES_COUNTED) };
    return this.#latest.sold;
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
  /** The goods that the article number on a scale's label may mean. */
  byArticle(article: string): Promise<Product[]> {
    return this.#search?.byArticle(article) ?? Promise.resolve([]);
  }
  all(offset: number, limit: number): Promise<Product[]> {
    return this.#search?.all(offset, limit) ?? Promise.resolve([]);
  }
  /** The first goods of a category; null: goods without one, then those of removed categories. */
  async category(category: string | null, limit: number): Promise<Product[]> {
    const found: Product[] = [];
    const names = this.#inGoods
      .map(({ name }) => name)
      .filter((name) => this.#isShownIn(name, category));
    for (const name of names.toSorted((a, b) => Number(a !== null) - Number(b !== null)))
      if (found.length < limit)
        found.push(...((await this.#search?.category(name, 0, limit - found.length)) ?? []));
    return found;
  }
  get(ids: readonly string[]): Promise<Product[]> {
    return this.#search?.get(ids) ?? Promise.resolve([]);
  }

  /** Stores changes of goods and starts to use them. Throws StorageError. */
  async change(attempt: ChangeAttempt): Promise<CatalogueOutcome> {
    let outcome: CatalogueOutcome;
    try {
      outcome = await changeGoods(this.#db, attempt);
    } finally {
      this.#mark = undefined;
      await (this.#ready ? this.refresh() : this.load());
    }
    if (outcome.kind === 'saved') return outcome;
    if (outcome.because.kind === 'policy-refused') this.#onpolicyrefused();
    return outcome;
  }

  /** Stores changes of categories and starts to use them. Throws StorageError. */
  async changeCategories(attempt: Omit<CategoriesAttempt, 'inGoods'>): Promise<CategoriesOutcome> {
    const inGoods = this.#namesInGoods;
    const outcome = await changeCategories(this.#db, { ...attempt, inGoods });
    await this.refresh();
    if (outcome.kind === 'refused' && outcome.because.kind === 'policy-refused')
      this.#onpolicyrefused();
    return outcome;
  }

  /** Returns whether they have changed. */
  async #readCategories(): Promise<boolean> {
    const read = await categoriesIn(this.#db, this.#namesInGoods);
    if (JSON.stringify(read) === JSON.stringify(this.#categories)) return false;
    this.#categories = read;
    return true;
  }

  async #show(goods: GoodsParts): Promise<void> {
    this.#search ??= openSearch();
    this.#count = await this.#search.load(goods);
    this.#inGoods = await this.#search.categories();
    await this.#readCategories();
    this.#revision += 1;
    this.#ready = true;
    // after the lists on screen have asked for their goods; a failure is reported by the first search
    setTimeout(() => void this.#search?.prepare().catch(() => undefined));
  }
}
