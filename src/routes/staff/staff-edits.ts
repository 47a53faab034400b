// Changes of staff as functions of the policy, and why one may not be made: asked here first, so that a form can say it; the relay asks again.
import type { Group, Operator, Policy, PolicyRefusal, Right } from '$lib/contract/policy';
import { pinDigitsFor, rightsOf } from '$lib/domain/policy';
import { checkPolicyChange } from '$lib/domain/policy-change';
import { RIGHTS } from '$lib/domain/rights';

export type Edit = (policy: Policy) => Policy;

/** Puts an operator in, or in place of the one with his id. */
export const withOperator =
  (operator: Operator): Edit =>
  (policy) => ({ ...policy, operators: put(policy.operators, operator) });

/** Puts a group in, or in place of the one with its id. */
export const withGroup =
  (group: Group): Edit =>
  (policy) => ({ ...policy, groups: put(policy.groups, group) });

export const withoutGroup =
  (id: string): Edit =>
  (policy) => ({ ...policy, groups: policy.groups.filter((each) => each.id !== id) });

function put<T extends { id: string }>(list: readonly T[], one: T): T[] {
  const known = list.some((each) => each.id === one.id);
  return known ? list.map((each) => (each.id === one.id ? one : each)) : [...list, one];
}

/** Null: the relay would take it from this operator. */
export function refusalOf(policy: Policy, edit: Edit, by: string | null): PolicyRefusal | null {
  return checkPolicyChange(policy, edit(policy), by)?.because ?? null;
}

/** Names of those whose PIN would be too short for the rights they would have. */
export function shortPins(policy: Policy, edit: Edit): string[] {
  const after = edit(policy);
  return after.operators
    .filter((each) => each.active && each.pin.digits < pinDigitsFor(rightsOf(after, each.id)))
    .map((each) => each.name);
}

export type RightSection = 'selling' | 'account' | 'noCode' | 'shift' | 'keeping';

const SECTION_OF = {
  sell: 'selling',
  discount: 'selling',
  'free-price': 'selling',
  'remove-line-after-total': 'selling',
  return: 'selling',
  'sell-on-account': 'account',
  'sell-over-limit': 'account',
  'redeem-points': 'account',
  'skip-code:on-account': 'noCode',
  'skip-code:points': 'noCode',
  'take-repayment': 'account',
  'correct-balance': 'account',
  'change-customer-phone': 'account',
  'cash-in-out': 'shift',
  'open-shift': 'shift',
  'close-shift': 'shift',
  'view-reports': 'keeping',
  'manage-catalogue': 'keeping',
  'manage-customers': 'keeping',
  'manage-staff': 'keeping',
  settings: 'keeping',
  data: 'keeping',
} as const satisfies Record<Right, RightSection>;

/** All rights, as the screen groups them. */
export const SECTIONS: readonly { readonly id: RightSection; readonly rights: readonly Right[] }[] =
  (['selling', 'account', 'noCode', 'shift', 'keeping'] as const).map((id) => ({
    id,
    rights: RIGHTS.filter((right) => SECTION_OF[right] === id),
  }));
