// Writes tables as CSV files for spreadsheets.
// UTF-8 with a byte order mark, semicolons, decimals in the screen language.
import Papa from 'papaparse';
import { decimalText, type Money } from '$lib/domain/values/money';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';

export function csvFile(rows: readonly (readonly string[])[]): Blob {
  const text = Papa.unparse(rows as string[][], { delimiter: ';', newline: '\r\n' });
  return new Blob(['\uFEFF', text, '\r\n'], { type: 'text/csv;charset=utf-8' });
}

/** An amount of the shop's currency, which a spreadsheet reads as a number. */
export function csvAmount(amount: Money): string {
  const currency = till.policy.current?.shop.currency;
  return currency === undefined
    ? String(amount)
    : decimalText(amount, currency).replace('.', t().common.decimalMark);
}

/** `2026-11-28 09:30`, by the device's time zone. */
export function csvMoment(at: number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/**
 * Text that a spreadsheet would read as a formula, even after spaces, control or zero-width characters, or in full-width form.
 */
const FORMULA = /^[\s\p{C}]*[=+\-@＝＋－＠]/u;

/** Quotes text that somebody typed, so that a spreadsheet does not read it as a formula. */
export const csvWords = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
