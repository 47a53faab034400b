// The number of a receipt as it is shown and printed: `3-000123`.

/** Digits of the receipt's own number; a longer one is printed whole. */
const DIGITS = 6;

/** Unique in the shop. `till`: the number that the relay gave the till; null: not known here. */
export function printedNumber(till: number | null, number: number): string {
  return `${till ?? '?'}-${String(number).padStart(DIGITS, '0')}`;
}

export type ReceiptNumber = {
  /** Null: not typed. */
  readonly till: number | null;
  readonly number: number;
};

/** `3-000123`, or `123` of any till, as a person types it; null: something else. */
export function parseReceiptNumber(text: string): ReceiptNumber | null {
  const [, till, number] = /^\s*(?:([1-9]\d{0,8})\s*-\s*)?(\d{1,15})\s*$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0) return null;
  return { till: till === undefined ? null : Number(till), number: Number(number) };
}

/** Characters of the hash in a receipt's code: enough that nobody finds another entry with the same ones unnoticed. */
const CODE_HASH = 12;

/** What the QR code on a receipt holds: `3-000123-9F86D081884C`. Only what every scanner types in any layout. */
export const receiptCode = (printed: string, hash: string): string =>
  `${printed}-${hash.slice(0, CODE_HASH).toUpperCase()}`;

/** The number in a receipt's code, and the beginning of its entry's hash; null: it is none. */
export function readReceiptCode(
  text: string,
): (ReceiptNumber & { readonly hash: string; readonly printed: string }) | null {
  const [, printed, hash] = /^\s*([1-9]\d{0,8}-\d{1,15})-([0-9A-F]{12})\s*$/i.exec(text) ?? [];
  const number = printed === undefined ? null : parseReceiptNumber(printed);
  if (number === null || printed === undefined || hash === undefined) return null;
  return { ...number, printed, hash: hash.toLowerCase() };
}
