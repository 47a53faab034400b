// The number of a receipt as it is shown and printed: `3-000123`.

/** Digits of the receipt's own number; a longer one is printed whole. */
const DIGITS = 6;

/** Unique in the shop. `till`: the number that the relay gave the till; null: not known here. */
export function printedNumber(till: number | null, number: number): string {
  return `${till ?? '?'}-${String(number).padStart(DIGITS, '0')}`;
}
