// Scale labels: what a mask reads from a code; a misread digit is never sold.
import { singly } from '$lib/domain/goods/product';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LABEL_PREFIXES, labelMask, labelMasks, type LabelMask } from '$lib/contract/label-mask';
import { pack } from '$lib/domain/goods/catalogue';
import type { Product } from '$lib/domain/goods/product';
import { labelCode, readLabel } from '$lib/domain/goods/scale-label';
import { CatalogueIndex } from '$lib/search/catalogue-index';
import { cases } from '../support/cases';
import { WEIGHT_LABELS } from '../support/scale-label';
import { POLICY } from './fixtures';
import { good } from './goods';

/** Masks of any layout that a policy may have. */
const anyMask: fc.Arbitrary<LabelMask> = fc
  .record({
    value: fc.constantFrom('weight' as const, 'pieces' as const, 'price' as const),
    article: fc.integer({ min: 1, max: 9 }),
    worth: fc.integer({ min: 1, max: 6 }),
    checks: fc.boolean(),
    articleHasPrefix: fc.boolean(),
    prefixes: fc.subarray([...LABEL_PREFIXES], { minLength: 1 }),
    order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
  })
  .map(({ value, article, worth, checks, articleHasPrefix, prefixes, order }): LabelMask => {
    const hasCheck = checks && (worth === 4 || worth === 5);
    const parts = ['A'.repeat(article), 'V'.repeat(worth), hasCheck ? 'C' : '', ''];
    parts[3] = 'X'.repeat(Math.max(0, 10 - parts.join('').length));
    const layout = order.map((part) => parts[part]).join('');
    return { prefixes, value, layout, articleHasPrefix };
  })
  .filter((mask) => labelMask.safeParse(mask).success);

/** A mask, and a label that a scale prints for it. */
const anyLabel = anyMask.chain((mask) => {
  const digits = (letter: string) => 10 ** (mask.layout.split(letter).length - 1) - 1;
  return fc
    .record({
      prefix: fc.constantFrom(...mask.prefixes),
      number: fc.integer({ min: 0, max: digits('A') }),
      amount: fc.integer({ min: 0, max: digits('V') }),
    })
    .map(({ prefix, number, amount }) => {
      const printed = String(number).padStart(mask.layout.split('A').length - 1, '0');
      const article = mask.articleHasPrefix ? prefix + printed : printed;
      return { mask, prefix, article, amount };
    });
});

