// Marking codes: what a DataMatrix on one piece of goods says.
// GS1, or the short form on packs of cigarettes.
import { isValidEan } from './product';

declare const codeBrand: unique symbol;
/** As it is printed, with a GS (0x1D) between its fields. */
export type MarkingCode = string & { readonly [codeBrand]: true };

/** `gtin`: 14 digits of the product. */
export type Mark = { readonly code: MarkingCode; readonly gtin: string };

export const GS = '\x1d';

/** Longer than any: two lines of a check code of 88 characters. */
export const LONGEST_MARK = 255;

/** What GS1 allows in a field (General Specifications, 7.11, character set 82). */
const FIELD = String.raw`[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]`;

/** Scanners that cannot type a GS type something else: none of these can stand in a field. */
const REPLACED = /[^!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+/g;

/** Symbology identifiers that a scanner may put before a code (ISO/IEC 15424), and a leading FNC1. */
const PREFIX = /^\](?:d[12]|C1|Q3|e0)/;

/** `01` product, `21` serial number, then other fields or none. */
const GS1 = new RegExp(String.raw`^01(\d{14})21(${FIELD}{1,20})(?:${GS}(.*))?$`);

/**
 * The ends of codes whose separators a scanner has left out: key and signature, or a check code. The serial number before them has the
 * lengths that goods of these ends have.
 */
const WITHOUT_GS = [
  new RegExp(
    String.raw`^(01\d{14}21${FIELD}{13})(91${FIELD}{4})(92${FIELD}{44}(?:${FIELD}{44})?)$`,
  ),
  new RegExp(String.raw`^(01\d{14}21(?:${FIELD}{5,8}|${FIELD}{13}))(93${FIELD}{4})$`),
];

/** A pack of cigarettes: product, serial number, highest price, check code. */
const PACK = new RegExp(String.raw`^(\d{14})${FIELD}{7}(?:${FIELD}{4}(?:${FIELD}{4})?)?$`);

/** The code of one piece as it was scanned; null: it is none. */
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

/** The serial number of a piece, as a person may compare it. */
export const serialOf = (code: string): string => GS1.exec(code)?.[2] ?? code.slice(14, 21);

/**
 * The piece that a code names, equal for every reading of it: product and serial number, without the check codes, which a scanner may
 * leave out.
 */
export function pieceOf(code: string): string {
  const gs1 = GS1.exec(code);
  return gs1 === null ? code.slice(0, 21) : `01${gs1[1] ?? ''}21${gs1[2] ?? ''}`;
}
