// Parses the form of a product and saves what it changes.
import type { ProductTax, Unit } from '$lib/contract/acts/sale';
import { barcodeKey, pack } from '$lib/domain/goods/catalogue';
import { fieldChanges } from '$lib/domain/goods-changes';
import { goodsChanges } from '$lib/domain/goods-changes';
import { parseMoney } from '$lib/domain/values/money';
import { ONE, parseQuantity } from '$lib/domain/values/quantity';
import { parseStock } from '$lib/domain/goods/price-list';
import { nameIn, parseBarcode, splitBarcode, type Product } from '$lib/domain/goods/product';
import { categoryMeant, type ShopCategory } from '$lib/domain/shop-categories';
import { till } from '$lib/state/till.svelte';
import { language, t } from '$lib/ui/text/current.svelte';
import { v7 as newId } from 'uuid';
import { cleanLine } from '../shared/form/typed-name';

/**
 * The input of the form. `barcodes`: one per line, `6*4600000000017` for six at once. `stock`: the counted quantity; empty: not
 * counted; null: unchanged.
 */
export type ProductText = {
  readonly name: string;
  readonly price: string;
  readonly barcodes: string;
  readonly sku: string;
  readonly category: string;
  readonly unit: Unit;
  readonly noDiscounts: boolean;
  readonly tax: ProductTax;
  readonly askAge: number | null;
  readonly marked: boolean;
  readonly usualMost: string;
  readonly stock: string | null;
};

export type ProductErrors = Readonly<
  Record<'name' | 'price' | 'barcodes' | 'sku' | 'category' | 'stock' | 'usualMost', string | null>
>;
export const NO_ERRORS: ProductErrors = {
  name: null,
  price: null,
  barcodes: null,
  sku: null,
  category: null,
  stock: null,
  usualMost: null,
};

type Read =
  | { readonly kind: 'product'; readonly product: Product; readonly isCounted: boolean }
  | { readonly kind: 'wrong'; readonly errors: ProductErrors };

const MOST_SHORT = 100;

/** Parses the form, or says which field is wrong and how. `held`: the product before; null: a new one. */
export async function readProduct(text: ProductText, held: Product | null): Promise<Read> {
  const [words, { form }] = [t().errors, t().catalogue];
  const currency = till.policy.current?.shop.currency;
  const name = cleanLine(text.name);
  const price = currency ? parseMoney(text.price, currency) : null;
  const [sku, category] = [cleanLine(text.sku), cleanLine(text.category)];
  const codes = new Map(
    text.barcodes
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(splitBarcode)
      .map(({ code, quantity }) => [code, { code, quantity: quantity ?? ONE }]),
  );
  const stockText = (text.stock ?? '').trim();
  const stock = stockText === '' ? null : parseStock(stockText);
  const usualMost = text.unit === 'piece' ? null : parseQuantity(text.usualMost, text.unit);
  const errors: ProductErrors = {
    name: name === '' ? words.fieldEmpty : name.length > 300 ? words.nameTooLong(300) : null,
    price: price === null || price < 0 ? words.amountWrong : null,
    barcodes: await wrongBarcode([...codes.keys()], held),
    sku: sku.length > MOST_SHORT ? form.tooLong : null,
    category: category.length > MOST_SHORT ? form.tooLong : null,
    stock: stockText !== '' && stock === null ? form.stockWrong : null,
    usualMost:
      text.unit !== 'piece' && text.usualMost.trim() !== '' && usualMost === null
        ? form.usualMostWrong
        : null,
  };
  if (price === null || Object.values(errors).some((error) => error !== null))
    return { kind: 'wrong', errors };
  const isNamed = held === null || nameIn(held, language.current) !== name;
  const product: Product = {
    id: held?.id ?? newId(),
    name: isNamed ? name : held.name,
    // names by language are translations of the old name, so a new name replaces them
    names: isNamed ? { ru: null, en: null } : held.names,
    sku: sku === '' ? null : sku,
    barcodes: [...codes.values()],
    noDiscounts: text.noDiscounts,
    tax: text.tax,
    askAge: text.askAge,
    marked: text.marked && text.unit === 'piece',
    price,
    unit: text.unit,
    usualMost,
    category: categoryIn(category, held),
    stock: text.stock === null ? (held?.stock ?? null) : stock,
  };
  return { kind: 'product', product, isCounted: text.stock !== null };
}

/** The category with the typed name. A product of a removed category keeps it if nothing is typed. */
function categoryIn(typed: string, held: Product | null): string | null {
  const { catalogue } = till;
  const before = held?.category ?? null;
  if (typed === '') return catalogue.categoryOf(before) === null ? before : null;
  return categoryMeant(typed, catalogue.categoryNames);
}

async function wrongBarcode(
  codes: readonly string[],
  held: Product | null,
): Promise<string | null> {
  const { form } = t().catalogue;
  const known = new Set(held?.barcodes.map(({ code }) => barcodeKey(code)));
  for (const code of codes) {
    if (known.has(barcodeKey(code))) continue;
    if (parseBarcode(code) === null) return form.barcodeWrong(code);
    const owner = await till.catalogue.byBarcode(code);
    if (owner !== null && owner.id !== held?.id)
      return form.barcodeTaken(code, nameIn(owner, language.current));
  }
  return null;
}

/**
 * Saves the form's changes relative to the product as it was opened. Returns null if saved, otherwise the reason in words. A
 * field that another till has changed meanwhile is not overwritten without asking. Throws StorageError.
 */
export async function saveProduct(
  product: Product,
  held: Product | null,
  isCounted: boolean,
): Promise<string | null> {
  const { catalogue, signIn } = till;
  const { operator } = signIn;
  if (operator === null) return t().catalogue.form.mayNotEdit;
  const before = held === null ? pack([]) : pack([held]);
  const changes = goodsChanges(before, [product], new Set(isCounted ? [product.id] : []));
  const [now] = held === null ? [] : await catalogue.get([held.id]);
  const changed = new Set(changes.changed.map(({ field }) => field));
  if (held && now && fieldChanges(held, now).some(({ field }) => changed.has(field)))
    return t().catalogue.form.changedMeanwhile;
  const { category } = product;
  if (
    category !== (held?.category ?? null) &&
    catalogue.allCategories.some(isRemovedOne(category))
  ) {
    // a person who types the name of a removed category means to restore it
    const back = [{ category: category ?? '', field: 'removed', value: false }] as const;
    await catalogue.changeCategories({ changed: back, operator: operator.id, at: till.now() });
  }
  const outcome = await catalogue.change({
    source: 'edit',
    file: null,
    refused: 0,
    changes,
    operator: operator.id,
    at: till.now(),
  });
  if (outcome.kind === 'saved') return null;
  return outcome.because.kind === 'policy-refused'
    ? `${t().errors.policyRefused} (${t().errors.policyBecause[outcome.because.because]})`
    : t().catalogue.form.mayNotEdit;
}

const isRemovedOne =
  (name: string | null) =>
  ({ category, isRemoved }: ShopCategory): boolean =>
    isRemoved && category === name;
