// The search index: finds rows by words, SKUs and barcodes, and decides the order of the results.
// Holds the packed catalogue and never changes it.
import { textAt, type PackedCatalogue } from '$lib/domain/goods/catalogue';
import { articleSpellings } from '$lib/domain/goods/scale-label';
import { otherLayout } from '$lib/domain/values/search-text';
import { BitRows } from './bit-rows';
import { CodeColumn } from './code-column';
import { Dictionary, type Words } from './dictionary';
import { eachWord, queryWords } from './letters';
import { patternOf, typosForgiven } from './typos';

/** Fewest digits searched for inside barcodes; shorter parts occur in every second barcode. */
export const SHORTEST_CODE_PART = 4;

/** Fewest letters searched for inside SKUs. */
export const SHORTEST_SKU_PART = 3;

/** Fewest letters of a word that is searched as a whole; a shorter one is mostly the beginning of a longer word. */
const SHORTEST_WHOLE_WORD = 3;

/** How closely a word must match; `typo`: only words that match nothing exactly, `typo-everywhere`: all words. */
type Closeness = 'whole' | 'beginning' | 'inside' | 'typo' | 'typo-everywhere';

export class CatalogueIndex {
  readonly #packed: PackedCatalogue;
  #dictionary: Dictionary | null = null;
  #codeColumn: CodeColumn | null = null;
  /** Rows by category place: `#inCategory[#categoryFrom[c] … #categoryFrom[c + 1]]`. */
  readonly #categoryFrom: Uint32Array;
  readonly #inCategory: Uint32Array;

  constructor(packed: PackedCatalogue) {
    this.#packed = packed;
    const from = new Uint32Array(packed.categories.length + 2);
    for (const place of packed.categoryOf) from[place + 1] = (from[place + 1] ?? 0) + 1;
    for (let at = 1; at < from.length; at++) from[at] = (from[at] ?? 0) + (from[at - 1] ?? 0);
    const next = from.slice();
    this.#inCategory = new Uint32Array(packed.count);
    packed.categoryOf.forEach((place, row) => {
      const slot = next[place] ?? 0;
      this.#inCategory[slot] = row;
      next[place] = slot + 1;
    });
    this.#categoryFrom = from;
  }

  /** Builds what the first search would otherwise build: of 100 000 goods, it takes 200 ms. */
  prepare(): void {
    void this.#words;
    void this.#codes;
  }

  get #words(): Dictionary {
    return (this.#dictionary ??= this.#buildWords());
  }

  get #codes(): CodeColumn {
    return (this.#codeColumn ??= new CodeColumn(this.#packed));
  }

