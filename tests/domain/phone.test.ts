// Phone numbers: which texts are valid, and how much of a number is shown.
import { describe, expect, test } from 'vitest';
import {
  isOfNoCountry,
  isPhone,
  maskPhone,
  SHARED_CODES,
  type Phone,
} from '$lib/domain/values/phone';
import metadata from 'libphonenumber-js/max/metadata';
import type { Policy } from '$lib/contract/policy';
import {
  firstPrefixes,
  formatPhone,
  numberKind,
  parsePhone,
  whyNotWritten,
} from '$lib/domain/values/phone-parser';
import { defaultPolicy } from '$lib/domain/policy/default-policy';

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
    // in no numbering plan: the demo's numbers, and numbers that are newer than the plans
    ['+70000000102', '+7 000 000 01 02'],
    ['+3540000000', '+354 000 00 00'],
  ])('%s is written out as %s', (phone, written) => {
    expect(formatPhone(phone as Phone)).toBe(written);
  });
});

describe('the kind of a number', () => {
  test.each([
    ['ordinary', '+79251230602 +74951234567 +77011234567 +12025550123 +447400123456 +390612345678'],
    ['costly', '+979123456789 +88216123456 +870773111632 +80012345678 +991123456789'],
    ['costly', '+79541234567 +8613491234567 +628681234567 +61147123456 +16005551234'],
    ['costly', '+78091234567 +19005551234 +449061234567 +491801234567 +41840123456 +15005550006'],
    ['costly', '+447640123456 +443001234567 +353818123456 +78001234567 +39199123456'],
    ['unknown', '+999123456789 +21012345678 +78011234567 +123 +'],
  ])('%s: %s', (kind, numbers) => {
    for (const number of numbers.split(' '))
      expect([number, numberKind(number)]).toEqual([number, kind]);
  });

  test('every network that libphonenumber gives no country is one', () => {
    const { nonGeographic, country_calling_codes: codes } = metadata as unknown as {
      nonGeographic: Record<string, unknown>;
      country_calling_codes: Record<string, string[]>;
    };
    for (const code of Object.keys(nonGeographic))
      expect([code, isOfNoCountry(`+${code}1`)]).toEqual([code, true]);
    for (const code of Object.keys(codes))
      expect([code, isOfNoCountry(`+${code}1`)]).toEqual([code, false]);
    const shared = Object.entries(codes).filter(([, countries]) => countries.length > 1);
    expect([...SHARED_CODES]).toEqual(shared.map(([code, [main]]) => [`+${code}`, main]));
  });
});

describe('numbers that a shop sends messages to', () => {
  const shopIn = (phoneCountry: string, ...allowedPrefixes: string[]): Policy => ({
    ...defaultPolicy({
      shopId: '',
      shopName: '',
      at: 0,
      phoneCountry,
      messageLanguage: 'ru',
      timeZone: 'UTC',
      currency: { code: 'RUB', digits: 2 },
      owner: { id: '', name: '', phone: null, pin: { salt: '', hash: '', rounds: 1, digits: 6 } },
    }),
    allowedPrefixes,
  });

  test.each([
    ['RU', [], ['+7']],
    ['RU', ['+79251230602'], ['+7']],
    ['BY', ['+79251230602'], ['+375', '+7']],
    ['KZ', ['+79251230602'], ['+7', '+7925']],
    ['BY', ['+77011234567'], ['+375', '+7701']],
    ['GB', ['+447400123456', '+353861234567'], ['+44', '+353']],
    ['RU', ['+979123456789', '+999123456789', '+79541234567'], ['+7']],
    ['ZZ', [], []],
  ])('a new shop in %s whose owners have %j begins with %j', (country, phones, prefixes) => {
    expect(firstPrefixes(country, phones)).toEqual(prefixes);
    for (const phone of phones)
      if (numberKind(phone) === 'ordinary')
        expect(whyNotWritten(phone, shopIn(country, ...prefixes))).toBeNull();
  });

  test.each([
    ['RU', ['+7'], '+79251230602', null],
    ['RU', ['+7'], '+77011234567', 'country-not-allowed'],
    ['RU', ['+7', '+77'], '+77011234567', null],
    ['BY', ['+375', '+7'], '+79251230602', null],
    ['BY', ['+375', '+7'], '+77011234567', 'country-not-allowed'],
    ['US', ['+1'], '+18095551234', 'country-not-allowed'],
    ['US', ['+1', '+1809'], '+18095551234', null],
    ['GB', ['+44'], '+447624123456', 'country-not-allowed'],
    ['RU', ['+7'], '+78091234567', 'costly-number'],
    ['RU', ['+7'], '+78011234567', 'bad-phone'],
    ['RU', [], '+79251230602', 'country-not-allowed'],
  ])('in %s with %j: %s is %s', (country, prefixes, phone, because) => {
    expect(whyNotWritten(phone, shopIn(country, ...prefixes))).toBe(because);
  });
});
