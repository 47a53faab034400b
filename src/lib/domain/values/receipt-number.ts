// The number of a receipt as it is shown and printed: `3-000123`.

/** Digits of the receipt's own number; a longer one is printed whole. */
const DIGITS = 6;

/**
 * The number as printed, unique in the shop. `till`: the number that the relay gave the till; null: not known here, and left
 * out, as in a receipt number that is typed.
 */
export function printedNumber(till: number | null, number: number): string {
  const own = String(number).padStart(DIGITS, '0');
  return till === null ? own : `${till}-${own}`;
}

export type ReceiptNumber = {
  /** Null: not typed. */
  readonly till: number | null;
  readonly number: number;
};

/** Parses a typed receipt number: `3-000123`, or `123` of any till. Null: it is no receipt number. */
export function parseReceiptNumber(text: string): ReceiptNumber | null {
  const [, till, number] = /^\s*(?:([1-9]\d{0,8})\s*-\s*)?(\d{1,15})\s*$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0) return null;
  return { till: till === undefined ? null : Number(till), number: Number(number) };
}

/** Characters of the hash in a receipt's code: 48 bits are enough to check that an entry is the printed one. */
const CODE_HASH = 12;

/** The text in a receipt's QR code, `3-000123-9F86D081884C`: only characters that every scanner types correctly. */
export const receiptCode = (printed: string, hash: string): string =>
  `${printed}-${hash.slice(0, CODE_HASH).toUpperCase()}`;

/** The number in a receipt's code, and the beginning of its entry's hash; null: the text is no receipt code. */
export function readReceiptCode(
  text: string,
): (ReceiptNumber & { readonly hash: string; readonly printed: string }) | null {
  const [, printed, hash] = /^\s*([1-9]\d{0,8}-\d{1,15})-([0-9A-F]{12})\s*$/i.exec(text) ?? [];
  const number = printed === undefined ? null : parseReceiptNumber(printed);
  if (number === null || printed === undefined || hash === undefined) return null;
  return { ...number, printed, hash: hash.toLowerCase() };
}
