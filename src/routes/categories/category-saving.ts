// Saves changes of categories, or returns the reason in words.
import type { CategoryChange } from '$lib/contract/acts/goods';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';

/** Returns null if saved, otherwise the reason. Throws StorageError. */
export async function saveCategories(changed: readonly CategoryChange[]): Promise<string | null> {
  const { catalogue, signIn } = till;
  const { operator } = signIn;
  if (operator === null) return t().catalogue.form.mayNotEdit;
  const attempt = { changed, operator: operator.id, at: till.now() };
  const outcome = await catalogue.changeCategories(attempt);
  if (outcome.kind === 'saved') return null;
  switch (outcome.because.kind) {
    case 'policy-refused':
      return `${t().errors.policyRefused} (${t().errors.policyBecause[outcome.because.because]})`;
    case 'name-taken':
    case 'named-twice':
      return t().catalogue.categoryList.nameTaken;
    case 'no-right':
      return t().catalogue.form.mayNotEdit;
  }
}
