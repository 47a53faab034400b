// The name of a group: a built-in one in the screen's language, until it is renamed.
import type { Group, Policy } from '$lib/contract/policy';
import { groupName } from '$lib/domain/groups';
import { groupOf } from '$lib/domain/policy';
import { language } from '$lib/ui/text/current.svelte';

export const groupWords = (group: Pick<Group, 'id' | 'name'>): string =>
  groupName(group, language.current);

/** The same by its id; empty for a group that is gone, or where there is no policy. */
export function groupWordsOf(policy: Policy | null, id: string): string {
  const group = policy === null ? null : groupOf(policy, id);
  return group === null ? '' : groupWords(group);
}
