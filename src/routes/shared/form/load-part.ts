// Loads a component when it is first needed, with the texts of the admin screens.
import { toasts } from '$lib/state/toasts.svelte';
import { loadAdminText, t } from '$lib/ui/text/current.svelte';

/** Null: it cannot be loaded now, and a message says so. `load`: the component's `import()`. */
export async function loadPart<Part>(
  load: () => Promise<{ readonly default: Part }>,
): Promise<Part | null> {
  try {
    const [{ default: part }] = await Promise.all([load(), loadAdminText()]);
    return part;
  } catch {
    toasts.show(t().errors.partMissing, 'warn');
    return null;
  }
}
