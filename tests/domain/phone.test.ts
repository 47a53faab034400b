// Phone numbers: which texts are valid, and how much of a number is shown.
import { describe, expect, test } from 'vitest';
import { isPhone, maskPhone, type Phone } from '$lib/domain/phone';
import { formatPhone, parsePhone } from '$lib/domain/phone-parser';

describe('a number as typed', () => {
  test.each([
    ['+7 925 123-06-02', 'RU', '+79251230602'],
    ['8 (925) 123-06-02', 'RU', '+79251230602'],
    ['9251230602', 'RU', '+79251230602'],
    ['79251230602', 'RU', '+79251230602'],
    ['+44 7911 123456', 'RU', '+447911123456'],
    ['07911 123456', 'GB', '+447911123456'],
    ['067 123 45 67', 'UA', '+380671234567'],
  ])('"%s" in %s is %s', (text, country, phone) => {
    expect(parsePhone(text, country)).toBe(phone);
    expect(isPhone(phone)).toBe(true);
  });

  test.each([
    '',
    '123',
    'abc',
    '+',
    '++79251230602',
    '+7 925',
    '925123060211223',
    'звоните 8 925 123-06-02',
    '+7 925 123-06-02 ext. 5',
    '+999123456789',
  ])('"%s" is not a number', (text) => {
    expect(parsePhone(text, 'RU')).toBeNull();
  });

  test('only E.164 is accepted as a phone', () => {
    for (const wrong of [
      '79251230602',
      '+0123456789',
      '+7 925',
      '+123456',
      '+1234567890123456',
      '',
    ]) {
      expect(isPhone(wrong)).toBe(false);
    }
  });
});

describe('a masked number', () => {
  test.each([
    ['+79251230602', '+7 925 ··· 06 02'],
    ['+14155552671', '+1 415 ··· 26 71'],
    ['+447911123456', '+44 791 ··· 34 56'],
    ['+380671234567', '+380 ··· 45 67'],
    ['+3541234567', '+354 ··· 67'],
  ])('%s is shown as %s', (phone, masked) => {
    expect(maskPhone(phone as Phone)).toBe(masked);
  });

  test('hides at least three digits, and never shows the whole subscriber number', () => {
    for (const phone of ['+1234567', '+79251230602', '+447911123456', '+380671234567']) {
      const shown = maskPhone(phone as Phone).replace(/\D/g, '').length;
      expect(phone.length - 1 - shown).toBeGreaterThanOrEqual(3);
    }
  });

  test.each([
    ['+79251230602', '+7 925 123 06 02'],
    ['+447911123456', '+44 7911 123456'],
    // in no numbering plan: the demo's numbers, and numbers newer than the plans
    ['+70000000102', '+7 000 000 01 02'],
    ['+3540000000', '+354 000 00 00'],
  ])('%s is written out as %s', (phone, written) => {
    expect(formatPhone(phone as Phone)).toBe(written);
  });
});
