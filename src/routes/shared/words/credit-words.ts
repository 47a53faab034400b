// Words for how far a customer may go into debt.
import type { Credit } from '$lib/contract/acts/customer';
import { money } from '$lib/domain/values/money';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';
import { inMoney } from './money-words';

/** The credit on a card: its kind, and its limit if there is one. */
export function creditWords(credit: Credit): string {
  const words = t().customers;
  const { kind } = credit;
  const limit =
    kind === 'own-limit'
      ? credit.limit
      : kind === 'shop-limit'
        ? (till.policy.current?.credit.debtLimit ?? null)
        : null;
  return limit === null
    ? words.kinds[kind]
    : `${words.kinds[kind]}: ${words.shopLimit(inMoney(money(limit)))}`;
}
