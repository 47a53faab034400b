// Starts every screen test with the till's styles and in Russian, with all words loaded.
import '$lib/ui/theme.css';
import { loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';

await setLanguage('ru');
await loadAdminText();
