// Marking codes: parses the DataMatrix code on one piece of goods.
// The form is GS1, or the short form on packs of cigarettes.
import { isValidEan } from './product';

declare const codeBrand: unique symbol;
/** The code as it is printed, with a GS (0x1D) between its fields. */
export type MarkingCode = string & { readonly [codeBrand]: true };

/** `gtin`: 14 digits of the product. */
export type Mark = { readonly code: MarkingCode; readonly gtin: string };

export const GS = '\x1d';

/** The most characters that are accepted; real codes, with a check code of up to 88 characters, are shorter. */
export const LONGEST_MARK = 255;

/** A character that GS1 allows in a field (General Specifications, 7.11, character set 82). */
const FIELD = String.raw`[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]`;

/** Characters that scanners type when they cannot type a GS; none of them can occur in a field. */
const REPLACED = /[^!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+/g;

/** Symbology identifiers that a scanner may put before a code (ISO/IEC 15424), and a leading FNC1. */
const PREFIX = /^\](?:d[12]|C1|Q3|e0)/;

/** `01` product, `21` serial number, then other fields or none. */
const GS1 = new RegExp(String.raw`^01(\d{14})21(${FIELD}{1,20})(?:${GS}(.*))?$`);

/**
 * Codes whose separators a scanner has left out. Their end is a key and a signature, or a check code; each end goes with certain
 * lengths of the serial number before it.
 */
const WITHOUT_GS = [
  new RegExp(
    String.raw`^(01\d{14}21${FIELD}{13})(91${FIELD}{4})(92${FIELD}{44}(?:${FIELD}{44})?)$`,
  ),
  new RegExp(String.raw`^(01\d{14}21(?:${FIELD}{5,8}|${FIELD}{13}))(93${FIELD}{4})$`),
];

/** A pack of cigarettes: product, serial number, highest price, check code. */
const PACK = new RegExp(String.raw`^(\d{14})${FIELD}{7}(?:${FIELD}{4}(?:${FIELD}{4})?)?$`);

/** Parses the scanned code of one piece; null: it is no marking code. */
export function parseMark(text: string): Mark | null {
  const bare = text.trim().replace(PREFIX, '').replace(REPLACED, GS);
  const fields = bare.startsWith(GS) ? bare.slice(1) : bare;
  if (fields.length > LONGEST_MARK) return null;
  const code = withSeparators(fields.endsWith(GS) ? fields.slice(0, -1) : fields);
  const gtin = (GS1.exec(code) ?? PACK.exec(code))?.[1];
  return gtin === undefined || !isValidEan(gtin) ? null : { code: code as MarkingCode, gtin };
}

function withSeparators(code: string): string {
  if (code.includes(GS)) return code;
  for (const form of WITHOUT_GS) {
    const found = form.exec(code);
    if (found !== null) return found.slice(1).join(GS);
  }
  return code;
}

/** The serial number of a piece, for people to compare. */
export const serialOf = (code: string): string => GS1.exec(code)?.[2] ?? code.slice(14, 21);

/**
 * The piece that a code names: product and serial number. It is equal for every scan of the piece, because it leaves out the
 * check codes, which some scanners omit.
 */
export function pieceOf(code: string): string {
  const gs1 = GS1.exec(code);
  return gs1 === null ? code.slice(0, 21) : `01${gs1[1] ?? ''}21${gs1[2] ?? ''}`;
}