describe('a label', () => {
  test('made of article and weight is read back by any mask', () => {
    fc.assert(
      fc.property(anyLabel, ({ mask, prefix, article, amount }) => {
        const code = labelCode(mask, prefix, { article, amount }) ?? '';
        expect(readLabel(code, [mask])).toEqual({
          kind: 'label',
          label: { code, article, value: mask.value, amount },
        });
      }),
      { numRuns: cases(1000) },
    );
  });

  test('with any one digit changed it is read by no mask', () => {
    fc.assert(
      fc.property(
        anyLabel,
        fc.nat({ max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        ({ mask, prefix, article, amount }, place, by) => {
          const code = labelCode(mask, prefix, { article, amount }) ?? '';
          const digit = (Number(code[place]) + by) % 10;
          const misread = code.slice(0, place) + String(digit) + code.slice(place + 1);
          const everywhere = [{ ...mask, prefixes: [...LABEL_PREFIXES] }];
          expect(readLabel(misread, everywhere).kind).toBe('none');
        },
      ),
      { numRuns: cases(1000) },
    );
  });

  test('with a wrong check digit of its value is misread', () => {
    const mask: LabelMask = {
      prefixes: ['28'],
      value: 'weight',
      layout: 'AAAACVVVVV',
      articleHasPrefix: false,
    };
    // GS1 General Specifications: 14685 has the check digit 6, the four digits 2875 have 9
    const right = labelCode(mask, '28', { article: '0007', amount: 14_685 });
    expect(right).toMatch(/^280007614685\d$/);
    const four: LabelMask = { ...mask, layout: 'AAAAACVVVV' };
    expect(labelCode(four, '28', { article: '7', amount: 2875 })).toMatch(/^280000792875\d$/);
    for (const [wrong, by] of [
      ['2800075146854', mask],
      ['2800075146850', mask],
    ] as const) {
      const digits = wrong.slice(0, 12);
      const valid = [...'0123456789'].map((check) => digits + check);
      const read = valid.map((code) => readLabel(code, [by]).kind);
      expect(read.filter((kind) => kind !== 'none')).toEqual(['misread']);
    }
  });

  test('has the article with its first two digits if the mask says so', () => {
    const mask: LabelMask = { ...WEIGHT_LABELS, articleHasPrefix: true };
    const made = (article: string) => labelCode(mask, '21', { article, amount: 412 });
    expect(made('2100123')).toMatch(/^210012300412\d$/);
    expect(readLabel(made('2100123') ?? '', [mask])).toMatchObject({
      label: { article: '2100123', amount: 412 },
    });
    // articles without these two digits, of another prefix, and with fewer or more digits after it
    for (const article of ['00123', '2200123', '21123', '21000123'])
      expect(made(article)).toBe(null);
    // price lists leave the zero of prefix 02 out
    const zero: LabelMask = { ...mask, prefixes: ['02'] };
    expect(labelCode(zero, '02', { article: '200123', amount: 412 })).toMatch(/^020012300412\d$/);
  });

  test('is read the same if the scanner leaves out the leading zero', () => {
    const mask: LabelMask = { ...WEIGHT_LABELS, prefixes: ['02'] };
    const code = labelCode(mask, '02', { article: '00123', amount: 1250 }) ?? '';
    expect(readLabel(code.slice(1), [mask])).toEqual(readLabel(code, [mask]));
    expect(readLabel(code, [mask])).toMatchObject({ kind: 'label', label: { code } });
  });

  test('with prefix 20 to 22 is a weight by the first policy; all other codes are ordinary', () => {
    const read = (prefix: string) =>
      LABEL_PREFIXES.filter((each) => each === prefix).map((each) =>
        readLabel(
          labelCode(WEIGHT_LABELS, each, { article: '123', amount: 412 }) ?? '',
          POLICY.labelMasks,
        ),
      );
    expect(read('21')).toMatchObject([
      { kind: 'label', label: { article: '00123', value: 'weight', amount: 412 } },
    ]);
    for (const each of ['02', '23', '29']) expect(read(each)).toEqual([{ kind: 'none' }]);
    expect(readLabel('4600000001015', POLICY.labelMasks)).toEqual({ kind: 'none' });
    expect(readLabel('200123', POLICY.labelMasks)).toEqual({ kind: 'none' });
  });
});

describe('a mask', () => {
  test.each([
    ['without an article', 'VVVVVXXXXX'],
    ['without a value', 'AAAAAXXXXX'],
    ['too short', 'AAAAVVVVV'],
    ['in parts', 'AAVVVVVAAA'],
    ['with a value in parts', 'VVAAAAAVVV'],
    ['with seven digits of value', 'AAAVVVVVVV'],
    ['with two check digits', 'AAACVVVVVC'],
    ['with a check digit of three digits', 'AAAAAACVVV'],
    ['of other letters', 'AAAAAPPPPP'],
  ])('%s is none', (_, layout) => {
    expect(labelMask.safeParse({ ...WEIGHT_LABELS, layout }).success).toBe(false);
  });

  test('must not share a prefix with another one', () => {
    const other: LabelMask = { ...WEIGHT_LABELS, prefixes: ['23', '22'] };
    expect(labelMasks.safeParse([WEIGHT_LABELS, other]).success).toBe(false);
    expect(labelMasks.safeParse([WEIGHT_LABELS, { ...other, prefixes: ['23'] }]).success).toBe(
      true,
    );
    expect(labelMasks.safeParse([{ ...WEIGHT_LABELS, prefixes: ['20', '20'] }]).success).toBe(
      false,
    );
  });
});

describe('an article', () => {
  const byArticle = (article: string, ...goods: Product[]) =>
    new CatalogueIndex(pack(goods)).byArticle(article);
  const apples = good(1, 'Яблоки', { sku: '123' });

  test('is the SKU of a product, with or without leading zeros', () => {
    expect(byArticle('00123', apples)).toEqual([0]);
    expect(byArticle('123', good(1, 'Яблоки', { sku: '00123' }))).toEqual([0]);
    expect(byArticle('00123', good(1, 'Груши', { sku: '1230' }))).toEqual([]);
    expect(byArticle('00000', apples)).toEqual([]);
  });

  test('with a prefix and nine digits is found with all of them, or without a leading zero', () => {
    const longest = good(1, 'Яблоки', { sku: '21000000123' });
    expect(byArticle('21000000123', longest)).toEqual([0]);
    expect(byArticle('02000000123', good(1, 'Яблоки', { sku: '2000000123' }))).toEqual([0]);
    expect(byArticle('2000000123', good(1, 'Яблоки', { sku: '02000000123' }))).toEqual([0]);
  });

  test('is otherwise a barcode of the shop', () => {
    expect(byArticle('00123', good(1, 'Груши', { barcodes: [singly('0123')] }))).toEqual([0]);
    expect(byArticle('00123', good(1, 'Груши', { barcodes: [singly('0123')] }), apples)).toEqual([
      1,
    ]);
  });

  test('that several products have leads to all of them', () => {
    expect(byArticle('00123', apples, good(2, 'Груши', { sku: '0123' }))).toEqual([0, 1]);
  });
});
