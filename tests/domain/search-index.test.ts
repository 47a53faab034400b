// Search finds goods by any of their words, by parts of words, with a typo, and by any code.
import { type Product, singly } from '$lib/domain/goods/product';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pack, type PackedCatalogue } from '$lib/domain/goods/catalogue';
import { wordsOf } from '$lib/domain/values/search-text';
import { CatalogueIndex, SHORTEST_CODE_PART, SHORTEST_SKU_PART } from '$lib/search/catalogue-index';
import { IdColumn } from '$lib/search/loaded-catalogue';
import { nearness, patternOf } from '$lib/search/typos';
import { idOf } from './fixtures';
import { ean13, good, standsForAny } from './goods';
import { cases } from '../support/cases';

const SYLLABLES = ['мо', 'ло', 'ко', 'сы', 'р', 'чай', 'ё', 'li', 'mo', 'é', '茶', '🎂', '2,5'];
const word = fc
  .array(fc.constantFrom(...SYLLABLES), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''));
const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));

const goods: fc.Arbitrary<Product[]> = fc
  .array(
    fc.record({
      name,
      names: fc.record({ ru: fc.option(name, { nil: null }), en: fc.constant(null) }),
      sku: fc.option(
        fc.nat({ max: 9999 }).map((n) => `${n % 2 === 0 ? 'А' : 'B'}-${n}`),
        { nil: null },
      ),
      barcodes: fc.uniqueArray(
        fc.record({
          code: fc.nat({ max: 99_999 }).map((n) => ean13(String(460_000_000_000 + n * 7919))),
          quantity: standsForAny,
        }),
        { maxLength: 2, selector: ({ code }) => code },
      ),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((rows) => rows.map((row, place) => good(place + 1, row.name, row)));

/** What "every word matches" means, computed without an index. */
function naive(all: readonly Product[], query: string): number[] {
  const words = wordsOf(query);
  const meets = (product: Product, sought: string): boolean => {
    const own = [product.name, product.names.ru ?? '', product.names.en ?? ''].flatMap(wordsOf);
    const inName = own.some((each) =>
      sought.length === 1 ? each.startsWith(sought) : each.includes(sought),
    );
    const sku = wordsOf(product.sku ?? '').join(' ');
    const inSku = sought.length >= SHORTEST_SKU_PART && sku.includes(sought);
    const inCode =
      sought.length >= SHORTEST_CODE_PART &&
      /^\d+$/.test(sought) &&
      product.barcodes.some(({ code }) => code.includes(sought));
    return inName || inSku || inCode;
  };
  return all.flatMap((product, row) => (words.every((each) => meets(product, each)) ? [row] : []));
}

const indexOf = (all: readonly Product[]) => new CatalogueIndex(pack(all));
const ascending = (rows: readonly number[]) => [...rows].sort((a, b) => a - b);

/** A product, and one word of its name. */
const goodsAndWord = goods.chain((all) =>
  fc.nat(all.length - 1).chain((row) => {
    const words = wordsOf(all[row]?.name ?? '');
    return fc.record({
      all: fc.constant(all),
      row: fc.constant(row),
      word: fc.constantFrom(...words),
    });
  }),
);

/** Text from `from` for `length` characters, never splitting a surrogate pair. */
function part(text: string, from: number, length: number): string {
  return [...text].slice(from, from + length).join('');
}

describe('search', () => {
  test('finds exactly what a plain scan of names, SKUs and barcodes finds', () => {
    fc.assert(
      fc.property(goods, fc.nat(), fc.nat(), name, (all, which, cut, other) => {
        const product = all[which % all.length] ?? good(0, other);
        const code = product.barcodes[0]?.code ?? product.sku ?? '';
        const from = cut % 7;
        const text =
          [other, product.name, code.slice(from, from + 5), product.sku ?? other][cut % 4] ?? other;
        const expected = naive(all, text);
        fc.pre(expected.length > 0 && wordsOf(text).length > 0);
        const found = indexOf(all).search(text, all.length);
        // exact codes and SKUs, or an SKU with this beginning, may be found as well
        const extra = found.filter((row) => !expected.includes(row));
        expect(ascending(found.filter((row) => !extra.includes(row)))).toEqual(expected);
        for (const row of extra) {
          const sku = wordsOf(all[row]?.sku ?? '').join(' ');
          expect(sku.startsWith(wordsOf(text).join(' '))).toBe(true);
        }
      }),
      { numRuns: cases(300) },
    );
  });

  test('finds every product by each word of its name and every beginning of it', () => {
    fc.assert(
      fc.property(goodsAndWord, fc.nat(), ({ all, row, word: sought }, cut) => {
        const begun = part(sought, 0, 1 + (cut % [...sought].length));
        expect(indexOf(all).search(begun, all.length)).toContain(row);
      }),
    );
  });

  test('a product with the whole word comes before one with a longer word that is bought more often', () => {
    const index = indexOf(
      ['Соль морская', 'Морс клюквенный', 'Сырок с сыром', 'Сыр'].map((each, place) =>
        good(place, each),
      ),
    );
    expect(index.search('морс', 5)).toEqual([1, 0]);
    expect(index.search('морс', 1)).toEqual([1]);
    expect(index.search('сыр', 5)).toEqual([3, 2]);
    // such a short word counts as the beginning of another, not as the preposition
    expect(index.search('с', 5)).toEqual([0, 2, 3]);
  });

  test('finds every product by any part inside its words', () => {
    fc.assert(
      fc.property(goodsAndWord, fc.nat(), fc.nat(), ({ all, row, word: sought }, from, length) => {
        const letters = [...sought].length;
        fc.pre(letters >= 3);
        const start = from % (letters - 1);
        const inside = part(sought, start, 2 + (length % (letters - start - 1)));
        fc.pre(inside.length >= 2 && /^[\p{L}\p{N}]/u.test(inside) && !/\.$/.test(inside));
        expect(indexOf(all).search(inside, all.length)).toContain(row);
      }),
    );
  });

  test('finds every product by all the words of its name in any order', () => {
    fc.assert(
      fc.property(goodsAndWord, ({ all, row }) => {
        const words = wordsOf(all[row]?.name ?? '').reverse();
        expect(indexOf(all).search(words.join(' '), all.length)).toContain(row);
      }),
    );
  });

  test('tolerates one letter missing, added, changed or swapped if nothing matches exactly', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('молоко', 'печенье', 'гречка', 'shampoo', 'батарейка'),
        fc.nat(),
        fc.constantFrom('lost', 'added', 'changed', 'swapped'),
        (right, at, how) => {
          const place = at % right.length;
          const letter = right.charAt(place);
          const wrong = {
            lost: right.slice(0, place) + right.slice(place + 1),
            added: `${right.slice(0, place)}ж${right.slice(place)}`,
            changed: `${right.slice(0, place)}ж${right.slice(place + 1)}`,
            swapped:
              right.slice(0, place) + right.charAt(place + 1) + letter + right.slice(place + 2),
          }[how];
          const index = indexOf([good(1, 'Ёлка'), good(2, `Большая ${right} 500 г`)]);
          expect(index.search(wrong, 10)).toEqual([1]);
        },
      ),
    );
  });

  test('tolerates a typo in one word of several; a short word must be exact', () => {
    const index = indexOf([good(1, 'Молоко топлёное'), good(2, 'Молоко'), good(3, 'Чай')]);
    expect(index.search('молоко таплёное', 10)).toEqual([0]);
    expect(index.search('цай', 10)).toEqual([]);
  });

  test('tries the other keyboard layout if nothing matches in this one', () => {
    expect(indexOf([good(1, 'Чай'), good(2, 'Молоко')]).search('vjkjrj', 10)).toEqual([1]);
  });

  test('lists popular goods first, and words with this beginning before words that contain it', () => {
    const index = indexOf([good(1, 'Простокваша'), good(2, 'Квас'), good(3, 'Квас тёмный')]);
    expect(index.search('квас', 10)).toEqual([1, 2]);
    expect(index.search('ква', 10)).toEqual([1, 2, 0]);
    expect(index.search('ква', 2)).toEqual([1, 2]);
  });

  test('lists goods with exactly this barcode or SKU first', () => {
    const code = ean13('460000000001');
    const index = indexOf([
      good(1, `Наклейка ${code}`),
      good(2, 'Артикул А-12'),
      good(3, 'Чай', { barcodes: [singly('77'), singly(code)], sku: 'А-12' }),
    ]);
    expect(index.search(code, 10)).toEqual([2]);
    expect(index.search('а-12', 10)).toEqual([2, 1]);
  });

  test('an empty query, or one of signs only, finds nothing', () => {
    const index = indexOf([good(1, 'Чай')]);
    expect(['', '  ', '«»', '%'].map((query) => index.search(query, 10))).toEqual([[], [], [], []]);
  });

  test('no query throws', () => {
    fc.assert(
      fc.property(goods, fc.string({ unit: 'binary', maxLength: 60 }), (all, query) => {
        expect(indexOf(all).search(query, 5).length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('typos', () => {
  /** Optimal string alignment by the textbook's table, compared with every beginning of the word. */
  function naiveNearness(pattern: string, text: string): number {
    const table = Array.from({ length: pattern.length + 1 }, (_, i) =>
      Array.from({ length: text.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
    );
    const at = (i: number, j: number) => table[i]?.[j] ?? 0;
    for (let i = 1; i <= pattern.length; i++) {
      for (let j = 1; j <= text.length; j++) {
        const same = pattern[i - 1] === text[j - 1] ? 0 : 1;
        let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same);
        const swapped =
          i > 1 && j > 1 && pattern[i - 1] === text[j - 2] && pattern[i - 2] === text[j - 1];
        if (swapped) least = Math.min(least, at(i - 2, j - 2) + 1);
        (table[i] ?? [])[j] = least;
      }
    }
    return Math.min(...(table[pattern.length] ?? [0]));
  }

  test('are counted like the textbook’s algorithm counts them', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'b', 'c'),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const all = pattern.length + text.length;
        expect(nearness(patternOf(pattern, all), text, 0, text.length)).toBe(
          naiveNearness(pattern, text),
        );
      }),
      { numRuns: cases(1000) },
    );
  });
});

describe('codes', () => {
  const index = (...all: Product[]) => indexOf(all);

  test('a barcode is found as a whole, as one of several, with or without a leading zero', () => {
    const shelf = index(
      good(1, 'Чай', { barcodes: [singly('041322321473')] }),
      good(2, 'Сок', { barcodes: [singly('4600000001015'), singly('ABC-1')] }),
    );
    expect(shelf.byBarcode('0041322321473')).toBe(0);
    expect(shelf.byBarcode('4600000001015')).toBe(1);
    expect(shelf.byBarcode('ABC-1')).toBe(1);
    expect(shelf.byBarcode('460000000101')).toBeNull();
  });

  test('a shop’s own codes 0012 and 12 are two products', () => {
    const shelf = index(
      good(1, 'Чай', { barcodes: [singly('0012')] }),
      good(2, 'Сок', { barcodes: [singly('12')] }),
    );
    expect([shelf.byBarcode('0012'), shelf.byBarcode('12'), shelf.byBarcode('012')]).toEqual([
      0,
      1,
      null,
    ]);
  });

  test('every barcode of any catalogue leads to its product', () => {
    fc.assert(
      fc.property(goods, (all) => {
        const shelf = indexOf(all);
        all.forEach((product) => {
          for (const { code } of product.barcodes) {
            const row = shelf.byBarcode(code);
            expect(all[row ?? -1]?.barcodes.map((each) => each.code)).toContain(code);
          }
        });
      }),
    );
  });
});

describe('categories and ids', () => {
  const packed: PackedCatalogue = pack([
    good(9, 'Соль'),
    good(2, 'Кефир', { category: 'Молочное' }),
    good(7, 'Батон', { category: 'Хлеб' }),
    good(4, 'Сыр', { category: 'Молочное' }),
  ]);

  test('a category is paged in order of popularity', () => {
    const index = new CatalogueIndex(packed);
    expect(index.category('Молочное', 0, 10)).toEqual([1, 3]);
    expect(index.category('Молочное', 1, 10)).toEqual([3]);
    expect(index.category(null, 0, 10)).toEqual([0]);
    expect(index.category('Рыба', 0, 10)).toEqual([]);
  });

  test('an id leads to its product in any order of the catalogue', () => {
    const ids = new IdColumn(packed);
    expect([9, 2, 7, 4, 5].map((n) => ids.rowOf(idOf(n)))).toEqual([0, 1, 2, 3, null]);
  });
});