  #buildWords(): Dictionary {
    const { count, names, namesRu, namesEn } = this.#packed;
    const columns = [names, namesRu, namesEn].filter((column) => column !== null);
    return Dictionary.build(count, (row, found) => {
      for (const column of columns) eachWord(textAt(column, row), found);
    });
  }

  /** Rows of a category (null: of goods without one) from `offset`, at most `limit`. */
  category(name: string | null, offset: number, limit: number): number[] {
    const place = name === null ? 0 : this.#packed.categories.indexOf(name) + 1;
    if (name !== null && place === 0) return [];
    const start = (this.#categoryFrom[place] ?? 0) + offset;
    const end = Math.min(start + limit, this.#categoryFrom[place + 1] ?? 0);
    return start < end ? [...this.#inCategory.subarray(start, end)] : [];
  }

  /** The row with exactly this barcode. */
  byBarcode(code: string): number | null {
    return this.#codes.exact(code);
  }

  /**
   * Rows whose SKU is the article of a scale label, with or without leading zeros. If there are none: rows that have the article
   * as a barcode of the shop's own.
   */
  byArticle(article: string): number[] {
    const spellings = articleSpellings(article);
    const rows = new Set<number>();
    for (const each of spellings) this.#codes.eachWithSku(each, (row) => (rows.add(row), 'more'));
    if (rows.size > 0) return [...rows];
    const byCode = spellings.map((each) => this.#codes.exact(each));
    return [...new Set(byCode)].filter((row) => row !== null);
  }

  /**
   * Rows that contain every word of the query in a name, the SKU or a barcode: first the exact code, then the words themselves,
   * then words with that prefix, then words that contain it. If there are none: the other keyboard layout, then typos.
   */
  search(query: string, limit: number): number[] {
    const rows = new Set<number>();
    const add = (row: number) => (rows.add(row).size < limit ? 'more' : 'enough');
    const text = query.trim();
    const words = queryWords(text);
    if (words.length === 0 || limit < 1) return [];
    const code = text.replace(/\s/g, '');
    const exact = this.#codes.exact(code);
    // a whole barcode means exactly one product
    if (exact !== null && /^\d{8,}$/.test(code)) return [exact];
    if (exact !== null) rows.add(exact);
    if (rows.size < limit) this.#codes.eachWithSku(text, add);
    if (rows.size < limit && words.every(({ length }) => length >= SHORTEST_WHOLE_WORD))
      this.#gather(words, 'whole', limit + rows.size, add);
    if (rows.size < limit) this.#gather(words, 'beginning', limit + rows.size, add);
    if (rows.size < limit && text.length >= SHORTEST_SKU_PART) {
      this.#codes.eachWithSkuBeginning(text, add);
    }
    if (rows.size < limit) this.#gather(words, 'inside', limit + rows.size, add);
    if (rows.size === 0) {
      const other = queryWords(otherLayout(text) ?? '');
      if (other.length > 0) this.#gather(other, 'beginning', limit + rows.size, add);
    }
    if (rows.size === 0) this.#gather(words, 'typo', limit + rows.size, add);
    if (rows.size === 0 && words.length > 1)
      this.#gather(words, 'typo-everywhere', limit + rows.size, add);
    return [...rows];
  }

  #gather(
    words: readonly string[],
    closeness: Closeness,
    wanted: number,
    add: (row: number) => 'more' | 'enough',
  ): void {
    const near = words.map((word) => ({ word, words: this.#near(word, closeness) }));
    // for a single word the first rows are enough; with several words all rows are needed to find those that contain every word
    const most = words.length === 1 ? wanted : this.#packed.count;
    let rows: BitRows | null = null;
    for (const each of near) {
      const these = this.#rowsOf(each.word, each.words, closeness, most);
      if (rows === null) rows = these;
      else rows.keepOnly(these);
    }
    rows?.each(add);
  }

  #rowsOf(word: string, spellings: Words, closeness: Closeness, most: number): BitRows {
    const rows = new BitRows(this.#packed.count);
    let room = most;
    const add = (row: number) => {
      rows.add(row);
      return --room > 0 ? 'more' : 'enough';
    };
    this.#words.addRows(spellings, most, rows);
    if (closeness === 'whole' || closeness === 'beginning') return rows;
    if (word.length >= SHORTEST_SKU_PART) this.#codes.eachWithSkuPart(word, add);
    room = most;
    if (word.length >= SHORTEST_CODE_PART && /^\d+$/.test(word)) {
      this.#codes.eachWithBarcodePart(word, add);
    }
    return rows;
  }

  #near(word: string, closeness: Closeness): Words {
    if (closeness === 'whole') return this.#words.equalTo(word);
    if (closeness === 'beginning') return this.#words.beginningWith(word);
    // a single letter is contained in almost every word
    const inside = word.length > 1 ? this.#words.containing(word) : this.#words.beginningWith(word);
    const typos = typosForgiven(word.length);
    if (closeness === 'inside' || typos === 0) return inside;
    if (closeness === 'typo' && inside.length > 0) return inside;
    return [...inside, ...this.#words.near(patternOf(word, typos))];
  }
}
