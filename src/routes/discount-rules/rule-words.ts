// A short description of an automatic discount, for the list of rules.
import type { DiscountRule } from '$lib/contract/discount-rule';
import type { Policy } from '$lib/contract/policy';
import { percentText } from '$lib/domain/receipt/discounts';
import { formatMoney, money } from '$lib/domain/values/money';
import { localeOf } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { EVERY_DAY, typedOf } from './rule-form';

/** `−10 % · All goods · Receipt from £5.00 · Mon, Tue · 09:00–12:00`. A rule without a condition ends with the goods. */
export function ruleWords(rule: DiscountRule, policy: Policy): string {
  const words = t().discountRules;
  const { amount, scope, weekdays } = rule;
  const { byHours, hourFrom, hourUntil } = typedOf(rule, policy.shop.currency);
  const off =
    amount.kind === 'percent'
      ? `−${percentText(amount.basisPoints).replace('.', t().common.decimalMark)} %`
      : `−${inMoney(amount.sum, policy)}`;
  const count = scope.kind === 'everything' ? '' : ` (${scope.ids.length})`;
  const days = weekdays.map((day) => words.weekdayNames[day - 1]).join(', ');
  return [
    ...[off, `${words.scopes[scope.kind]}${count}`, conditionWords(rule, policy)],
    weekdays.length < EVERY_DAY.length ? days : '',
    byHours ? `${hourFrom}–${hourUntil}` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

const inMoney = (minor: number, { shop }: Policy): string =>
  formatMoney(money(minor), shop.currency, localeOf(language.current));

function conditionWords(rule: DiscountRule, policy: Policy): string {
  const words = t().discountRules;
  const { condition } = rule;
  const { threshold, monthDays } = typedOf(rule, policy.shop.currency);
  switch (condition.kind) {
    case 'weekdays':
      return '';
    case 'month-days':
      return `${words.monthDays}: ${monthDays}`;
    case 'total':
      return `${words.totalFrom} ${inMoney(condition.from, policy)}`;
    case 'purchases':
      return `${words.purchasesFrom} ${inMoney(condition.from, policy)}`;
    case 'quantity':
      return `${words.quantityFrom} ${threshold}`;
    case 'birthday':
      return words.kinds.birthday;
    case 'group': {
      const group = policy.customerGroups.find(({ id }) => id === condition.group);
      return `${words.group}: ${group?.name ?? words.groupGone}`;
    }
  }
}
