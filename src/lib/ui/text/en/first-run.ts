// The first run, in English.
import type { firstRun as ru } from '$lib/ui/text/ru/first-run';

export const firstRun = {
  languageTitle: 'Language · Язык',
  steps: ['Language', 'Shop', 'Owner', 'Goods'],
  shopTitle: 'Your shop',
  shopName: 'Name',
  shopNameHint: 'Customers see it in the message with the code',
  currency: 'Currency',
  currencyHint: 'This can’t be changed later: all debts and totals are kept in it',
  messageLanguageHint: 'Customers and owners get their messages in this language',
  changeable: 'Everything except the currency can be changed later in Settings.',
  phoneCountry: 'Country of phone numbers',
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
} satisfies typeof ru;
