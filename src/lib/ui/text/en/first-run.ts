// The first run, enrolment, a damaged journal and the first steps, in English.
import type * as ru from '$lib/ui/text/ru/first-run';

export const firstRun = {
  languageTitle: 'Language · Язык',
  steps: ['Shop', 'Owner', 'Goods'],
  shopTitle: 'Your shop',
  shopName: 'Name',
  shopNameHint: 'Customers see it in the message with the code',
  currency: 'Currency',
  currencyHint: 'This can’t be changed later: all debts and totals are kept in it',
  messageLanguageHint: 'Customers and owners get their messages in this language',
  changeable: 'Everything except the currency can be changed later in Settings.',
  country: 'Country',
  countryHint:
    'How numbers without a country code are read. Codes go only to this country until you allow others',
  ownerTitle: 'Owner',
  ownerText: 'You can do everything: add staff, set rights and limits.',
  ownerName: 'Your name',
  pinHint: 'You sign in with it and confirm settings with it',
  phone: 'Your phone',
  phoneHint: 'Warnings about important changes go there',
  goodsTitle: 'What do you sell?',
  goodsText: 'You can add and change goods and customers at any time.',
  demo: 'Load demo goods',
  demoText: 'About 60 products and six customers, to try the till right now.',
  import: 'Import my price list',
  importText: 'A CSV file: from Excel or another program.',
  empty: 'Start with an empty till',
  demoRefused:
    'The demo goods did not load, and nothing was recorded. Try again, or start with an empty till.',
  founding: 'Setting up the shop…',
  loading: 'Putting the goods on the shelves…',
  alreadyFounded: 'The shop is already set up. Sign in with your PIN.',
} satisfies typeof ru.firstRun;

export const enrol = {
  title: 'Connect this till',
  text: 'The shop is already at work. A one-time connection code is needed: a manager shows it under “Settings → Tills of the shop”, or npm run enrol does on the shop server’s machine.',
  tokenLabel: 'Connection code, 10 characters',
  nameLabel: 'Name of this till',
  nameHint: 'Left empty, it gets a free name, such as Till 2. It can be changed later in Settings.',
  defaultName: 'Till 1',
  connect: 'Connect',
  wrong: 'That does not look like a connection code: it has 10 letters and digits.',
  'token-needed': 'A connection code is needed.',
  'token-unknown': 'The shop server does not know this code. Check the characters.',
  'token-spent': 'This code has been used. Ask for a new one.',
  'token-expired': 'This code is too old: it works for 15 minutes. Ask for a new one.',
  locked: (time: string) => `Too many tries. The next one after ${time}.`,
  'till-differs':
    'The shop server knows this till by another key. Clear the site’s data and connect again.',
  'other-relay': 'This till belongs to another shop: its journal can’t change hands.',
  unreachable: 'The shop server does not answer. Check the network and try again.',
  enrolledTitle: 'The till is connected',
  enrolledText:
    'Staff and rights come at once; goods and stock, customers with their debts and points within moments.',
  ios: 'On an iPad or iPhone add the till to the home screen first and connect it there.',
} satisfies typeof ru.enrol;

export const damagedJournal = {
  title: 'A damaged journal lies on this device',
  text: 'A till was at work here. Its database is gone, and the lines of its journal file that name the till cannot be read: it cannot be brought back by itself. Nothing has been changed. Everything uploaded to the shop server is safe.',
  read: 'Read what can be read',
  readText: 'Shows the receipts that the file still gives. Changes nothing.',
  readNothing:
    'Nothing in the file can be read: not even which till it is from. Restore a backup or connect the device again.',
  readNext:
    'These entries cannot be put back: the shop and the till’s connection are not in them. Save them as a file before you connect again, and compare the last receipts with the ones at the shop server.',
  till: 'Till',
  entries: 'Entries read',
  unread: 'Lines not read',
  receipts: 'Receipts',
  last: (shown: string, all: string) => `The last ${shown} of ${all}; all of them are in the file.`,
  save: 'Save as a file',
  backupText: 'If the till’s backup is at hand. It is checked before anything changes.',
  startOver: 'Connect again as a new till',
  startOverText:
    'An owner’s code connects this device to the shop. What was uploaded to the shop server comes back; the damaged file is kept under another name.',
  startOverTitle: 'Connect again as a new till?',
  startOverSure:
    'Receipts that were not uploaded to the shop server will not come to the new till. The damaged file is not deleted, but the till does not offer to read it again.',
} satisfies typeof ru.damagedJournal;

export const checklist = {
  title: 'Still to set up',
  close: 'Do not show again',
  steps: {
    staff: {
      title: 'Add your staff',
      why: 'Each has a PIN of their own, and you see who sold what.',
    },
    phones: {
      title: 'Enter your staff’s phones',
      why: 'The till notices a customer’s card with a seller’s own number.',
    },
    messages: {
      title: 'Connect a messaging service',
      why: 'Without it customers get no code to buy on account.',
    },
    'count-float': {
      title: 'Count the float',
      why: 'You see at once if the drawer has less than the last shift left.',
    },
    'blind-count': {
      title: 'Count the drawer blind',
      why: 'A cashier counts the money without knowing how much there should be.',
    },
    reminders: {
      title: 'Remind customers of their debt',
      why: 'Customers notice money that they gave and nobody entered.',
    },
  },
} satisfies typeof ru.checklist;
