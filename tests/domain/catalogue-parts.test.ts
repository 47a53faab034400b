// The catalogue, assembled from added products and later changes of their fields.
import { anyTax, standsForAny } from './goods';
import type { FieldChange } from '$lib/contract/acts/goods';
import { pack, unpack } from '$lib/domain/goods/catalogue';
import { changed, joined, patched } from '$lib/domain/goods/catalogue-parts';
import { fieldChanges } from '$lib/domain/goods-changes';
import { money } from '$lib/domain/values/money';
import type { Product } from '$lib/domain/goods/product';
import { quantity } from '$lib/domain/values/quantity';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const text = fc
  .string({ minLength: 1, maxLength: 6, unit: 'grapheme' })
  .filter((s) => !/[\r\n\t]/.test(s));
const maybe = fc.option(text, { nil: null });
const fields = fc.record({
  name: text,
  names: fc.record({ ru: maybe, en: maybe }),
  sku: maybe,
  barcodes: fc.array(fc.record({ code: text, quantity: standsForAny }), { maxLength: 3 }),
  price: fc.nat(9_999).map(money),
  noDiscounts: fc.boolean(),
  askAge: fc.option(fc.integer({ min: 1, max: 99 }), { nil: null }),
  marked: fc.boolean(),
  usualMost: fc.option(fc.integer({ min: 1, max: 99_999_999 }).map(quantity), { nil: null }),
  tax: anyTax,
  unit: fc.constantFrom('piece', 'kilogram', 'litre', 'metre'),
  category: maybe,
  stock: fc.option(fc.integer({ min: -5_000, max: 5_000 }).map(quantity), { nil: null }),
});
const products = (max: number) =>
  fc
    .uniqueArray(fc.tuple(fc.nat(30), fields), { maxLength: max, selector: ([n]) => n })
    .map((all): Product[] => all.map(([n, rest]) => ({ id: idOf(n), ...rest })));

test('joined parts contain every product once; of equal ids the first counts', () => {
  fc.assert(
    fc.property(fc.array(products(12), { maxLength: 4 }), (parts) => {
      const expected = new Map<string, Product>();
      for (const each of parts.flat()) if (!expected.has(each.id)) expected.set(each.id, each);
      expect(unpack(joined(parts.map(pack)))).toEqual([...expected.values()]);
    }),
  );
});

test('a patched catalogue has the changed products in their old places', () => {
  fc.assert(
    fc.property(products(12), fc.array(fields, { maxLength: 12 }), (before, values) => {
      const after = before.map((product, at) => ({ ...product, ...values[at] }));
      const edits = new Map(
        before.flatMap((product, at): [string, FieldChange[]][] => {
          const changes = fieldChanges(product, after[at]!);
          return changes.length === 0 ? [] : [[product.id, changes]];
        }),
      );
      expect(unpack(patched(pack(before), edits))).toEqual(after);
      for (const [at, product] of before.entries())
        expect(changed(product, edits.get(product.id) ?? [])).toEqual(after[at]);
    }),
  );
});

test('edits of products that the catalogue does not have change nothing', () => {
  const packed = pack([]);
  const edits = new Map([[idOf(1), [{ product: idOf(1), field: 'price', value: 1 } as const]]]);
  expect(patched(packed, edits)).toBe(packed);
});
