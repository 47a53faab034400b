// The name of a group: built-in ones in the screen language, unless renamed.
import type { Group, Policy } from '$lib/contract/policy';
import { groupName } from '$lib/domain/policy/groups';
import { groupOf } from '$lib/domain/policy/policy';
import { language } from '$lib/ui/text/current.svelte';

export const groupWords = (group: Pick<Group, 'id' | 'name'>): string =>
  groupName(group, language.current);

/** The name by id; empty if the group is gone or there is no policy. */
export function groupWordsOf(policy: Policy | null, id: string): string {
  const group = policy === null ? null : groupOf(policy, id);
  return group === null ? '' : groupWords(group);
}
