// Settings, in English: what its screens share, and this device.
import type { settings as ru } from '$lib/ui/text/ru/settings';
import { contacts } from './contacts';
import { messages } from './messages';

export const settings = {
  saveFailed: 'Not saved',
  ownersTold: 'All owners with a phone on record will be told.',
  ownersUntold:
    'Owners can’t be told of this: the messaging service carries only codes. It will show under “Notifications to owners”.',
  notElevated: 'This can’t be changed without your PIN. Nothing was saved.',
  messages,
  contacts,

  device: {
    looks: 'Language and look',
    memory: 'Storage and offline',
    offlineReady: 'The till opens without the internet too',
    offlineNotReady:
      'The till can’t open without the internet yet. Keep it connected for a minute.',
    persistUnknown: 'This browser does not say whether it will keep the records',
    thisTill: 'This till',
    id: 'Number',
    version: 'Version',
    tills: 'Tills of the shop',
    showTills: 'Show the tills',
    tillsHint: 'The shop server will ask for your PIN.',
    tillsNoRight: 'Tills are connected and removed by those with the right “Change settings”.',
    seen: (moment) => `last seen: ${moment}`,
    neverSeen: 'never seen yet',
    enrolled: (moment) => `connected ${moment}`,
    revoked: (moment) => `removed ${moment}`,
    revoke: 'Remove',
    revokeTitle: (name) => `Remove “${name}”?`,
    revokeText:
      'This till sells nothing from then on, sends no codes and changes no settings; what its journal still owes it sends. It can come back only by being connected anew.',
    revokeDone: 'The till is removed',
    connect: 'Connect another till',
    connectTitle: 'Connection code',
    connectText: 'Open the till on the other device and type this code. It works once.',
    connectLink: 'Or point the device’s camera at the QR code.',
    connectNoLink:
      'There is no QR code: tablets cannot reach the shop server yet, because it has no address on the network.',
    validUntil: (time) => `Valid until ${time}`,
    qrLabel: 'QR code: opens the till on another device and connects it',
    sharedNote:
      'Operators and rights reach the new till at once. Goods, customers and balances are each till’s own for now.',
    demo: 'Demo goods',
    loadDemo: 'Load demo goods',
    loadDemoText:
      'About sixty goods and six made-up customers to try the till with. Offered only until the shop has goods, customers or a messaging service of its own.',
    reloadDemo: 'Refill the demo goods',
    reloadDemoText:
      'Puts the demo goods back as they were: prices, stock, names in this language. Sales, debts and points stay. Offered only until the shop has goods, customers or a messaging service of its own.',
    demoLoaded: 'Demo goods are loaded',
    demoRefused: 'They could not be loaded: the goods are as they were.',
  },
} satisfies typeof ru;
