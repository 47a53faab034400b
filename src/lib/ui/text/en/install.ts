// Installing the till as an app, in English.
import type { install as ru } from '$lib/ui/text/ru/install';

export const install = {
  title: 'The till as an app',
  why: 'An installed till opens from its own icon, fills the whole screen, and the browser will not clear its records when space runs short.',
  act: 'Install',
  installed: 'The till is installed on this device. Open it from its icon.',
  share: 'On an iPad or iPhone: tap Share in Safari, then “Add to Home Screen”.',
  shareOwnRecords:
    'The till on the Home Screen keeps its own records: what was recorded in Safari stays in Safari. Add it before the first sale, or connect it as another till.',
  menu: 'Open the browser’s menu and choose “Install app” or “Add to Home screen”. If it isn’t there, open the till in Chrome or Edge.',
  insecure:
    'This address is open without https, so the browser can’t install the till. The README says how to set up https, in the section on tablets.',
  offerTitle: 'Install the till on this device?',
  offerLater: 'Not now',
} satisfies typeof ru;
