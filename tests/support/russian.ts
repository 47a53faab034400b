// Every test of a screen begins in Russian, with all words there.
import { loadOfficeWords, setLanguage } from '$lib/ui/text/current.svelte';

await setLanguage('ru');
await loadOfficeWords();
