// Index of barcodes and SKUs: exact codes by hash, parts of codes by scanning.
// Knows no names.
import {
  barcodeKey,
  codesAt,
  codesTextAt,
  textAt,
  type PackedCatalogue,
} from '$lib/domain/goods/catalogue';
import { BREAK, wordsIn } from './letters';
import { placeOf } from './places';
import { HASH_START, hashStep } from './word-arena';

type Found = (row: number) => 'more' | 'enough';

const GAP = String.fromCharCode(BREAK);

/** Rows by the hash of a key; the caller must check whether a row really has the key. */
class HashedRows {
  /** Open addressing: 1 + row, 0 if free. */
  readonly #slots: Uint32Array;

  constructor(capacity: number) {
    let size = 16;
    while (size < capacity * 2) size *= 2;
    this.#slots = new Uint32Array(size);
  }

  add(key: string, row: number): void {
    let slot = this.#slotOf(key);
    while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
    this.#slots[slot] = row + 1;
  }

  /** Rows added under keys of that hash, in the order of adding. */
  eachMaybe(key: string, found: Found): void {
    let slot = this.#slotOf(key);
    for (let taken = this.#slots[slot] ?? 0; taken !== 0; taken = this.#slots[slot] ?? 0) {
      if (found(taken - 1) === 'enough') return;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
  }

  #slotOf(key: string): number {
    let hash = HASH_START;
    for (let at = 0; at < key.length; at++) hash = hashStep(hash, key.charCodeAt(at));
    return (hash ^ (hash >>> 15)) & (this.#slots.length - 1);
  }
}

/** The texts of all rows with a text, each with a break before and after it. */
class Texts {
  readonly #text: string;
  /** Where each text begins, and its row; `#starts` has one more element, for the end. */
  readonly #starts: Uint32Array;
  readonly #rows: Uint32Array;

  constructor(count: number, textOf: (row: number) => string) {
    const parts: string[] = [];
    const rows: number[] = [];
    for (let row = 0; row < count; row++) {
      const text = textOf(row);
      if (text === '') continue;
      parts.push(text);
      rows.push(row);
    }
    this.#text = GAP + parts.join(GAP) + GAP;
    this.#rows = Uint32Array.from(rows);
    this.#starts = new Uint32Array(rows.length + 1);
    let start = 1;
    parts.forEach((part, place) => {
      this.#starts[place] = start;
      start += part.length + 1;
    });
    this.#starts[rows.length] = start;
  }

  /** Rows whose text contains the part, in order, each once. */
  eachWith(part: string, found: Found): void {
    this.#each(part, () => true, found);
  }

  /** Rows whose text begins with the part. */
  eachBeginning(part: string, found: Found): void {
    this.#each(part, (at) => this.#text.charCodeAt(at - 1) === BREAK, found);
  }

  #each(part: string, fits: (at: number) => boolean, found: Found): void {
    let place = 0;
    for (let at = this.#text.indexOf(part); at >= 0;) {
      place = placeOf(this.#starts, at, place);
      if (fits(at) && found(this.#rows[place] ?? 0) === 'enough') return;
      at = this.#text.indexOf(part, this.#starts[place + 1]);
    }
  }
}

export class CodeColumn {
  readonly #packed: PackedCatalogue;
  readonly #byCode: HashedRows;
  readonly #bySku: HashedRows;
  readonly #barcodes: Texts;
  readonly #skus: Texts;

  constructor(packed: PackedCatalogue) {
    this.#packed = packed;
    const { count } = packed;
    this.#barcodes = new Texts(count, (row) => codesTextAt(packed, row));
    this.#skus = new Texts(count, (row) => skuKey(textAt(packed.skus, row)));
    let codes = 0;
    for (let row = 0; row < count; row++) codes += codesAt(packed, row).length;
    this.#byCode = new HashedRows(codes);
    this.#bySku = new HashedRows(packed.skus.text === '' ? 0 : count);
    for (let row = 0; row < count; row++) {
      for (const code of codesAt(packed, row)) this.#byCode.add(barcodeKey(code), row);
      const sku = skuKey(textAt(packed.skus, row));
      if (sku !== '') this.#bySku.add(sku, row);
    }
  }

  /** The row with exactly this barcode; a GTIN with other leading zeros is the same code. */
  exact(code: string): number | null {
    const key = barcodeKey(code);
    let exact: number | null = null;
    this.#byCode.eachMaybe(key, (row) => {
      if (!codesAt(this.#packed, row).some((each) => barcodeKey(each) === key)) return 'more';
      exact = row;
      return 'enough';
    });
    return exact;
  }

  eachWithBarcodePart(part: string, found: Found): void {
    this.#barcodes.eachWith(part, found);
  }

  eachWithSkuPart(part: string, found: Found): void {
    this.#skus.eachWith(part, found);
  }

  /** Rows with exactly this SKU. */
  eachWithSku(text: string, found: Found): void {
    const key = skuKey(text);
    this.#bySku.eachMaybe(key, (row) =>
      skuKey(textAt(this.#packed.skus, row)) === key ? found(row) : 'more',
    );
  }

  /** Rows whose SKU begins with this text. */
  eachWithSkuBeginning(text: string, found: Found): void {
    this.#skus.eachBeginning(skuKey(text), found);
  }
}

/** An SKU as compared: folded words, separated by one space. */
function skuKey(sku: string): string {
  return sku === '' ? '' : wordsIn(sku).join(' ');
}
