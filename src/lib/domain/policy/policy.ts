// Policy queries: who may do what.
// Only `proof/policy` makes the verified policy they need.
import type { Group, Operator, Policy, Right } from '$lib/contract/policy';

export declare const verifiedPolicy: unique symbol;

/** A policy whose signature by the relay's pinned key was checked. */
export type VerifiedPolicy = Policy & { readonly [verifiedPolicy]: true };

export const operatorOf = (policy: Policy, operatorId: string): Operator | null =>
  policy.operators.find((operator) => operator.id === operatorId) ?? null;

export const groupOf = (policy: Policy, groupId: string): Group | null =>
  policy.groups.find((group) => group.id === groupId) ?? null;

/** Rights of an active operator; none for an unknown or inactive one. */
export function rightsOf(policy: Policy, operatorId: string): readonly Right[] {
  const operator = operatorOf(policy, operatorId);
  if (operator === null || !operator.active) return [];
  return groupOf(policy, operator.group)?.rights ?? [];
}

/** True if the operator is active and their group holds the right. */
export const may = (policy: VerifiedPolicy, operatorId: string, right: Right): boolean =>
  rightsOf(policy, operatorId).includes(right);

/** Active operators with the right, other than this one, who could allow an act with their PIN. */
export const colleaguesWith = (
  policy: Policy,
  operatorId: string | null,
  right: Right,
): Operator[] =>
  policy.operators.filter(({ id }) => id !== operatorId && rightsOf(policy, id).includes(right));

/** Groups that hold a right, to name who could authorise an act. */
export const groupsWith = (policy: Policy, right: Right): Group[] =>
  policy.groups.filter((group) => group.rights.includes(right));

/** PIN length: 6 digits for operators who may skip codes, else 4. */
export const pinDigitsFor = (rights: readonly Right[]): 4 | 6 =>
  rights.includes('skip-code:on-account') || rights.includes('skip-code:points') ? 6 : 4;

/** The part of a line's list price that a person may take off by hand, basis points; 0 without a right to it. */
export function discountCapOf(policy: Policy, operatorId: string): number {
  const rights = rightsOf(policy, operatorId);
  const operator = operatorOf(policy, operatorId);
  const group = operator && groupOf(policy, operator.group);
  return rights.includes('discount') || rights.includes('free-price')
    ? (group?.discountBasisPoints ?? 0)
    : 0;
}
