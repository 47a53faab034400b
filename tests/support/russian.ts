// Every test of a screen begins in Russian, with all words there.
import { loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';

await setLanguage('ru');
await loadAdminText();
