// The catalogue's columns return what was put in, and merging a list twice equals merging it once.
import { barcodeText, singly, splitBarcode } from '$lib/domain/goods/product';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  barcodeKey,
  categories,
  count,
  pack,
  productAt,
  standsFor,
  unpack,
  type PackedCatalogue,
} from '$lib/domain/goods/catalogue';
import { mergeRows } from '$lib/domain/goods/catalogue-merge';
import type { ListedBarcode } from '$lib/domain/goods/price-list';
import { money } from '$lib/domain/values/money';
import { quantity } from '$lib/domain/values/quantity';
import { idOf } from './fixtures';
import { anyGoods, anyRows, countingIds, good, listed, listedCode } from './goods';
import { cases } from '../support/cases';

describe('the packed catalogue', () => {
  test('returns every product as it was put in', () => {
    fc.assert(
      fc.property(anyGoods, (goods) => {
        const packed = pack(goods);
        expect(count(packed)).toBe(goods.length);
        expect(goods.map((_, row) => productAt(packed, row))).toEqual(goods);
      }),
    );
  });

  test('survives the structured clone between disk and worker', () => {
    fc.assert(
      fc.property(anyGoods, (goods) => {
        expect(unpack(structuredClone(pack(goods)))).toEqual(goods);
      }),
    );
  });

  test('has no row outside its range', () => {
    expect(() => productAt(pack([good(1, 'Хлеб')]), 1)).toThrow('no row 1');
  });

  test('counts goods by category in order of appearance, those without one last', () => {
    const packed = pack([
      good(1, 'Соль'),
      good(2, 'Кефир', { category: 'Молочное' }),
      good(3, 'Батон', { category: 'Хлеб' }),
      good(4, 'Сыр', { category: 'Молочное' }),
    ]);
    expect(categories(packed)).toEqual([
      { name: 'Молочное', count: 2 },
      { name: 'Хлеб', count: 1 },
      { name: null, count: 1 },
    ]);
  });

  test('a UPC and the EAN that adds a leading zero are one code; a short code stays as it is', () => {
    expect(barcodeKey('041322321473')).toBe(barcodeKey('0041322321473'));
    expect(barcodeKey('0012')).not.toBe(barcodeKey('12'));
  });
});

