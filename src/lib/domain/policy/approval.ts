// The second person who agrees to an act with their PIN, or that there is none.
import type { Approval } from '$lib/contract/acts/approval';
import type { Right } from '$lib/contract/policy';
import { rightsOf } from './policy';
import { isAlone, type Deciding } from './rights';

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
