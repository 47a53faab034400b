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

/** A paper as it was first given, or a copy of it, which anybody at the till could print. */
export type Edition = 'original' | 'copy';

/** Ends the code of a copy. */
const COPY = '-C';

/** The beginning of an entry's hash as a receipt's code has it. */
export const codeHash = (hash: string): string => hash.slice(0, CODE_HASH);

/**
 * The text in a receipt's QR code, `3-000123-9F86D081884C`, and `…-C` on a copy: only characters that every scanner types
 * correctly.
 */
export const receiptCode = (printed: string, hash: string, edition: Edition = 'original'): string =>
  `${printed}-${codeHash(hash).toUpperCase()}${edition === 'copy' ? COPY : ''}`;

/** A receipt's code as it was read. `hash`: the beginning of its entry's hash. */
export type ReceiptCode = ReceiptNumber & {
  readonly hash: string;
  readonly printed: string;
  readonly edition: Edition;
};

/** Null: the text is no receipt code. */
export function readReceiptCode(text: string): ReceiptCode | null {
  const [, printed, hash, copy] =
    /^\s*([1-9]\d{0,8}-\d{1,15})-([0-9A-F]{12})(-C)?\s*$/i.exec(text) ?? [];
  const number = printed === undefined ? null : parseReceiptNumber(printed);
  if (number === null || printed === undefined || hash === undefined) return null;
  const edition = copy === undefined ? 'original' : 'copy';
  return { ...number, printed, hash: hash.toLowerCase(), edition };
}
