// Finds the goods that a scanned code stands for, by a catalogue barcode or a scale label.
import type { LabelMask } from '$lib/contract/label-mask';
import { standsFor } from '$lib/domain/goods/catalogue';
import { readLabel, type ScaleLabel } from '$lib/domain/goods/scale-label';
import { nameIn, parseBarcode, type Product } from '$lib/domain/goods/product';
import { amountOf, type LabelAmount } from '$lib/domain/receipt/label-amount';
import { money, type Money } from '$lib/domain/values/money';
import type { Quantity } from '$lib/domain/values/quantity';
import { till } from '$lib/state/till.svelte';
import { language, t } from '$lib/ui/text/current.svelte';
import { inMoney } from '../words/money-words';

type OfLabel = { readonly product: Product; readonly label: ScaleLabel };

export type ScannedGoods =
  /** `quantity`: the quantity that the code stands for. */
  | { readonly kind: 'product'; readonly product: Product; readonly quantity: Quantity }
  /** `quantity` null: the label has none. `unitPrice` null: the product's own price applies. */
  | ({
      readonly kind: 'label';
      readonly quantity: Quantity | null;
      readonly unitPrice: Money | null;
    } & OfLabel)
  | ({ readonly kind: Exclude<LabelAmount['kind'], 'amount' | 'asks'> } & OfLabel)
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

/** Looks a code up in the catalogue, then in the masks of the policy (or others). An exact catalogue barcode takes precedence. */
export async function scannedGoods(
  code: string,
  masks: readonly LabelMask[] = till.policy.current?.labelMasks ?? [],
): Promise<ScannedGoods> {
  const product = await till.catalogue.byBarcode(code);
  if (product !== null) return { kind: 'product', product, quantity: standsFor(product, code) };
  const read = readLabel(code, masks);
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
      return { ...amount, kind: 'label', product, label };
    case 'asks':
      return { kind: 'label', product, label, quantity: null, unitPrice: null };
    default:
      return { kind: amount.kind, product, label };
  }
}

/** Words for why nothing is added. */
export function noGoodsWords(found: NoGoods): string {
  const words = t().till;
  const name = 'product' in found ? nameOf(found.product) : '';
  switch (found.kind) {
    case 'other-unit':
      return words.label.otherUnit[found.label.value === 'pieces' ? 'pieces' : 'weight'](name);
    case 'no-price':
      return words.label.noPrice(name);
    case 'other-price': {
      const sum = inMoney(money(found.label.amount));
      return words.label.otherPrice(sum, name, inMoney(found.product.price));
    }
    case 'too-much':
      return words.label.tooMuch(name);
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
