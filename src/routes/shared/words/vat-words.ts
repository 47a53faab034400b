// Words for rates of value added tax.
import type { VatRate } from '$lib/contract/acts/sale';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';

export const VAT_RATES = ['none', '22', '20', '10', '7', '5', '0'] as const satisfies VatRate[];

/** `VAT 20 %`, `without VAT`; null: the shop's usual rate. */
export function vatWords(vat: VatRate | null): string {
  const words = t().common;
  if (vat === null)
    return t().catalogue.form.vatOfShop(vatWords(till.policy.current?.shop.vat ?? 'none'));
  return vat === 'none' ? words.withoutVat : words.vat(vat);
}
