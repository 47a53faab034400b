// Reserve codes as customers and cashiers write them.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { reserveCode } from '$lib/contract/values';
import { CROCKFORD } from '$lib/domain/values/code-alphabet';
import { parseReserveCode, writeReserveCode } from '$lib/domain/consent/reserve-code';

test.each([
  ['as it was sent', '7K3QX-M2P9D'],
  ['in small letters', '7k3qx-m2p9d'],
  ['with spaces, also such as keep a line together', ' 7k3 qx\u00a0m2 p9d '],
  ['with a long dash', '7K3QX—M2P9D'],
  ['with Cyrillic letters that look the same', '7К3QХ-М2Р9D'],
])('%s, it is read as it was meant', (_how, text) => {
  expect(parseReserveCode(text)).toBe('7K3QXM2P9D');
});

test('letters that look like digits are read as those digits', () => {
  expect(parseReserveCode('O0Il1-oiL00')).toBe('0011101100');
});

test.each(['', '7K3QX', '7K3QX-M2P9D-7', '7K3QX-M2P9U', '7K3QX-M2P9Ы', '7K3QX_M2P9D'])(
  '%j is not a reserve code',
  (text) => {
    expect(parseReserveCode(text)).toBeNull();
  },
);

const code = fc
  .array(fc.constantFrom(...CROCKFORD), { minLength: 10, maxLength: 10 })
  .map((letters) => letters.join(''));

test('any code is read back from its written form, and is valid on the wire', () => {
  fc.assert(
    fc.property(code, (any) => {
      expect(parseReserveCode(writeReserveCode(any))).toBe(any);
      expect(reserveCode.parse(any)).toBe(any);
    }),
  );
});
