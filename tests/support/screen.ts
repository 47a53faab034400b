// Starts every screen test with the till's styles and in Russian, with all words loaded.
import '$lib/ui/theme.css';
import { beforeEach } from 'vitest';
import { cleanup } from 'vitest-browser-svelte';
import { followFormFactor } from '$lib/ui/form-factor';
import { loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';

// without this call, only the first file that renders would clean up
beforeEach(() => cleanup());
followFormFactor();
await setLanguage('ru');
await loadAdminText();
