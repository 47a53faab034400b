// What customers read: the act and its amount in the shop's words, and nothing added by a name.
import { expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import {
  textsIn,
  withCode,
  wordChallenge,
  wordTrial,
} from '../../relay/messaging/codes/code-texts';

const shop = (parts: Partial<Policy['shop']> = {}): Policy =>
  ({
    shop: {
      name: 'Ромашка',
      contact: '',
      currency: { code: 'RUB', digits: 2 },
      messageLanguage: 'ru',
      ...parts,
    },
  }) as Policy;
const debt = {
  action: 'sell-on-account',
  amount: { minor: 125_000, currency: 'RUB' },
  balance: null,
  merging: null,
  person: null,
  broughtIn: null,
} as const;
const plain = (text: string): string => withCode(text, '048213');

test('the default text is one Cyrillic message, amount before code', () => {
  const text = plain(wordChallenge(debt, shop(), null));
  expect(text).toBe('Ромашка: в долг 1 250,00 ₽. Код 048213');
  expect(text.length).toBeLessThanOrEqual(70);
});

test('points are written in the right plural form, with what they are worth', () => {
  const words = (points: number, policy = shop()): string =>
    plain(
      wordChallenge(
        {
          action: 'redeem-points',
          balance: null,
          merging: null,
          person: null,
          broughtIn: null,
          amount: { points, worth: { minor: points * 100, currency: policy.shop.currency.code } },
        },
        policy,
        null,
      ),
    );
  expect(words(1)).toBe('Ромашка: списание 1 балл (1,00 ₽). Код 048213');
  expect(words(3)).toBe('Ромашка: списание 3 балла (3,00 ₽). Код 048213');
  expect(words(340)).toBe('Ромашка: списание 340 баллов (340,00 ₽). Код 048213');
  const usd = shop({ name: 'Daisy', currency: { code: 'USD', digits: 2 }, messageLanguage: 'en' });
  expect(words(1, usd)).toBe('Daisy: redeem 1 point ($1.00). Code 048213');
});

test('other currencies keep their decimals, in either language', () => {
  const yen = shop({ name: 'Kiku', currency: { code: 'JPY', digits: 0 }, messageLanguage: 'en' });
  const amount = { minor: 1250, currency: 'JPY' };
  expect(plain(wordChallenge({ ...debt, amount }, yen, null))).toBe(
    'Kiku: on account ¥1,250. Code 048213',
  );
});

test('an act without an amount leaves no gap', () => {
  const act = {
    action: 'change-phone',
    amount: null,
    balance: null,
    merging: null,
    person: null,
    broughtIn: null,
  } as const;
  expect(plain(wordChallenge(act, shop(), null))).toBe(
    'Ромашка: смена номера телефона. Код 048213',
  );
});

test('the shop’s text is filled in once: a variable inside a name is not replaced', () => {
  const name = '{code} {amount} $& \u0000\nИмя';
  const texts = {
    ...textsIn('ru', null),
    'sell-on-account': '{code}/{code} {shop} {unknown} {balance}',
  };
  const text = wordChallenge({ ...debt, balance: { points: 5 } }, shop({ name }), texts);
  expect(plain(text)).toBe('048213/048213 {code} {amount} $& Имя {unknown} 5 баллов');
});

test('the debt brought in stands before the shop’s own text, whatever that leaves out', () => {
  const text = wordChallenge({ ...debt, broughtIn: 120_000 }, shop(), null);
  expect(plain(text)).toMatch(/^Перенесён ваш долг 1 200,00 ₽\. /);
});

test('a resend is numbered and has the same code', () => {
  const text = wordChallenge(debt, shop(), null);
  expect(withCode(text, '048213', 2)).toBe(`${plain(text)} (2)`);
});

test('a test message is marked as a test, and names no sum', () => {
  expect(plain(wordTrial(shop(), null))).toBe('Ромашка: проверка связи. Код 048213');
});
