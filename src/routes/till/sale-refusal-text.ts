// Words for why a sale was not saved, with the amount that would be accepted.
import type { SaveRefusal } from '$lib/domain/consent/checkout-state';
import { t } from '$lib/ui/text/current.svelte';
import { inMoney } from '../shared/words/money-words';

export function saleRefusalText(refusal: SaveRefusal): string {
  const words = t().errors;
  if (refusal.kind === 'policy-refused')
    return words.policyRefusedAtSale(words.policyBecause[refusal.because]);
  if (refusal.kind === 'grant-forged') return words.grantForged;
  if (refusal.kind === 'reserve-code-wrong') return words.reserveCodeWrong;
  if (refusal.kind === 'float-not-counted') return words.floatNotCounted;
  const allowed =
    refusal.kind === 'over-limit' ||
    refusal.kind === 'discount-over-cap' ||
    refusal.kind === 'override-over-cap' ||
    refusal.kind === 'reserve-code-over-cap'
      ? inMoney(refusal.allowed)
      : refusal.kind === 'points-over-share'
        ? t().common.points(refusal.allowed)
        : refusal.kind === 'not-enough-points'
          ? t().common.points(refusal.held)
          : '';
  const action = 'action' in refusal ? t().code.actions[refusal.action] : '';
  return words.sale[refusal.kind]({ allowed, action });
}
