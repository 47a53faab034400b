// Folding of text for the search: different spellings of one word become equal, nothing else does.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldText, otherLayout } from '$lib/domain/values/search-text';

describe('folding', () => {
  test.each([
    ['case and ё', 'ЩЁТКА Зубная', 'щетка зубная'],
    ['й is a letter of its own, however typed', 'Йогурт и\u0306', 'йогурт й'],
    ['accents of Latin letters', 'Crème Brûlée Žemaitija Øl', 'creme brulee zemaitija ol'],
    ['a stress mark', 'за\u0301мок', 'замок'],
    ['quotes, dashes and brackets', '«Сок» "J-7" (яблоко)', 'сок j 7 яблоко'],
    ['decimal comma and point', 'Молоко 2,5% 0.9л, т.е.', 'молоко 2.5 0.9л т е'],
    ['soft hyphens and joiners', 'со\u00adль', 'соль'],
    ['other scripts as they are', '緑茶 ชา 가나 ガム हिन्दी שָׁלוֹם', '緑茶 ชา 가나 ガム हिन्दी שלום'],
    ['emoji', 'Торт 🎂', 'торт 🎂'],
    ['nothing', ' —«» ', ''],
  ])('%s', (_, text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  test('folding again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite' }), (text) => {
        const folded = foldText(text);
        expect(foldText(folded)).toBe(folded);
      }),
    );
  });
});

describe('the other keyboard layout', () => {
  test.each([
    ['vjkjrj', 'молоко'],
    ['kt,tlm', 'лебедь'],
    ['ьшдл', 'milk'],
  ])('%s was meant as %s', (typed, meant) => {
    expect(otherLayout(typed)).toBe(meant);
  });

  test('digits are the same in every layout', () => {
    expect(otherLayout('4607 12')).toBeNull();
  });
});