describe('merging a list', () => {
  test('merging the same list again changes nothing', () => {
    fc.assert(
      fc.property(anyRows, anyRows, (earlier, rows) => {
        const start = mergeRows(null, earlier, countingIds(1)).packed;
        const once = mergeRows(start, rows, countingIds(1000)).packed;
        const twice = mergeRows(once, rows, countingIds(2000));
        expect(unpack(twice.packed)).toEqual(unpack(once));
        expect({ added: twice.added, updated: twice.updated }).toEqual({ added: 0, updated: 0 });
      }),
      { numRuns: cases(2000) },
    );
  });

  test('no product is lost, moved or renumbered, and no barcode belongs to two products', () => {
    fc.assert(
      fc.property(anyRows, anyRows, (earlier, rows) => {
        const start = unpack(mergeRows(null, earlier, countingIds(1)).packed);
        const merged = mergeRows(pack(start), rows, countingIds(1000));
        const after = unpack(merged.packed);
        expect(after.slice(0, start.length).map(({ id }) => id)).toEqual(start.map(({ id }) => id));
        expect(after.length).toBe(start.length + merged.added);
        const codes = after.flatMap(({ barcodes }) => barcodes.map(({ code }) => code));
        expect(new Set(codes).size).toBe(codes.length);
        for (const row of rows) {
          for (const { code } of row.barcodes) expect(codes).toContain(code);
        }
      }),
      { numRuns: cases(500) },
    );
  });

  const merged = (packed: PackedCatalogue | null, ...rows: Parameters<typeof mergeRows>[1][]) =>
    mergeRows(packed, rows.flat(), countingIds(100));

  test('the barcode is matched before the SKU, the SKU before the name', () => {
    const start = pack([
      good(1, 'Сыр', { barcodes: [singly('4601')], sku: 'A' }),
      good(2, 'Сыр', { barcodes: [singly('4602')], sku: 'B' }),
      good(3, 'Сыр'),
    ]);
    const result = merged(start, [
      listed('Сыр', { price: money(1) }),
      listed('Сыр', { sku: 'B', price: money(2) }),
      listed('Сыр', { barcodes: [listedCode('4601')], sku: 'C', price: money(3) }),
    ]);
    expect(unpack(result.packed)).toEqual([
      good(1, 'Сыр', { barcodes: [singly('4601')], sku: 'C', price: money(3) }),
      good(2, 'Сыр', { barcodes: [singly('4602')], sku: 'B', price: money(2) }),
      good(3, 'Сыр', { price: money(1) }),
    ]);
  });

  test('two products with one name and different barcodes stay two', () => {
    const start = pack([good(1, 'Сыр', { barcodes: [singly('4601')] })]);
    const result = merged(start, [listed('Сыр', { barcodes: [listedCode('4602')] })]);
    expect(result).toMatchObject({ added: 1, updated: 0, unchanged: 0 });
  });

  test('a code keeps the quantity that it stands for until the list gives another one', () => {
    const six = { code: '4601', quantity: quantity(6000) };
    const start = pack([good(1, 'Сыр', { barcodes: [singly('77'), six] })]);
    const said = (...barcodes: ListedBarcode[]) => merged(start, [listed('Сыр', { barcodes })]);
    expect(said(listedCode('4601'))).toMatchObject({ updated: 0, unchanged: 1 });
    const twelve = { ...six, quantity: quantity(12_000) };
    const result = said(twelve, listedCode('4602'));
    expect(result).toMatchObject({ updated: 1 });
    expect(unpack(result.packed)[0]?.barcodes).toEqual([singly('77'), twelve, singly('4602')]);
    expect(said({ ...six, quantity: quantity(1000) })).toMatchObject({ updated: 1 });
  });

  test('a code stands for its number of pieces, with or without leading zeros', () => {
    const barcodes = [singly('77'), { code: '041322321473', quantity: 6000 }];
    expect(standsFor({ barcodes }, '0041322321473')).toBe(6000);
    expect(standsFor({ barcodes }, '77')).toBe(1000);
    expect(standsFor({ barcodes }, '78')).toBe(1000);
  });

  test('a barcode’s formatted text is parsed back to it', () => {
    for (const each of [singly('77'), { code: '4601', quantity: 6000 }])
      expect(splitBarcode(barcodeText(each))).toMatchObject({ code: each.code });
    expect(barcodeText({ code: '4601', quantity: 6000 })).toBe('6*4601');
  });

  test('products entered by hand get their barcode from the list', () => {
    const result = merged(pack([good(1, 'Сыр')]), [
      listed('Сыр', { barcodes: [listedCode('4601')] }),
    ]);
    expect(unpack(result.packed)).toEqual([good(1, 'Сыр', { barcodes: [singly('4601')] })]);
    expect(result).toMatchObject({ added: 0, updated: 1, unchanged: 0 });
  });

  test('values that a list leaves out stay, and only counted stock is replaced', () => {
    const start = pack([
      good(1, 'Сыр', { category: 'Молочное', unit: 'kilogram', stock: quantity(5000), sku: 'A' }),
      good(2, 'Соль', { stock: quantity(1000) }),
    ]);
    const result = merged(start, [
      listed('Сыр', { price: money(200) }),
      listed('Соль', { stock: quantity(3000) }),
    ]);
    expect(unpack(result.packed)).toEqual([
      good(1, 'Сыр', {
        category: 'Молочное',
        unit: 'kilogram',
        stock: quantity(5000),
        sku: 'A',
        price: money(200),
      }),
      good(2, 'Соль', { stock: quantity(3000) }),
    ]);
    expect(result.restocked).toEqual([idOf(2)]);
  });
});
