// Codes: drawn evenly, with leading zeros, fit for their channel, compared as hashes.
import { expect, test } from 'vitest';
import { fits, hashCode, makeCode, matching } from '../../relay/messaging/codes/codes';
import { makeCipher } from '../../relay/store/cipher';

const SIX = { codeDigits: { min: 4, max: 8 }, leadingZero: true };

test('a hundred thousand codes are spread evenly in every place and over the whole range', () => {
  const codes = Array.from({ length: 100_000 }, () => makeCode(SIX).code);
  for (const code of codes) expect(code).toMatch(/^\d{6}$/);
  const chi2 = (counts: readonly number[]): number => {
    const expected = codes.length / counts.length;
    return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  };
  for (let place = 0; place < 6; place += 1) {
    const counts = Array<number>(10).fill(0);
    for (const code of codes) counts[Number(code[place])] = (counts[Number(code[place])] ?? 0) + 1;
    // 9 degrees of freedom: above 60 once in 10⁹ times
    expect(chi2(counts)).toBeLessThan(60);
  }
  const buckets = Array<number>(100).fill(0);
  for (const code of codes) {
    const bucket = Math.floor(Number(code) / 10_000);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  // 99 degrees of freedom: above 200 once in 10⁸ times
  expect(chi2(buckets)).toBeLessThan(200);
  expect(codes.filter((code) => code.startsWith('0')).length).toBeGreaterThan(9_000);
  expect(codes.some((code) => code.startsWith('000'))).toBe(true);
});

test('a channel gets a code that it can carry', () => {
  const four = { codeDigits: { min: 4, max: 4 }, leadingZero: false };
  for (let n = 0; n < 2000; n += 1) expect(makeCode(four).code).toMatch(/^[1-9]\d{3}$/);
  expect(makeCode({ codeDigits: { min: 8, max: 10 }, leadingZero: true }).code).toHaveLength(8);
  expect(fits('048213', SIX)).toBe(true);
  expect(fits('048213', { ...SIX, leadingZero: false })).toBe(false);
  expect(fits('048213', four)).toBe(false);
});

test('a code can be carried by the later channels of its chain, and is not shortened for one of four digits', () => {
  const asNumber = { ...SIX, leadingZero: false };
  const call = { codeDigits: { min: 4, max: 4 }, leadingZero: false };
  for (let n = 0; n < 2000; n += 1)
    expect(makeCode(SIX, [SIX, asNumber, call]).code).toMatch(/^[1-9]\d{5}$/);
  const codes = Array.from({ length: 2000 }, () => makeCode(SIX, [SIX, call]).code);
  expect(codes.some((code) => code.startsWith('0'))).toBe(true);
});

test('a code opens only its own challenge and deal', () => {
  const cipher = makeCipher(new Uint8Array(32));
  const of = { id: 'a', dealHash: 'd' };
  const accepted = [{ hash: hashCode(cipher, of, '048213'), channel: 'sms' as const }];
  const tried = (challenge: typeof of, code: string): unknown =>
    matching(accepted, hashCode(cipher, challenge, code));
  expect(tried(of, '048213')).toEqual(accepted[0]);
  expect(tried(of, '48213')).toBeNull();
  expect(tried({ ...of, id: 'b' }, '048213')).toBeNull();
  expect(tried({ ...of, dealHash: 'e' }, '048213')).toBeNull();
  expect(matching([], hashCode(cipher, of, '048213'))).toBeNull();
});
