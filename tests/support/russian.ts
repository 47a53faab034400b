// Starts every screen test in Russian, with all words loaded.
import { loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';

await setLanguage('ru');
await loadAdminText();
