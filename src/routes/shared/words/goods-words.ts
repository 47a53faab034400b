// Words for goods: value added tax, and changes of products and categories; not loaded at the start.
import type { CategoryChange, FieldChange } from '$lib/contract/acts/goods';
import { barcodeText } from '$lib/domain/goods/product';
import { money } from '$lib/domain/values/money';
import { language, t } from '$lib/ui/text/current.svelte';
import { inMoney } from './money-words';
import type { ShopCategory } from '$lib/domain/shop-categories';
import { categoryName } from './category-words';
import type { VatRate } from '$lib/contract/acts/sale';
import { till } from '$lib/state/till.svelte';

/** The new value alone: `£7.77`. */
export function valueWords({ field, value }: FieldChange): string {
  const none = t().toSettle.noValue;
  if (value === null) return none;
  switch (field) {
    case 'price':
      return inMoney(money(value));
    case 'unit':
      return t().catalogue.form.unitNames[value];
    case 'stock':
    case 'usualMost':
      return String(value / 1000);
    case 'barcodes':
      return value.length === 0 ? none : value.map(barcodeText).join(', ');
    case 'names':
      return value[language.current] ?? none;
    case 'noDiscounts':
      return t().toSettle.offered[value ? 'no' : 'yes'];
    case 'marked':
      return t().toSettle.offered[value ? 'yes' : 'no'];
    case 'askAge':
      return t().toSettle.fromAge(value);
    case 'tax':
      return `${vatWords(value.vat)}, ${t().catalogue.form.subjects[value.subject]}`;
    default:
      return value;
  }
}

/** `price £7.77`. */
export const changeWords = (change: FieldChange): string =>
  `${t().toSettle.fields[change.field]} ${valueWords(change)}`;

/** The new value alone: `blue`. A change of position has none to show. */
function categoryValueWords(change: CategoryChange): string {
  const { offered } = t().toSettle;
  const { colours, ownColour } = t().catalogue.categoryList;
  switch (change.field) {
    case 'name':
      return change.value;
    case 'colour':
      return change.value === null ? ownColour : colours[change.value];
    case 'removed':
      return change.value ? offered.no : offered.yes;
    case 'order':
      return String(change.value);
  }
}

/** `Bread: name Buns`. */
export function categoryChangeWords(change: CategoryChange): string {
  const { categoryFields, moved } = t().toSettle;
  const first = categoryName({ category: change.category, name: null });
  return change.field === 'order'
    ? moved(first)
    : `${first}: ${categoryFields[change.field]} ${categoryValueWords(change)}`;
}

/** The overruled change and the current value: `Bread: name Buns, and now Pastry`. */
export function staleCategoryWords(now: ShopCategory, change: CategoryChange): string {
  const { categoryFields, field: words, moved } = t().toSettle;
  const name = categoryName(now);
  const { category, field } = change;
  if (field === 'order') return moved(name);
  const current: CategoryChange =
    field === 'name'
      ? { category, field, value: name }
      : field === 'colour'
        ? { category, field, value: now.colour }
        : { category, field, value: now.isRemoved };
  return words(
    name,
    categoryFields[field],
    categoryValueWords(change),
    categoryValueWords(current),
  );
}

export const VAT_RATES = ['none', '22', '20', '10', '7', '5', '0'] as const satisfies VatRate[];

/** `VAT 20 %`, `without VAT`; null: the shop's usual rate. */
export function vatWords(vat: VatRate | null): string {
  const words = t().common;
  if (vat === null)
    return t().catalogue.form.vatOfShop(vatWords(till.policy.current?.shop.vat ?? 'none'));
  return vat === 'none' ? words.withoutVat : words.vat(vat);
}
