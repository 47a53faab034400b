// Words for why a sale or a card was not saved.
import type { SaveRefusal } from '$lib/domain/consent/checkout-state';
import { t } from '$lib/ui/text/current.svelte';
import { inMoney } from '../shared/words/money-words';
import type { CardOutcome } from '$lib/state/customers';

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

export function cardRefusalText(outcome: Exclude<CardOutcome, { kind: 'saved' }>): string {
  const words = t().errors;
  if (outcome.kind === 'not-saved') return words.storage[outcome.because];
  if (outcome.because.kind === 'customer-forgotten') return words.customerForgotten;
  if (outcome.because.kind === 'changed-meanwhile') return words.cardChanged;
  if (outcome.because.kind === 'no-right') return words.gate['no-right'];
  return `${words.policyRefused} (${words.policyBecause[outcome.because.because]})`;
}
