// When reminders of debts begin and are sent, by the shop's calendar, and their texts.
import { describe, expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import {
  isReminderHour,
  monthOfReminders,
  wordReminder,
  wordRemindersDeclined,
} from '$lib/domain/messages/reminder';
import { shopPolicy } from './fixtures';

function rulesWith(day: number, timeZone = 'Europe/Moscow'): Policy {
  const { shop, notices, ...policy } = shopPolicy();
  const reminders = { day, from: 10_000, fromHour: 10, toHour: 19 };
  return { ...policy, shop: { ...shop, timeZone }, notices: { ...notices, reminders } };
}

const at = (text: string): number => Date.parse(text);

describe('reminders', () => {
  test.each([
    ['on their day', 5, '2026-12-05T12:00+03:00', '2026-12', true],
    ['six days later, where the server was off', 5, '2026-12-11T23:59+03:00', '2026-12', true],
    ['no more a week later', 5, '2026-12-12T00:00+03:00', '2026-12', false],
    [
      'are those of the previous month until the chosen day',
      5,
      '2026-12-04T12:00+03:00',
      '2026-11',
      false,
    ],
    [
      'that are due at the end of a month may begin in the next one',
      28,
      '2026-03-04T12:00+03:00',
      '2026-02',
      true,
    ],
    ['of December, in January', 28, '2027-01-02T12:00+03:00', '2026-12', true],
    ['by the shop’s day, not that of London', 5, '2026-12-04T22:00Z', '2026-12', true],
  ])('begin %s', (_, day, now, month, mayBegin) => {
    expect(monthOfReminders(rulesWith(day), at(now))).toEqual({ month, mayBegin });
  });

  test.each([
    ['09:59', false],
    ['10:00', true],
    ['18:59', true],
    ['19:00', false],
    ['00:30', false],
  ])('at %s of the shop’s clock: %s', (time, may) => {
    expect(isReminderHour(rulesWith(1), at(`2026-12-05T${time}+03:00`))).toBe(may);
  });

  test('are not sent if the setting is off', () => {
    const policy = shopPolicy();
    expect(monthOfReminders(policy, at('2026-12-05T12:00Z'))).toBeNull();
    expect(isReminderHour(policy, at('2026-12-05T12:00Z'))).toBe(false);
  });

  test('state the debt, the date and whom to ask, in the language of the shop', () => {
    const policy = rulesWith(1);
    const now = at('2026-12-04T22:00Z');
    expect(wordReminder(54_000, policy, now)).toBe(
      'Лавка на Садовой: ваш долг 540,00 ₽ на 05.12. Не так? Спросите в магазине.',
    );
    expect(wordRemindersDeclined(policy)).toBe(
      'Лавка на Садовой: напоминаний о долге больше не будет. Не просили? Спросите в магазине.',
    );
    const english = {
      shop: { ...policy.shop, messageLanguage: 'en', contact: '+44 20 7946 0000' },
    } as const;
    expect(wordReminder(54_000, english, now)).toBe(
      'Лавка на Садовой: you owe ₽540.00 as of 05/12. Not right? +44 20 7946 0000',
    );
    expect(wordRemindersDeclined(english)).toBe(
      'Лавка на Садовой: you will get no more reminders of your debt. Did not ask for that? +44 20 7946 0000',
    );
  });
});
