// The printed number of a receipt: the till's number and the receipt's own.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printedNumber, readReceiptCode, receiptCode } from '$lib/domain/values/receipt-number';
import { cases } from '../support/cases';

test.each([
  [3, 123, '3-000123'],
  [1, 1, '1-000001'],
  [12, 999_999, '12-999999'],
  [12, 1_000_000, '12-1000000'],
  [null, 7, '000007'],
])('till %s, receipt %s is printed as %s', (till, number, printed) => {
  expect(printedNumber(till, number)).toBe(printed);
});

test.each(['original', 'copy'] as const)(
  'the code of a receipt says whether it is the %s',
  (edition) => {
    const code = receiptCode('3-000123', 'ab12'.repeat(16), edition);
    expect(readReceiptCode(code.toLowerCase())).toEqual({
      till: 3,
      number: 123,
      printed: '3-000123',
      hash: 'ab12ab12ab12',
      edition,
    });
  },
);

test('two receipts are printed alike only if till and number are the same', () => {
  const till = fc.integer({ min: 1, max: 200_000 });
  const number = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2_000_000 }));
  const pair = fc.tuple(till, number);
  fc.assert(
    fc.property(pair, pair, (one, other) => {
      const isSame = one[0] === other[0] && one[1] === other[1];
      expect(printedNumber(...one) === printedNumber(...other)).toBe(isSame);
      expect(
        printedNumber(...one)
          .split('-')
          .map(Number),
      ).toEqual(one);
    }),
    { numRuns: cases(500) },
  );
});
