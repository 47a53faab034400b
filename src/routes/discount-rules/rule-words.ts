// A short description of an automatic discount, for the list of rules.
import type { DiscountRule } from '$lib/contract/discount-rule';
import { percentText } from '$lib/domain/receipt/discounts';
import { money } from '$lib/domain/values/money';
import { t } from '$lib/ui/text/current.svelte';
import { inMoney } from '../shared/money-words';

/** `−10 % · All goods · By day of the week and hour`. */
export function ruleWords({ amount, scope, condition }: DiscountRule): string {
  const words = t().discountRules;
  const off =
    amount.kind === 'percent'
      ? `−${percentText(amount.basisPoints).replace('.', t().common.decimalMark)} %`
      : `−${inMoney(money(amount.sum))}`;
  const count = scope.kind === 'everything' ? '' : ` (${scope.ids.length})`;
  return [off, `${words.scopes[scope.kind]}${count}`, words.kinds[condition.kind]].join(' · ');
}
