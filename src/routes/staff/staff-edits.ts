// Edits of staff as functions of the policy, and the reasons to refuse one.
// The relay checks them again.
import type { Group, Operator, Policy, PolicyRefusal } from '$lib/contract/policy';
import { pinDigitsFor, rightsOf } from '$lib/domain/policy/policy';
import { checkPolicyChange } from '$lib/domain/policy/policy-change';

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
