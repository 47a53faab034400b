// Canonical text, hashes and encodings of bytes, compared with published vectors.
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  canonical,
  fromBase64Url,
  fromHex,
  hashOf,
  sha256Hex,
  toBase64Url,
  toHex,
} from '$lib/proof/canonical';

test('the example of RFC 8785 has its published canonical form', () => {
  const value = {
    numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '€$\u000f\nA\'B"\\\\"/',
    literals: [null, true, false],
  };
  expect(canonical(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('the order of keys does not change the hash; any value does', async () => {
  const hash = await hashOf({ a: 1, b: [1, 2] });
  expect(await hashOf({ b: [1, 2], a: 1 })).toBe(hash);
  expect(await hashOf({ b: [2, 1], a: 1 })).not.toBe(hash);
});

test("in any order of keys a value has the reference implementation's form, and that form parsed has it again", () => {
  const keys = fc.oneof(
    fc.string(),
    fc.nat(20).map(String),
    fc.constantFrom('toJSON', 'é', '\u{1f600}', '\uffff'),
  );
  const values = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.double(),
        fc.integer(),
        fc.boolean(),
        fc.constantFrom(null, undefined, -0),
      ),
      fc.array(tie('any')),
      fc.dictionary(keys, tie('any'), { noNullPrototype: true }),
    ),
  }));
  const formOf = (write: (value: unknown) => string | undefined, value: unknown) => {
    try {
      return write(value) ?? 'none';
    } catch {
      return 'none';
    }
  };
  fc.assert(
    fc.property(values.any, (value) => {
      const form = formOf(canonicalize, value);
      expect(formOf(canonical, value)).toBe(form);
      if (form !== 'none') expect(canonical(JSON.parse(form))).toBe(form);
    }),
    { numRuns: 1000 },
  );
});

test('SHA-256 of "abc" is the one in FIPS 180', async () => {
  expect(await sha256Hex('abc')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('a value without a canonical form is refused, not hashed', () => {
  expect(() => canonical(undefined)).toThrow();
  expect(() => canonical({ sum: Number.NaN })).toThrow();
  expect(() => canonical('\ud800')).toThrow();
});

test('bytes survive base64url and hex', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect([...(fromBase64Url(toBase64Url(bytes)) ?? [])]).toEqual([...bytes]);
      expect([...(fromHex(toHex(bytes)) ?? [])]).toEqual([...bytes]);
    }),
  );
});

test('a second encoding of the same bytes is refused', () => {
  expect(fromBase64Url('AB')).toBeNull(); // 'AA' decodes to the same byte
  expect(fromBase64Url('AA==')).toBeNull();
  expect(fromBase64Url('A')).toBeNull();
  expect(fromHex('0')).toBeNull();
  expect(fromHex('FF')).toBeNull();
});
