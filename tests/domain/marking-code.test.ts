// Marking codes: every scan of one code names the same piece, and no other text is accepted.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GS, parseMark, pieceOf } from '$lib/domain/goods/marking-code';
import { checkDigit, isValidEan } from '$lib/domain/goods/product';
import { cases } from '../support/cases';

const GTIN = '04600000001036';
const SERIAL = '5!Kf/"%&()*aZ';
const SHOES = `01${GTIN}21${SERIAL}${GS}91EE08${GS}92${'Ab+/'.repeat(22)}`;
const MILK = `01${GTIN}215aB"9k${GS}93dGVz`;
const PACK = `${GTIN}X?io+qCABm8wAYa`;

const serial = (length: number) =>
  fc.stringMatching(new RegExp(String.raw`^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{${length}}$`));
const gtin = fc.stringMatching(/^\d{13}$/).map((digits) => digits + String(checkDigit(digits)));

describe('a marking code', () => {
  test.each([
    ['of shoes', SHOES],
    ['of milk', MILK],
    ['of a pack of cigarettes', PACK],
    ['of product and serial number alone', `01${GTIN}21${SERIAL}`],
    ['of medicine', `01${GTIN}21ABC1234567890${GS}91EE08${GS}92${'x'.repeat(44)}`],
  ])('%s is read as it is printed', (_, code) => {
    expect(parseMark(code)).toEqual({ code, gtin: GTIN });
  });

  test.each([
    ['a symbology identifier and a leading FNC1', `]d2${GS}${SHOES}`],
    ['a leading FNC1', GS + SHOES],
    ['a final separator', SHOES + GS],
    ['another sign for the separator', SHOES.replaceAll(GS, '|')],
    ['the separators left out', SHOES.replaceAll(GS, '')],
    ['spaces around it', `  ${SHOES} `],
  ])('scanned with %s is the same', (_, scanned) => {
    expect(parseMark(scanned)).toEqual({ code: SHOES, gtin: GTIN });
  });

  test('of milk whose separator was left out is the same', () => {
    expect(parseMark(MILK.replace(GS, ''))).toEqual({ code: MILK, gtin: GTIN });
  });

  test.each([
    ['an EAN', '4600000001036'],
    ['an EAN of 14 digits', GTIN],
    ['a wrong check digit', SHOES.replace(GTIN, '04600000001037')],
    ['a code without a serial number', `01${GTIN}`],
    ['a weight label', `01${GTIN}3103000412`],
    ['words', 'молоко 3,2 %'],
    ['nothing', ''],
    ['too much', SHOES + 'x'.repeat(300)],
  ])('is not %s', (_, text) => {
    expect(parseMark(text)).toBeNull();
  });

  test('names the same piece, with check codes or without', () => {
    const piece = `01${GTIN}21${SERIAL}`;
    expect([SHOES, SHOES.slice(0, 40), piece].map(pieceOf)).toEqual([piece, piece, piece]);
    expect(pieceOf(PACK)).toBe(PACK.slice(0, 21));
    expect(pieceOf(PACK.slice(0, 21))).toBe(PACK.slice(0, 21));
  });

  test('names one piece for each product and serial number, however it was scanned', () => {
    const piece = fc.record({ gtin, serial: serial(13), check: serial(44) });
    fc.assert(
      fc.property(piece, fc.constantFrom(GS, '', '|', '~', '@'), ({ gtin, serial, check }, by) => {
        const read = parseMark([`01${gtin}21${serial}`, '91EE08', `92${check}`].join(by));
        expect(isValidEan(gtin)).toBe(true);
        expect(read?.gtin).toBe(gtin);
        expect(pieceOf(read?.code ?? '')).toBe(`01${gtin}21${serial}`);
      }),
      { numRuns: cases(500) },
    );
  });
});
