// English text. Settings: what its screens share, and this device.
import { plural } from '$lib/ui/text/plural';
import type { settings as ru } from '$lib/ui/text/ru/settings';
import { codesAndLimits } from './codes-and-limits';
import { messages } from './messages';

const ENTRIES = { one: 'entry', other: 'entries' } as const;

export const settings = {
  saveFailed: 'Not saved',
  ownersNotified: 'All owners with a phone number on record will be notified.',
  ownersNotNotified:
    'Owners can’t be notified: the messaging service can send only codes. The change will be listed under “Notifications to owners”.',
  sections: 'Sections of the settings',
  all: 'All settings',
  find: 'Find a setting',
  looksText: 'For this till only.',
  notElevated: 'This can’t be changed without your PIN. Nothing was saved.',
  messages,
  codesAndLimits,

  now: {
    always: 'always',
    from: (sum) => `from ${sum}`,
    noCode: 'no code asked',
    codeBy: (channels) => `code by ${channels}`,
    consentNotAsked: 'the customer is not asked',
    capAtOnce: (sum) => `up to ${sum} at once`,
    capOfTill: (sum) => `up to ${sum} per till a day`,
    newNumber: (sum) => `a new number on its first day: up to ${sum}`,
    notGiven: 'not given',
    demo: 'demo codes',
    dismissed: (n) => `no longer work here: ${n}`,
    journal: 'Journal on the shop server',
    allUploaded: 'all uploaded',
    notUploaded: (n) => `not uploaded: ${n}`,
    reEnrol: 'connect again',
    storage: 'Storage on this device',
    offlineReady: 'the till opens without the internet too',
    offlineNotReady: 'the till can’t open without the internet yet',
    storageKept: 'protected',
    storageNotKept: 'not protected',
    backups: 'Backup',
    backupDaily: (moment) => `last one: ${moment}`,
    backupByHand: 'by hand only',
    tillsNote: 'Connect, rename or remove a till',
    costsNote: 'What codes cost, by day and method',
  },

  formerJournals: {
    title: 'Records of former tills wait for an owner',
    text: 'These tills brought records from another shop server, or from this one before it lost its data. On the till itself debts and points are as before, but the shop server does not count them yet: points cannot be redeemed by a code, and messages to customers are without these debts. Compare the sums, then accept them. It takes a code from an owner’s phone; everyone whose debt rose or whose points fell gets one message with their balance.',
    unknown:
      'Not your sums? Do not accept them, and remove that till: what is not accepted changes nothing.',
    from: (former, entries, moment) =>
      `former number ${former} · ${plural('en', entries, { one: 'entry', other: 'entries' })} · since ${moment}`,
    debt: (sum) => `debts ${sum}`,
    prepaid: (sum) => `prepaid ${sum}`,
    customers: (n) => `customers: ${n}`,
    nothing: 'No debts or points in them',
    accept: 'Accept',
    accepted: 'The records of the former till are accepted',
    changed: 'Meanwhile more entries have come, or these were accepted. Check the list again.',
  },

  shop: {
    name: 'Shop name',
    nameHint: 'Customers see it in messages and on receipts.',
    contact: 'The shop’s phone for questions',
    contactHint: 'Customers see it in notices. May be left empty.',
    blindCount: 'Count the drawer blind',
    blindCountHint:
      'Until the money is counted, a cashier does not see how much there should be. Whoever may view reports does.',
    countFloat: 'Count the float',
    countFloatHint:
      'A shift does not open by itself: before the first sale the till asks to count the money in the drawer.',
    vat: 'VAT in the prices',
    vatHint: 'A product may have a rate of its own. Every sale keeps it, for a fiscal receipt.',
    timeZone: 'Time zone',
    timeZoneHint: 'Decides on which day a sale was made.',
    rounding: 'Round cash',
    roundingHint: 'Only where cash pays the rest. By card and on account the sum is exact.',
    roundingOff: 'No rounding',
    roundingWay: 'How to round',
    roundingWays: { down: 'Down, in the customer’s favour', nearest: 'To the nearest' },
    points: 'Points',
    earn: 'Earned, % of what is paid',
    earnHint: 'On the money that the customer paid, after discounts. Zero: no points are earned.',
    redeem: 'Points may pay up to, % of a receipt',
    redeemHint: 'The rest is paid in money or on account. Zero: points pay nothing.',
    pointValue: 'One point is worth',
    pointValueHint: 'A change also applies to points that customers already have.',
    pointValueWrong: (most: string) =>
      `Enter what one point is worth: more than zero, at most ${most}.`,
    pointsPerDay: 'Points to one customer in a day, worth up to',
    pointsPerDayHint:
      'More than that is not earned in any 24 hours, so that a friend’s card at everybody’s purchase brings little.',
    onRepayment: 'Points for debt payments',
    onRepaymentHint:
      'When a debt is paid, it earns as many points as payment at once. For receipts sold on account after this is switched on.',
    customerGroups: 'Groups of customers',
    customerGroupsHint: 'A group is chosen on a customer’s card; a discount can go by it.',
    customerGroupName: (place: number) => `Name of group ${place}`,
    addGroup: 'Add a group',
    removeGroup: (name: string) => `Remove the group “${name}”`,
    currencyHint: 'The currency can’t be changed: every sale and debt is counted in it.',
  },

  device: {
    looks: 'Language and look',
    memory: 'Storage and offline',
    offlineReady: 'The till opens without the internet too',
    offlineNotReady:
      'The till can’t open without the internet yet. Keep it connected for a minute.',
    persistUnknown: 'This browser does not say whether it will keep the records',
    thisTill: 'This till',
    name: 'Name',
    nameHint: 'Staff see it, owners in their notices, and customers beside their reserve codes.',
    nameLong: 'A name has at most 40 characters.',
    nameTaken: 'Another till already has this name.',
    noSuchTill: 'This till is no longer part of the shop. Show the list again.',
    rename: 'Rename',
    renameTitle: (name) => `Rename “${name}”`,
    renamed: 'The till is renamed',
    replaced: (moment) => `replaced ${moment}`,
    former: 'No longer in use',
    number: 'Number of the till on receipts',
    numbered: (number) => `No. ${number}`,
    version: 'Version',
    tills: 'Tills of the shop',
    showTills: 'Show the tills',
    tillsHint:
      'The shop server will ask for your PIN and, with a real service, a code from your phone.',
    seen: (moment) => `last seen: ${moment}`,
    neverSeen: 'never seen yet',
    enrolled: (moment) => `connected ${moment}`,
    notUploaded: (entries, moment) =>
      `has not sent ${plural('en', entries, ENTRIES)} since ${moment}`,
    notDownloaded: (entries, moment) =>
      `has not received ${plural('en', entries, ENTRIES)} since ${moment}`,
    exchanged: 'has sent and received everything',
    exchangedWhenSeen: 'had sent and received everything when last seen',
    silent: (moment) =>
      `Not in touch since ${moment}. If it has sold anything since, it has not sent those sales yet, and they are not counted here. Switch it on and connect it to the network.`,
    silentRemoved: (moment) =>
      `Last in touch before it was removed: ${moment}. If it sold anything after that, those sales may be missing here. If the device still works, open the till on it and connect it to the network: it sends its entries.`,
    journalDiffers: (stated, held, moment) =>
      `The journal is incomplete: the till has ${stated} entries, the shop server ${held}. They have differed since ${moment}.`,
    sumsDiffer: (moment) =>
      `Debts and points at this till are not those of the shop server. Found: ${moment}. Nothing is lost, and it can sell. The till itself says more, under “Connection and codes”.`,
    unclaimed: (n) =>
      `Confirmed by a code within a day, but without an entry: ${n}. Find out who used the till and what was sold.`,
    revoked: (moment) => `removed ${moment}`,
    revoke: 'Remove',
    revokeTitle: (name) => `Remove “${name}”?`,
    awaitedTitle: 'The shop server was restored from an older copy',
    awaitedText: (tills) =>
      `It does not know yet what happened at ${tills}. Until they have reached the server, no codes are sent for debts, points and returns. Switch these tills on. Without waiting, the server may allow a debt beyond the limit, or points that are already gone.`,
    stopAwaiting: 'Do not wait',
    awaitingStopped: 'The server does not wait any more: codes are sent',
    revokeText:
      'This till sells nothing from then on, sends no codes and changes no settings; what its journal still owes it sends. It can come back only by being connected again.',
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
      'Staff and rights reach the new till at once; goods and stock, customers with their debts and points within moments.',
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
