// Barcodes and SKUs of the catalogue: the exact code by binary search, a part of one by scanning. Knows no names.
import { barcodeKey, barcodesAt, textAt, type PackedCatalogue } from '$lib/domain/catalogue';
import { BREAK, eachWord } from './letters';

const GAP = String.fromCharCode(BREAK);

/** Digits that fit a number exactly. */
const NUMERIC = /^\d{1,15}$/;

/** Many short texts, several per row allowed: a break, then each text with a break after it. */
class Texts {
  readonly #text: string;
  readonly #ends: Uint32Array;

  constructor(count: number, textOf: (row: number) => string) {
    const parts: string[] = [GAP];
    this.#ends = new Uint32Array(count);
    let end = 1;
    for (let row = 0; row < count; row++) {
      const part = textOf(row) + GAP;
      parts.push(part);
      this.#ends[row] = end += part.length;
    }
    this.#text = parts.join('');
  }

  /** Rows with the part, in order, each once, until `found` has enough. */
  eachWith(part: string, found: (row: number) => 'more' | 'enough'): void {
    let row = 0;
    for (let at = this.#text.indexOf(part); at >= 0;) {
      // a break sought first belongs to the text before
      row = this.#rowAt(part.startsWith(GAP) ? at + 1 : at, row);
      if (found(row) === 'enough') return;
      at = this.#text.indexOf(part, (this.#ends[row] ?? 0) - (part.startsWith(GAP) ? 1 : 0));
    }
  }

  /** The row of a position, sought in growing steps from one before it: hits come in order and often close. */
  #rowAt(position: number, from: number): number {
    const ends = this.#ends;
    let low = from;
    let high = from;
    for (let step = 1; high < ends.length - 1 && (ends[high] ?? 0) <= position; step *= 2) {
      low = high;
      high = Math.min(high + step, ends.length - 1);
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

export class CodeColumn {
  readonly #packed: PackedCatalogue;
  /** Numeric barcodes ascending, and the row of each. */
  readonly #numbers: Float64Array;
  readonly #rows: Uint32Array;
  /** Barcodes with letters or too long for a number. */
  readonly #others = new Map<string, number>();
  readonly #barcodes: Texts;
  readonly #skus: Texts;

  constructor(packed: PackedCatalogue) {
    this.#packed = packed;
    const numbers: number[] = [];
    const rows: number[] = [];
    for (let row = 0; row < packed.count; row++) {
      for (const code of barcodesAt(packed, row)) {
        if (NUMERIC.test(code)) {
          numbers.push(Number(code));
          rows.push(row);
        } else if (!this.#others.has(code)) this.#others.set(code, row);
      }
    }
    const values = Float64Array.from(numbers);
    const order = Uint32Array.from(rows.keys());
    order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
    this.#numbers = Float64Array.from(order, (at) => values[at] ?? 0);
    this.#rows = Uint32Array.from(order, (at) => rows[at] ?? 0);
    this.#barcodes = new Texts(packed.count, (row) => textAt(packed.barcodes, row));
    this.#skus = new Texts(packed.count, (row) => skuKey(textAt(packed.skus, row)));
  }

  /** The row with exactly this barcode; the same GTIN with other leading zeros is the same code. */
  exact(code: string): number | null {
    if (!NUMERIC.test(code)) return this.#others.get(code) ?? null;
    const value = Number(code);
    let low = 0;
    let high = this.#numbers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#numbers[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    const key = barcodeKey(code);
    for (; this.#numbers[low] === value; low++) {
      const row = this.#rows[low] ?? 0;
      // a shop's own 0012 and 12 are two codes
      if (barcodesAt(this.#packed, row).some((each) => barcodeKey(each) === key)) return row;
    }
    return null;
  }

  eachWithBarcodePart(part: string, found: (row: number) => 'more' | 'enough'): void {
    this.#barcodes.eachWith(part, found);
  }

  eachWithSkuPart(part: string, found: (row: number) => 'more' | 'enough'): void {
    this.#skus.eachWith(part, found);
  }

  /** Rows whose whole SKU is this. */
  eachWithSku(text: string, found: (row: number) => 'more' | 'enough'): void {
    const key = skuKey(text);
    if (key !== '') this.#skus.eachWith(GAP + key + GAP, found);
  }

  /** Rows whose SKU begins so; one letter is not sought. */
  eachWithSkuBeginning(text: string, found: (row: number) => 'more' | 'enough'): void {
    const key = skuKey(text);
    if (key.length > 1) this.#skus.eachWith(GAP + key, found);
  }
}

/** An SKU as it is compared: folded words, one space between. */
function skuKey(sku: string): string {
  const words: string[] = [];
  eachWord(sku, (word) => words.push(word));
  return words.join(' ');
}
