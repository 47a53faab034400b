// Reminders of debts: the month and the hours in which a shop sends them, and their texts.
import type { Policy } from '$lib/contract/policy';
import { businessDay, hourOfDay } from '$lib/domain/values/business-day';
import { DAY_MS } from '$lib/domain/values/durations';
import { voiceOf } from './message-words';

type Rules = Pick<Policy, 'notices' | 'shop'>;

/** The reminders of a month begin on the chosen day or within this many days after it; otherwise that month has none. */
const BEGIN_WITHIN_DAYS = 7;

/**
 * The last month, as `2026-12`, whose reminders are due at `at`, ms, and whether they may still begin. Null: the shop sends none.
 */
export function monthOfReminders(
  { notices: { reminders }, shop }: Rules,
  at: number,
): { readonly month: string; readonly mayBegin: boolean } | null {
  if (reminders === null) return null;
  const today = businessDay(at, shop.timeZone);
  const [year = 0, month = 0, day = 0] = today.split('-').map(Number);
  const due = Date.UTC(year, day < reminders.day ? month - 2 : month - 1, reminders.day);
  const days = (Date.parse(`${today}T00:00:00Z`) - due) / DAY_MS;
  return { month: new Date(due).toISOString().slice(0, 7), mayBegin: days < BEGIN_WITHIN_DAYS };
}

/** Whether reminders may be sent at `at`, ms: the shop chooses the hours, so that nobody gets one at night. */
export function isReminderHour({ notices: { reminders }, shop }: Rules, at: number): boolean {
  if (reminders === null) return false;
  const hour = hourOfDay(at, shop.timeZone);
  return reminders.fromHour <= hour && hour < reminders.toHour;
}

/** «Весна: ваш долг 540,00 ₽ на 05.12. Не так? +7 …» `owed`: minor units; `at`: ms. */
export function wordReminder(owed: number, policy: Pick<Policy, 'shop'>, at: number): string {
  const { pick, sum, toCustomer } = voiceOf(policy);
  const { timeZone } = policy.shop;
  const format = { day: '2-digit', month: '2-digit', timeZone } as const;
  const day = new Intl.DateTimeFormat(pick('ru-RU', 'en-GB'), format).format(at);
  const what = pick(`ваш долг ${sum(owed)} на ${day}.`, `you owe ${sum(owed)} as of ${day}.`);
  return toCustomer(what, 'not-right');
}

/** «Весна: напоминаний о долге больше не будет. Не просили? +7 …» */
export function wordRemindersDeclined(policy: Pick<Policy, 'shop'>): string {
  const { pick, toCustomer } = voiceOf(policy);
  return toCustomer(
    pick('напоминаний о долге больше не будет.', 'you will get no more reminders of your debt.'),
    { ask: pick('Не просили?', 'Did not ask for that?') },
  );
}
