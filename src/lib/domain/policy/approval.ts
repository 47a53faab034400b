// The second person who agrees to an act with their PIN, or lends their right to it.
import type { Approval } from '$lib/contract/acts/approval';
import type { Right } from '$lib/contract/policy';
import { rightsOf } from './policy';
import { isAlone, refusedRight, type Deciding, type NoRight, type RightsForAct } from './rights';

/**
 * How a second person agreed. `right`: what they need; `alone`: the operator has it and nobody else does. Null: nobody agreed,
 * and somebody could, or the operator has no such right.
 */
export function secondPerson(
  { approvedBy, policy, operator }: Deciding & { readonly approvedBy: string | null },
  right: Right,
): Approval | null {
  const isOwn = rightsOf(policy, operator).includes(right);
  if (isOwn && isAlone({ policy, operator }, [right])) return { kind: 'alone' };
  return approvedBy !== null &&
    approvedBy !== operator &&
    rightsOf(policy, approvedBy).includes(right)
    ? { kind: 'given', by: approvedBy }
    : null;
}

/** Whose right allows the act. `by`: a colleague, because the operator has no right; null: the operator has it. */
export function permission(
  act: { readonly rights: RightsForAct },
  input: Deciding & { readonly allowedBy: string | null },
): { readonly kind: 'allowed'; readonly by: string | null } | NoRight {
  const { policy, allowedBy } = input;
  const noRight = refusedRight(act, input);
  if (noRight === null) return { kind: 'allowed', by: null };
  if (allowedBy === null) return noRight;
  return refusedRight(act, { policy, operator: allowedBy }) ?? { kind: 'allowed', by: allowedBy };
}
