// Writes amounts in the shop's currency and the screen language.
import type { Currency } from '$lib/contract/values';
import { formatAmount, formatMoney, money, type Money } from '$lib/domain/values/money';
import { till } from '$lib/state/till.svelte';
import { localeOf } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

type Format = typeof formatMoney;

function written(amount: Money, format: Format): string {
  const currency = till.policy.current?.shop.currency;
  return currency ? format(amount, currency, localeOf(language.current)) : '';
}

/** `1 234,56 ₽`; empty before the shop's policy is loaded. */
export const inMoney = (amount: Money): string => written(amount, formatMoney);

/** The amount without the currency sign: `1 234,56`. */
export const inAmount = (amount: Money): string => written(amount, formatAmount);

/** The amount with its sign but without the currency: `−0,20`. For amounts that are added or deducted. */
export const inSigned = (amount: Money): string =>
  `${amount < 0 ? '−' : '+'}${inAmount(money(Math.abs(amount)))}`;

/** A banknote, without the currency, and without decimals if it has none. */
export const inNotes = (note: Money, currency: Currency): string =>
  new Intl.NumberFormat(localeOf(language.current), {
    maximumFractionDigits: currency.digits,
  }).format(note / 10 ** currency.digits);

/** A sum while it is being typed, with a comma: groups thousands and adds no decimals. */
export function inTyping(text: string): string {
  const [whole = '', ...decimals] = text.split(',');
  const grouped = new Intl.NumberFormat(localeOf(language.current)).format(
    BigInt(whole === '' ? '0' : whole),
  );
  return [grouped, ...decimals].join(t().common.decimalMark);
}
