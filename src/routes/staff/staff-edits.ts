// Edits of staff as functions of the policy, and the reasons to refuse one.
// The relay checks them again.
import type { Group, Operator, Policy, PolicyRefusal, Right } from '$lib/contract/policy';
import { pinDigitsFor, rightsOf } from '$lib/domain/policy/policy';
import { checkPolicyChange } from '$lib/domain/policy/policy-change';
import { RIGHTS } from '$lib/domain/policy/rights';

export type Edit = (policy: Policy) => Policy;

/** Adds an operator, or replaces the one with the same id. */
export const withOperator =
  (operator: Operator): Edit =>
  (policy) => ({ ...policy, operators: put(policy.operators, operator) });

/** Adds a group, or replaces the one with the same id. */
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

/** Why this operator may not make the edit; null: they may. */
export function refusalOf(policy: Policy, edit: Edit, by: string | null): PolicyRefusal | null {
  return checkPolicyChange(policy, edit(policy), by)?.because ?? null;
}

/** Names of operators whose PIN would be too short for their new rights. */
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
  'correct-tender': 'selling',
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

/** All rights, grouped as on the screen. */
export const SECTIONS: readonly { readonly id: RightSection; readonly rights: readonly Right[] }[] =
  (['selling', 'account', 'noCode', 'shift', 'keeping'] as const).map((id) => ({
    id,
    rights: RIGHTS.filter((right) => SECTION_OF[right] === id),
  }));
