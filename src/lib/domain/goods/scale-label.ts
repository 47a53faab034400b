// Scale labels: the article and the value that a scale prints into a barcode.
import type { LabelMask, LabelPrefix, LabelValue } from '$lib/contract/label-mask';
import { checkDigit, isValidEan } from './product';

/** `article`: digits as they are printed; `amount`: grams, pieces, or minor units. `code`: all its 13 digits. */
export type ScaleLabel = {
  readonly code: string;
  readonly article: string;
  readonly value: LabelValue;
  readonly amount: number;
};

export type LabelRead =
  /** No mask applies: it is an ordinary code. */
  | { readonly kind: 'none' }
  /** The label's own check digit is wrong. */
  | { readonly kind: 'misread' }
  | { readonly kind: 'label'; readonly label: ScaleLabel };

/** Reads a scanned code by the masks of the shop. A code whose own check digit is wrong counts as an ordinary code. */
export function readLabel(scanned: string, masks: readonly LabelMask[]): LabelRead {
  const bare = scanned.trim();
  // an EAN-13 that begins with zero is a UPC-A, which some scanners type without that zero
  const code = /^\d{12}$/.test(bare) ? `0${bare}` : bare;
  if (!/^\d{13}$/.test(code) || !isValidEan(code)) return { kind: 'none' };
  const mask = masks.find(({ prefixes }) => prefixes.some((each) => code.startsWith(each)));
  if (mask === undefined) return { kind: 'none' };
  const part = (letter: string) =>
    [...code.slice(2, 12)].filter((_, place) => mask.layout[place] === letter).join('');
  const head = mask.articleHasPrefix ? code.slice(0, 2) : '';
  const [article, value, check] = [head + part('A'), part('V'), part('C')];
  if (check !== '' && check !== valueCheckDigit(value)) return { kind: 'misread' };
  return { kind: 'label', label: { code, article, value: mask.value, amount: Number(value) } };
}

/**
 * The code that a scale prints; unused digits are zeros. Null: the article or the amount has more digits than the mask, or the
 * article must begin with the prefix and does not.
 */
export function labelCode(
  { layout, articleHasPrefix }: LabelMask,
  prefix: LabelPrefix,
  of: { readonly article: string; readonly amount: number },
): string | null {
  const lengthOf = (letter: string) => layout.split(letter).length - 1;
  const head = articleHasPrefix ? prefix : '';
  const article = of.article.padStart(head.length + lengthOf('A'), '0');
  const value = String(of.amount).padStart(lengthOf('V'), '0');
  if (!article.startsWith(head) || article.length > head.length + lengthOf('A')) return null;
  if (value.length > lengthOf('V')) return null;
  const digits = layout
    .replace(/A+/, article.slice(head.length))
    .replace(/V+/, value)
    .replace('C', valueCheckDigit(value))
    .replaceAll('X', '0');
  const code = prefix + digits;
  return code + String(checkDigit(code));
}

/** Weighted products, indexed by digit (GS1 General Specifications, 7.9.2). */
const TWO_MINUS = '0246891357';
const THREE = '0369258147';
const FIVE_PLUS = '0516273849';
const FIVE_MINUS = '0594837261';

/** The check digit of four or five digits of price or weight (GS1 General Specifications, 7.9.3 and 7.9.4); empty for others. */
function valueCheckDigit(value: string): string {
  const sum = (weights: readonly string[]) =>
    weights.reduce((all, products, place) => all + Number(products[Number(value[place])]), 0);
  if (value.length === 4) return String((sum([TWO_MINUS, TWO_MINUS, THREE, FIVE_MINUS]) * 3) % 10);
  if (value.length !== 5) return '';
  const rest = 10 - (sum([FIVE_PLUS, TWO_MINUS, FIVE_MINUS, FIVE_PLUS, TWO_MINUS]) % 10);
  return String(FIVE_MINUS.indexOf(String(rest % 10)));
}

/** The most digits of an article: a prefix and nine digits; longer SKUs are not articles. */
const LONGEST_ARTICLE = 11;

/** All spellings of an article: scales pad it with zeros, and price lists leave them out. */
export function articleSpellings(article: string): readonly string[] {
  const bare = article.replace(/^0+(?=\d)/, '');
  return Array.from({ length: Math.max(0, LONGEST_ARTICLE - bare.length + 1) }, (_, zeros) =>
    bare.padStart(bare.length + zeros, '0'),
  );
}
