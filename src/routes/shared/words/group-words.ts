// The names of groups, and words for wrong PINs.
import type { Group, Policy } from '$lib/contract/policy';
import { groupName } from '$lib/domain/policy/groups';
import { groupOf } from '$lib/domain/policy/policy';
import { language, t } from '$lib/ui/text/current.svelte';
import type { PinOutcome } from '$lib/storage/secrets/pins';
import { formatTime } from '$lib/ui/format';

export const groupWords = (group: Pick<Group, 'id' | 'name'>): string =>
  groupName(group, language.current);

/** The name by id; empty if the group is gone or there is no policy. */
export function groupWordsOf(policy: Policy | null, id: string): string {
  const group = policy === null ? null : groupOf(policy, id);
  return group === null ? '' : groupWords(group);
}

/** Null: the PIN is correct. */
export function pinWords(outcome: PinOutcome): string | null {
  switch (outcome.kind) {
    case 'right':
      return null;
    case 'wrong':
      return t().signIn.wrong(outcome.left);
    case 'locked':
      return t().signIn.lockedUntil(formatTime(outcome.until, language.current));
    case 'unknown-operator':
      return t().signIn.unknown;
  }
}
