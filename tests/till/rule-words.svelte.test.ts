// The line that describes an automatic discount names its group, sum, days and hours.
import { afterEach, expect, test } from 'vitest';
import type { DiscountRule } from '$lib/contract/discount-rule';
import { defaultPolicy } from '$lib/domain/policy/default-policy';
import { language, loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';
import { ruleWords } from '../../src/routes/discount-rules/rule-words';

const GROUP = '0197f3a0-0000-7000-8000-000000000003';
const policy = {
  ...defaultPolicy({
    shopId: '0197f3a0-0000-7000-8000-000000000001',
    shopName: 'Весна',
    currency: { code: 'RUB', digits: 2 },
    phoneCountry: 'RU',
    timeZone: 'Europe/Moscow',
    owner: {
      id: '0197f3a0-0000-7000-8000-000000000002',
      name: 'Анна',
      pin: { salt: '0'.repeat(32), hash: '0'.repeat(64), rounds: 600_000, digits: 6 },
      phone: null,
    },
    at: 1_700_000_000_000,
    messageLanguage: 'ru',
  }),
  customerGroups: [{ id: GROUP, name: 'Постоянные' }],
};
const TENTH: DiscountRule = {
  id: GROUP,
  name: 'Скидка',
  active: true,
  from: null,
  until: null,
  hours: null,
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  scope: { kind: 'everything' },
  adds: false,
  amount: { kind: 'percent', basisPoints: 1_000 },
  condition: { kind: 'weekdays' },
};

const before = language.current;
afterEach(() => setLanguage(before));

test.each<readonly [Partial<DiscountRule>, string]>([
  [{}, ''],
  [{ condition: { kind: 'group', group: GROUP } }, ' · Группа покупателей: Постоянные'],
  [{ condition: { kind: 'group', group: 'gone' } }, ' · Группа покупателей: группы больше нет'],
  [{ condition: { kind: 'total', from: 100_000 } }, ' · Чек от 1 000,00 ₽'],
  [{ condition: { kind: 'purchases', from: 500_000 } }, ' · Куплено раньше на сумму от 5 000,00 ₽'],
  [{ condition: { kind: 'quantity', from: 3_000 } }, ' · Количество от 3'],
  [{ condition: { kind: 'month-days', days: [1, 15] } }, ' · Числа месяца: 1, 15'],
  [{ weekdays: [2, 6], hours: { from: 540, until: 720 } }, ' · вт, сб · 09:00–12:00'],
])('%j', async (parts, words) => {
  await loadAdminText();
  await setLanguage('ru');
  const said = ruleWords({ ...TENTH, ...parts }, policy).replace(/[\u00a0\u202f]/g, ' ');
  expect(said).toBe(`−10 % · На все товары${words}`);
});
