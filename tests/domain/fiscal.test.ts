// The tax in a sale, by rate.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOTHING_OWED, NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { vatSums } from '$lib/domain/receipt/fiscal';
import { addProduct, emptyReceipt, setTender } from '$lib/domain/receipt/receipt';
import { decideSale } from '$lib/domain/acts/money/sale';
import { quantity } from '$lib/domain/values/quantity';
import { cases } from '../support/cases';
import { idOf, NOW, OWNER, POLICY, RECEIPT, rub, shopPolicy, TILL, verified } from './fixtures';

const line = (
  total: number,
  vat: 'none' | '0' | '10' | '20',
  pointsPart = 0,
): Parameters<typeof vatSums>[0][number] => ({ total, pointsPart, tax: { subject: 'goods', vat } });

describe('the tax within a price', () => {
  test('is calculated once for each rate, on the part paid in money', () => {
    expect(
      vatSums([line(12_000, '20'), line(11_000, '10', 1_000), line(1, '20'), line(500, 'none')]),
    ).toEqual([
      // 2000.17 and 909.09 minor units
      { vat: '20', sum: 12_001, tax: 2_000 },
      { vat: '10', sum: 10_000, tax: 909 },
      { vat: 'none', sum: 500, tax: 0 },
    ]);
  });

  test('three goods for 0.99 each have the tax of 2.97, not three times that of one', () => {
    expect(vatSums([line(99, '20'), line(99, '20'), line(99, '20')])).toEqual([
      { vat: '20', sum: 297, tax: 50 },
    ]);
  });

  test('the sums of all rates add up to the money paid, and no tax exceeds its sum', () => {
    const anyLine = fc
      .record({
        total: fc.nat(10_000_000),
        vat: fc.constantFrom('none', '0', '10', '20'),
        part: fc.nat(100),
      })
      .map(({ total, vat, part }) => line(total, vat, Math.floor((total * part) / 100)));
    fc.assert(
      fc.property(fc.array(anyLine), (lines) => {
        const sums = vatSums(lines);
        const paid = lines.reduce((sum, each) => sum + each.total - each.pointsPart, 0);
        expect(sums.reduce((all, { sum }) => all + sum, 0)).toBe(paid);
        for (const { sum, tax } of sums) expect(tax >= 0 && tax <= sum).toBe(true);
        expect(new Set(sums.map(({ vat }) => vat)).size).toBe(sums.length);
      }),
      { numRuns: cases(200) },
    );
  });
});

test('a sale records the rate of each product, or the shop’s rate if it has none', () => {
  const goods = (n: number, vat: null | '10') => ({
    ...({ id: idOf(n), name: 'goods', barcodes: [], unit: 'piece', price: rub(10) } as const),
    noDiscounts: false,
    askAge: null,
    marked: false,
    category: null,
    tax: { subject: 'goods', vat } as const,
  });
  const rung = [goods(41, null), goods(42, '10')].reduce(
    (receipt, product) => addProduct(receipt, product, quantity(1000), product.id),
    emptyReceipt(RECEIPT),
  );
  const policy = verified(shopPolicy((shop) => ({ ...shop, shop: { ...shop.shop, vat: '20' } })));
  const sold = decideSale({
    at: NOW,
    number: 1,
    policy,
    operator: OWNER,
    customer: null,
    till: TILL,
    standing: NOTHING_OWED,
    usage: NOTHING_USED,
    unconfirmed30d: NOTHING_UNCONFIRMED,
    earnedToday: 0,
    disputed: false,
    confirmations: [],
    dealHashes: {},
    grantsUsed: new Set(),
    piecesSold: new Set(),
    customerFacts: null,
    receipt: setTender(rung, { kind: 'cash', amount: rub(20) }),
  });
  expect(sold.kind === 'decided' && sold.body.lines.map(({ tax }) => tax.vat)).toEqual([
    '20',
    '10',
  ]);
  expect(POLICY.shop.vat).toBe('none');
});
