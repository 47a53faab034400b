// Age checks: some goods are sold only to customers who are old enough.
// An operator has to confirm it.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { saleBody } from '$lib/contract/acts/sale';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { decideSale } from '$lib/domain/acts/money/sale';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { ONE } from '$lib/domain/values/quantity';
import {
  addProduct,
  ageToAsk,
  confirmAge,
  emptyReceipt,
  setTender,
  type Receipt,
} from '$lib/domain/receipt/receipt';
import { CASHIER, cash, idOf, NOW, POLICY, RECEIPT, rub, SENIOR, TILL } from './fixtures';
import { cases } from '../support/cases';

const anyAge = fc.option(fc.integer({ min: 1, max: 99 }), { nil: null });

const withGoods = (receipt: Receipt, askAge: number | null, place: number): Receipt =>
  addProduct(
    receipt,
    {
      id: idOf(40 + place),
      name: 'goods',
      barcodes: [],
      unit: 'piece',
      noDiscounts: false,
      price: rub(10),
      category: null,
      tax: USUAL_TAX,
      marked: false,
      askAge,
    },
    ONE,
    String(place),
  );

const receiptOf = (ages: readonly (number | null)[], confirmed: Receipt['ageConfirmed']): Receipt =>
  setTender(
    { ...ages.reduce(withGoods, emptyReceipt(RECEIPT)), ageConfirmed: confirmed },
    cash(10 * ages.length),
  );

const sell = (receipt: Receipt) =>
  decideSale({
    receipt,
    policy: POLICY,
    till: TILL,
    number: 1,
    operator: CASHIER,
    at: NOW,
    customer: null,
    customerFacts: null,
    standing: { owed: rub(0), points: 0 },
    usage: NOTHING_USED,
    unconfirmed30d: NOTHING_UNCONFIRMED,
    earnedToday: 0,
    disputed: false,
    confirmations: [],
    dealHashes: {},
    grantsUsed: new Set<string>(),
    piecesSold: new Set(),
  });

describe('the age of the customer', () => {
  test('is asked once for a receipt, and again for goods that ask for a higher one', () => {
    const empty = emptyReceipt(RECEIPT);
    expect(ageToAsk(empty, { askAge: null })).toBeNull();
    expect(ageToAsk(empty, { askAge: 18 })).toBe(18);
    const of18 = confirmAge(empty, { age: 18, by: CASHIER });
    expect(ageToAsk(of18, { askAge: 18 })).toBeNull();
    expect(ageToAsk(of18, { askAge: 16 })).toBeNull();
    expect(ageToAsk(of18, { askAge: 21 })).toBe(21);
    expect(confirmAge(of18, { age: 16, by: SENIOR })).toBe(of18);
  });

  test('is recorded in the sale with the operator who confirmed it, only if goods need it', () => {
    const confirmed = { age: 18, by: SENIOR };
    const body = (ages: readonly (number | null)[]) => {
      const decided = sell(receiptOf(ages, confirmed));
      return decided.kind === 'decided' ? decided.body : decided;
    };
    expect(body([null, 18])).toMatchObject({
      ageConfirmed: confirmed,
      lines: [{ askAge: null, mark: null }, { askAge: 18 }],
    });
    expect(body([null])).toMatchObject({ ageConfirmed: null });
  });

  test('is never missing in a sale of goods that need it', () => {
    fc.assert(
      fc.property(fc.array(anyAge, { minLength: 1, maxLength: 5 }), anyAge, (ages, confirmed) => {
        const asked = Math.max(0, ...ages.map((age) => age ?? 0));
        const by = confirmed === null ? null : { age: confirmed, by: CASHIER };
        const decided = sell(receiptOf(ages, by));
        if (asked > (confirmed ?? 0)) {
          expect(decided).toEqual({
            kind: 'refused',
            because: { kind: 'age-not-confirmed', age: asked },
          });
        } else {
          if (decided.kind !== 'decided') expect.fail(decided.because.kind);
          expect(decided.body.ageConfirmed).toEqual(asked === 0 ? null : by);
          expect(saleBody.safeParse(decided.body).success).toBe(true);
        }
      }),
      { numRuns: cases(200) },
    );
  });
});

test('goods whose minimum age has changed get a line of their own', () => {
  const open = withGoods(emptyReceipt(RECEIPT), null, 0);
  expect(withGoods(open, 18, 0).lines.map(({ askAge, quantity }) => [askAge, quantity])).toEqual([
    [null, ONE],
    [18, ONE],
  ]);
});
