// Marked goods: one line for each piece with its code, and no piece is sold twice.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { saleBody } from '$lib/contract/acts/sale';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { decideSale, saleRowOf } from '$lib/domain/acts/money/sale';
import type { EntryOf } from '$lib/contract/journal';
import { GS, pieceOf } from '$lib/domain/goods/marking-code';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { ONE, quantity } from '$lib/domain/values/quantity';
import {
  addMarked,
  addProduct,
  emptyReceipt,
  setQuantity,
  setTender,
  type Receipt,
} from '$lib/domain/receipt/receipt';
import { BREAD, cash, CASHIER, NOW, POLICY, RECEIPT, rub, TILL } from './fixtures';
import { cases } from '../support/cases';

const water = {
  ...({ id: BREAD, name: 'water', barcodes: [], unit: 'piece', noDiscounts: false } as const),
  price: rub(10),
  category: null,
  tax: USUAL_TAX,
  askAge: null,
  marked: true,
};
const codeOf = (serial: string) => `01${'04600000001036'}21${serial.padEnd(13, 'a')}${GS}93dGVz`;

const receiptOf = (...serials: string[]): Receipt =>
  serials.reduce(
    (receipt, serial, place) => addMarked(receipt, water, codeOf(serial), String(place)),
    emptyReceipt(RECEIPT),
  );

const sell = (receipt: Receipt, piecesSold: readonly string[] = []) =>
  decideSale({
    policy: POLICY,
    till: TILL,
    number: 1,
    operator: CASHIER,
    at: NOW,
    receipt: setTender(receipt, cash(10 * receipt.lines.length)),
    customer: null,
    customerFacts: null,
    standing: { owed: rub(0), points: 0 },
    usage: NOTHING_USED,
    unconfirmed30d: NOTHING_UNCONFIRMED,
    earnedToday: 0,
    disputed: false,
    confirmations: [],
    dealHashes: {},
    grantsUsed: new Set(),
    piecesSold: new Set(piecesSold),
  });

describe('marked goods', () => {
  test('are not added without a code, nor one piece twice, even if scanned with other check codes', () => {
    const empty = emptyReceipt(RECEIPT);
    expect(addProduct(empty, water, ONE, 'line')).toBe(empty);
    const one = receiptOf('A');
    expect(addMarked(one, water, codeOf('A'), 'again')).toBe(one);
    expect(addMarked(one, water, pieceOf(codeOf('A')), 'again')).toBe(one);
    expect(receiptOf('A', 'B').lines.map(({ quantity, mark }) => [quantity, mark])).toEqual([
      [ONE, codeOf('A')],
      [ONE, codeOf('B')],
    ]);
  });

  test('are one piece per line and are not added to a line without a code', () => {
    const one = receiptOf('A');
    expect(setQuantity(one, '0', quantity(2000))).toBe(one);
    const unmarked = addProduct(one, { ...water, marked: false }, ONE, 'line');
    expect(unmarked.lines.map(({ mark }) => mark)).toEqual([codeOf('A'), null]);
  });

  test('are sold with their codes, by which the sale’s row can be found', () => {
    const decided = sell(receiptOf('A', 'B'));
    if (decided.kind !== 'decided') expect.fail(decided.because.kind);
    const { body } = decided;
    expect(body.lines.map(({ mark }) => mark)).toEqual([codeOf('A'), codeOf('B')]);
    const entry = { till: TILL, at: NOW, seq: 1, hash: 'a', operator: CASHIER, body };
    expect(saleRowOf(entry as EntryOf<'sale'>).pieces).toEqual(
      [codeOf('A'), codeOf('B')].map(pieceOf),
    );
  });

  test('are not sold with a malformed code, twice, or with a code sold before', () => {
    const two = receiptOf('A', 'B');
    const kindOf = (mark: string, sold: string[] = []) => {
      const lines = two.lines.map((line, place) => (place === 1 ? { ...line, mark } : line));
      const decided = sell({ ...two, lines }, sold);
      return decided.kind === 'refused' ? decided.because.kind : decided.kind;
    };
    expect(kindOf(codeOf('B'))).toBe('decided');
    expect(kindOf('no code of anything')).toBe('mark-wrong');
    expect(kindOf(codeOf('B').replace(GS, ''))).toBe('mark-wrong');
    expect(kindOf(codeOf('A'))).toBe('mark-twice');
    expect(kindOf(codeOf('B'), [pieceOf(codeOf('B'))])).toBe('mark-sold');
    expect(kindOf(codeOf('B'), [pieceOf(codeOf('C'))])).toBe('decided');
  });

  test('are in a sale as often as they were scanned, each once', () => {
    const serial = fc.stringMatching(/^[A-Z0-9]{1,2}$/);
    fc.assert(
      fc.property(fc.array(serial, { minLength: 1, maxLength: 12 }), (serials) => {
        const decided = sell(receiptOf(...serials));
        if (decided.kind !== 'decided') expect.fail(decided.because.kind);
        expect(decided.body.lines.map(({ mark }) => mark)).toEqual(
          [...new Set(serials)].map(codeOf),
        );
        expect(saleBody.safeParse(decided.body).success).toBe(true);
      }),
      { numRuns: cases(100) },
    );
  });
});
