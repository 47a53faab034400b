// Writes amounts in the shop's currency and the screen language.
import { formatAmount, formatMoney, type Money } from '$lib/domain/money';
import { till } from '$lib/state/till.svelte';
import { localeOf } from '$lib/ui/format';
import { language } from '$lib/ui/text/current.svelte';

type Format = typeof formatMoney;

function written(amount: Money, format: Format): string {
  const currency = till.policy.current?.shop.currency;
  return currency ? format(amount, currency, localeOf(language.current)) : '';
}

/** `1 234,56 ₽`; empty before the shop's policy is loaded. */
export const inMoney = (amount: Money): string => written(amount, formatMoney);

/** The same without the currency sign: `1 234,56`. */
export const inAmount = (amount: Money): string => written(amount, formatAmount);
