// Mounts the till, registers the service worker, and handles uncaught errors.
// A bug stops the page, never the records.
import './lib/ui/theme.css';
import { mount } from 'svelte';
import { installation } from '$lib/state/device/installation.svelte';
// imported early: the browser offers to install the till only once
import '$lib/state/device/install-offer.svelte';
import { till } from '$lib/state/till.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { storageErrorOf } from '$lib/storage/storage-error';
import { followFormFactor } from '$lib/ui/form-factor';
import { preferredLanguage, setLanguage, t } from '$lib/ui/text/current.svelte';
import App from './App.svelte';
import { fatalError } from './fatal-error.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('#app is missing');

/** Errors from missing files of this build: network failure, or a newer build on the server. */
const partsMissing = new WeakSet<object>();
addEventListener('vite:preloadError', (event) => partsMissing.add(event.payload));

addEventListener('error', (event) => fatalError.report(event.error));
addEventListener('unhandledrejection', ({ reason }) => {
  // network and storage failures are not bugs: the receipt stays open, and a message is shown
  const failed = storageErrorOf(reason);
  if (partsMissing.has(reason as object)) toasts.show(t().errors.partMissing, 'warn');
  // acts report failed writes themselves, so this must have been a read
  else if (failed !== null) toasts.show(t().errors.notReadText, 'warn');
  else fatalError.report(reason);
});

followFormFactor();
void till.start();
setLanguage(preferredLanguage(navigator.languages)).then(
  () => {
    mount(App, { target });
    document.getElementById('not-loaded')?.remove();
  },
  // no texts are loaded yet, so index.html contains the message
  () => document.getElementById('not-loaded')?.removeAttribute('hidden'),
);
void installation.register();
