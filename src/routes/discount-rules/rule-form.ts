// The input for an automatic discount, and the parsed rule or the field that is wrong.
import type {
  DiscountRule,
  RuleAmount,
  RuleCondition,
  RuleScope,
} from '$lib/contract/discount-rule';
import type { Currency } from '$lib/contract/values';
import { parsePercent, percentText } from '$lib/domain/receipt/discounts';
import { decimalText, money, parseMoney } from '$lib/domain/values/money';
import { parseQuantity } from '$lib/domain/values/quantity';
import { t } from '$lib/ui/text/current.svelte';

/** Sums, quantities and hours as text. */
export type RuleTyped = {
  name: string;
  active: boolean;
  kind: RuleCondition['kind'];
  monthDays: string;
  /** A sum or a quantity, depending on the kind. */
  threshold: string;
  before: string;
  after: string;
  group: string;
  amount: RuleAmount['kind'];
  off: string;
  scope: RuleScope['kind'];
  ids: readonly string[];
  from: string;
  until: string;
  weekdays: readonly number[];
  byHours: boolean;
  hourFrom: string;
  hourUntil: string;
  adds: boolean;
};

export const EVERY_DAY: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

const clock = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((each) => String(each).padStart(2, '0')).join(':');

/** Null: not a time of day. */
function minutesOf(text: string): number | null {
  const [, hours, minutes] = /^(\d\d):(\d\d)/.exec(text) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

/** The input for an existing rule; null: for a new one. */
export function typedOf(rule: DiscountRule | null, currency: Currency): RuleTyped {
  const text = (minor: number) =>
    decimalText(money(minor), currency).replace('.', t().common.decimalMark);
  const { condition, amount, scope, hours } = rule ?? {};
  return {
    name: rule?.name ?? '',
    active: rule?.active ?? true,
    adds: rule?.adds ?? false,
    kind: condition?.kind ?? 'weekdays',
    monthDays: condition?.kind === 'month-days' ? condition.days.join(', ') : '',
    threshold:
      condition?.kind === 'quantity'
        ? String(condition.from / 1000).replace('.', t().common.decimalMark)
        : condition?.kind === 'total' || condition?.kind === 'purchases'
          ? text(condition.from)
          : '',
    before: condition?.kind === 'birthday' ? String(condition.before) : '0',
    after: condition?.kind === 'birthday' ? String(condition.after) : '0',
    group: condition?.kind === 'group' ? condition.group : '',
    amount: amount?.kind ?? 'percent',
    off:
      amount === undefined
        ? ''
        : amount.kind === 'percent'
          ? percentText(amount.basisPoints).replace('.', t().common.decimalMark)
          : text(amount.sum),
    scope: scope?.kind ?? 'everything',
    ids: scope === undefined || scope.kind === 'everything' ? [] : scope.ids,
    from: rule?.from ?? '',
    until: rule?.until ?? '',
    weekdays: rule?.weekdays ?? EVERY_DAY,
    byHours: hours !== null && hours !== undefined,
    hourFrom: hours ? clock(hours.from) : '',
    hourUntil: hours ? clock(hours.until) : '',
  };
}

export type RuleFault = { readonly field: keyof RuleTyped; readonly text: string };

/** The parsed rule, or the first wrong field. */
export function ruleOf(typed: RuleTyped, id: string, currency: Currency): DiscountRule | RuleFault {
  const { wrong, scopeEmpty } = t().discountRules;
  const fault = (field: keyof RuleTyped, text: string): RuleFault => ({ field, text });
  const name = typed.name.trim();
  if (name === '') return fault('name', t().errors.fieldEmpty);
  if (name.length > 80) return fault('name', t().errors.nameTooLong(80));
  const condition = conditionOf(typed, currency);
  if ('field' in condition) return condition;
  const amount = amountOf(typed, currency);
  if (amount === null) return fault('off', typed.amount === 'percent' ? wrong.percent : wrong.sum);
  if (typed.scope !== 'everything' && typed.ids.length === 0) return fault('scope', scopeEmpty);
  if (typed.weekdays.length === 0) return fault('weekdays', wrong.weekdays);
  const [from, until] = [typed.from || null, typed.until || null];
  if (from !== null && until !== null && until < from) return fault('until', wrong.dates);
  const [first, last] = [minutesOf(typed.hourFrom), minutesOf(typed.hourUntil)];
  if (typed.byHours && (first === null || last === null || first === last))
    return fault('hourUntil', wrong.hours);
  return {
    id,
    name,
    active: typed.active,
    from,
    until,
    condition,
    amount,
    adds: typed.adds,
    hours: typed.byHours && first !== null && last !== null ? { from: first, until: last } : null,
    weekdays: [...typed.weekdays].sort((a, b) => a - b),
    scope:
      typed.scope === 'everything'
        ? { kind: 'everything' }
        : { kind: typed.scope, ids: [...typed.ids] },
  };
}

function amountOf({ amount: kind, off }: RuleTyped, currency: Currency): RuleAmount | null {
  if (kind === 'percent') {
    const basisPoints = parsePercent(off);
    return basisPoints === null || basisPoints === 0 ? null : { kind, basisPoints };
  }
  const sum = parseMoney(off, currency);
  return sum === null || sum === 0 ? null : { kind, sum };
}

function conditionOf(typed: RuleTyped, currency: Currency): RuleCondition | RuleFault {
  const { wrong, noGroups } = t().discountRules;
  const { kind, threshold } = typed;
  switch (kind) {
    case 'weekdays':
      return { kind };
    case 'month-days': {
      const days = typed.monthDays
        .split(/[\s,;]+/)
        .filter(Boolean)
        .map(Number);
      const areDays = days.every((day) => Number.isInteger(day) && day >= 1 && day <= 31);
      return days.length === 0 || !areDays
        ? { field: 'monthDays', text: wrong.days }
        : { kind, days: [...new Set(days)].sort((a, b) => a - b) };
    }
    case 'total':
    case 'purchases': {
      const from = parseMoney(threshold, currency);
      return from === null || from === 0 ? { field: 'threshold', text: wrong.sum } : { kind, from };
    }
    case 'quantity': {
      const from = parseQuantity(threshold, 'kilogram');
      return from === null || from === 0
        ? { field: 'threshold', text: wrong.quantity }
        : { kind, from };
    }
    case 'birthday': {
      const [before, after] = [typed.before, typed.after].map((text) =>
        /^\d{1,3}$/.test(text.trim()) ? Number(text) : NaN,
      );
      const fits = (days: number | undefined): days is number =>
        days !== undefined && days >= 0 && days <= 180;
      if (!fits(before)) return { field: 'before', text: wrong.around };
      return fits(after) ? { kind, before, after } : { field: 'after', text: wrong.around };
    }
    case 'group':
      return typed.group === '' ? { field: 'group', text: noGroups } : { kind, group: typed.group };
  }
}
