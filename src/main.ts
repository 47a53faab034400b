// Mounts the till, registers the worker, and shows what nobody caught: a bug stops the page, never the records.
import './lib/ui/theme.css';
import { mount } from 'svelte';
import { installation } from '$lib/state/installation.svelte';
import { till } from '$lib/state/till.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { storageErrorOf } from '$lib/storage/storage-error';
import { preferredLanguage, setLanguage, t } from '$lib/ui/text/current.svelte';
import App from './App.svelte';
import { stop } from './stop.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('#app is missing');

setLanguage(preferredLanguage(navigator.languages));
addEventListener('error', (event) => stop.because(event.error));
addEventListener('unhandledrejection', (event) => {
  const failed = storageErrorOf(event.reason);
  // the disk is no bug: the receipt stays open, and the person is told
  if (failed === null) stop.because(event.reason);
  else toasts.show(t().errors.storage[failed.kind], 'warn');
});
// a chunk of an older build is gone from the server: one reload brings the new shell
addEventListener('vite:preloadError', () => location.reload());

mount(App, { target });
void till.start().then(() => {
  const { language } = till.preferences;
  if (language) setLanguage(language);
});
void installation.register();
