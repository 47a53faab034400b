// The goods that a scanned code means: by a barcode of the catalogue, or by a scale's label.
import { standsFor } from '$lib/domain/goods/catalogue';
import { amountOf, readLabel, type ScaleLabel } from '$lib/domain/goods/scale-label';
import { nameIn, parseBarcode, type Product } from '$lib/domain/goods/product';
import type { Quantity } from '$lib/domain/values/quantity';
import { till } from '$lib/state/till.svelte';
import { language, t } from '$lib/ui/text/current.svelte';

type OfLabel = { readonly product: Product; readonly label: ScaleLabel };

export type ScannedGoods =
  /** `quantity`: how much the code stands for. */
  | { readonly kind: 'product'; readonly product: Product; readonly quantity: Quantity }
  /** `quantity` null: the label does not say how much it is. */
  | ({ readonly kind: 'label'; readonly quantity: Quantity | null } & OfLabel)
  | ({ readonly kind: 'other-unit' | 'too-much' } & OfLabel)
  | { readonly kind: 'no-article'; readonly article: string }
  | {
      readonly kind: 'several';
      readonly article: string;
      readonly products: readonly Product[];
    }
  /** A check digit is wrong. */
  | { readonly kind: 'misread'; readonly code: string }
  | { readonly kind: 'unknown'; readonly code: string };

export type NoGoods = Exclude<ScannedGoods, { kind: 'product' | 'label' }>;

/** What a code means by the catalogue and the shop's masks; a whole code of the catalogue beats every mask. */
export async function scannedGoods(code: string): Promise<ScannedGoods> {
  const product = await till.catalogue.byBarcode(code);
  if (product !== null) return { kind: 'product', product, quantity: standsFor(product, code) };
  const read = readLabel(code, till.policy.current?.labelMasks ?? []);
  if (read.kind === 'label') return goodsOfLabel(read.label);
  const isMisread = read.kind === 'misread' || (/^\d+$/.test(code) && parseBarcode(code) === null);
  return { kind: isMisread ? 'misread' : 'unknown', code };
}

async function goodsOfLabel(label: ScaleLabel): Promise<ScannedGoods> {
  const { article } = label;
  const products = await till.catalogue.byArticle(article);
  const [product] = products;
  if (product === undefined) return { kind: 'no-article', article };
  if (products.length > 1) return { kind: 'several', article, products };
  const amount = amountOf(label, product);
  switch (amount.kind) {
    case 'amount':
      return { kind: 'label', product, label, quantity: amount.quantity };
    case 'asks':
      return { kind: 'label', product, label, quantity: null };
    default:
      return { kind: amount.kind, product, label };
  }
}

/** Why nothing is added. */
export function noGoodsWords(found: NoGoods): string {
  const words = t().till;
  switch (found.kind) {
    case 'other-unit':
      return words.label.otherUnit[found.label.value](nameOf(found.product));
    case 'too-much':
      return words.label.tooMuch(nameOf(found.product));
    case 'no-article':
      return words.label.noArticle(found.article);
    case 'several':
      return words.label.several(found.article, found.products.map(nameOf).join(', '));
    case 'misread':
      return words.barcodeWrong(found.code);
    case 'unknown':
      return words.barcodeNotFound(found.code);
  }
}

const nameOf = (product: Product): string => nameIn(product, language.current);
