// Messages between the page and its workers.
import type { Category, PackedCatalogue } from '$lib/domain/goods/catalogue';
import type { GoodsParts } from '$lib/domain/goods/catalogue-parts';
import type { Mapping } from '$lib/domain/goods/price-list';
import type { Product } from '$lib/domain/goods/product';
import type {
  CurrentGoods,
  Preview,
  PreviewChoice,
  PreviewRefusal,
  Progress,
  Reading,
} from './price-list-file';

/** Queries to the search worker, each with its answer. */
export type SearchCalls = {
  /** Replaces the catalogue. The answer is its number of goods, which can be listed then. */
  load: (goods: GoodsParts) => number;
  /** Builds the index; otherwise the first search does. */
  prepare: () => void;
  /** The whole catalogue. */
  packed: () => PackedCatalogue;
  /** The most popular goods for a query. */
  search: (query: string, limit: number) => Product[];
  byBarcode: (code: string) => Product | null;
  /** The goods that the article of a scale label may mean. */
  byArticle: (article: string) => Product[];
  /** All goods in order of popularity. */
  all: (offset: number, limit: number) => Product[];
  /** Goods of a category; null: those without one. */
  category: (name: string | null, offset: number, limit: number) => Product[];
  categories: () => Category[];
  /** The goods that still exist, in the order of `ids`. */
  get: (ids: readonly string[]) => Product[];
};

export type SearchRequest<N extends keyof SearchCalls = keyof SearchCalls> = {
  readonly number: number;
  readonly name: N;
  readonly parts: Parameters<SearchCalls[N]>;
};

export type SearchReply =
  | { readonly kind: 'answered'; readonly number: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly number: number; readonly because: string };

/** Orders to the import worker: preview a file, then read it. */
export type ImportOrder =
  | {
      readonly kind: 'preview';
      readonly number: number;
      readonly file: Blob;
      readonly choice: PreviewChoice;
    }
  | {
      readonly kind: 'read';
      readonly number: number;
      readonly file: Blob;
      readonly preview: Preview;
      readonly mapping: Mapping;
      readonly current: CurrentGoods | null;
    };

/** `number`: of the order it answers. */
export type ImportReport = { readonly number: number } & (
  | { readonly kind: 'looked'; readonly preview: Preview | PreviewRefusal }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'read'; readonly reading: Reading }
  | { readonly kind: 'failed'; readonly because: string }
);
