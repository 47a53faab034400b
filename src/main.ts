// Mounts the till, registers the worker, and shows what nobody caught: a bug stops the page, never the records.
import './lib/ui/theme.css';
import { mount } from 'svelte';
import { installation } from '$lib/state/device/installation.svelte';
// listens from the first moment: the browser offers to install the till only once
import '$lib/state/device/install-offer.svelte';
import { till } from '$lib/state/till.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { storageErrorOf } from '$lib/storage/storage-error';
import { preferredLanguage, setLanguage, t } from '$lib/ui/text/current.svelte';
import App from './App.svelte';
import { fatalError } from './fatal-error.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('#app is missing');

/** Why files of this build could not be had: the network, or a newer build on the server. */
const partsMissing = new WeakSet<object>();
addEventListener('vite:preloadError', (event) => partsMissing.add(event.payload));

addEventListener('error', (event) => fatalError.report(event.error));
addEventListener('unhandledrejection', ({ reason }) => {
  // neither the wire nor the disk is a bug: the receipt stays open, and the person is told
  const failed = storageErrorOf(reason);
  if (partsMissing.has(reason as object)) toasts.show(t().errors.partMissing, 'warn');
  // acts say themselves what was not saved, so this was a reading
  else if (failed !== null) toasts.show(t().errors.notReadText, 'warn');
  else fatalError.report(reason);
});

void till.start();
setLanguage(preferredLanguage(navigator.languages)).then(
  () => {
    mount(App, { target });
    document.getElementById('not-loaded')?.remove();
  },
  // there are no words yet to say it with: index.html has them
  () => document.getElementById('not-loaded')?.removeAttribute('hidden'),
);
void installation.register();
