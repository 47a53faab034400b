// Words for a changed field of a product.
import type { FieldChange } from '$lib/contract/acts/goods';
import { barcodeText } from '$lib/domain/goods/product';
import { money } from '$lib/domain/values/money';
import { language, t } from '$lib/ui/text/current.svelte';
import { inMoney } from './money-words';
import { vatWords } from './vat-words';

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
