// A typed number to which the shop sends no messages is refused at once.
import { expect, test } from 'vitest';
import { defaultPolicy } from '$lib/domain/policy/default-policy';
import { t } from '$lib/ui/text/current.svelte';
import { typedPhone } from '../../src/routes/shared/form/typed-phone';

const shop = {
  ...defaultPolicy({
    shopId: '018f0000-0000-7000-8000-000000000001',
    shopName: 'Весна',
    at: 0,
    currency: { code: 'RUB', digits: 2 },
    phoneCountry: 'RU',
    timeZone: 'Europe/Moscow',
    owner: {
      id: '018f0000-0000-7000-8000-000000000002',
      name: 'Ольга',
      phone: null,
      pin: { salt: '0'.repeat(32), hash: '0'.repeat(64), rounds: 600_000, digits: 6 },
    },
    messageLanguage: 'ru',
  }),
  allowedPrefixes: ['+7'],
};

test.each([
  ['+375 29 123-45-67', () => t().errors.phoneAbroad],
  ['+7 954 123-45-67', () => t().errors.phoneCostly],
  ['12', () => t().errors.phoneWrong('+7 912 345 67 89')],
])('%s is refused with a reason', async (text, why) => {
  expect(await typedPhone(text, 'RU', shop)).toEqual({ kind: 'wrong', why: why() });
});

test('the example in the refusal is a number of the shop’s country', async () => {
  const why = async (country: string) => {
    const typed = await typedPhone('12', country, null);
    return typed.kind === 'wrong' ? typed.why : null;
  };
  expect(await why('GB')).toContain('+44 7400 123456');
  expect(await why('KZ')).toContain('+7 771 000 9998');
  expect(await why('ZZ')).not.toContain('+');
});

test('numbers of allowed countries are taken, and any before the shop has said which', async () => {
  expect(await typedPhone('8 925 123-06-02', 'RU', shop)).toEqual({
    kind: 'phone',
    phone: '+79251230602',
  });
  expect((await typedPhone('+375 29 123-45-67', 'RU', null)).kind).toBe('phone');
});
