// Settings, staff, backups and keys, in English.
import type { Refusal } from '$lib/contract/challenge';
import { settingWords as fields } from '$lib/domain/messages/settings-en';
import { plural } from '$lib/ui/text/plural';
import type * as ru from '$lib/ui/text/ru/settings';
import { messages } from './messages';

export const codesAndLimits = {
  demo: 'The demo',
  ownService: 'The described service',
  methods: 'Contacts',
  methodsHint: 'How the customer confirms a debt and redeemed points.',
  method: { 'sell-on-account': 'Sale on account', 'redeem-points': 'Redeeming points' },
  none: 'Nothing',
  noneHint: 'no code is asked',
  noneWarning: {
    'sell-on-account':
      'Debt will be noted without the customer’s consent. The journal and the receipt will say in red: “not required”.',
    'redeem-points':
      'Points will be redeemed without the customer’s consent. The journal and the receipt will say in red: “not required”.',
  },
  cannot: (provider) => `${provider} can’t do this`,
  needsField: (field) => `switched on under Messages: ${field}`,
  providerUnknown: 'unknown whether the service can',
  addFirst: 'If the code does not arrive, also try:',
  addNext: 'Also:',
  addTo: (act) => `${act}: add a method`,
  chainOf: (act) => `${act}: what to try next`,
  then: 'then',
  up: 'Up',
  down: 'Down',
  moveUp: (channel) => `${channel}: earlier`,
  moveDown: (channel) => `${channel}: later`,
  removeOf: (channel) => `${channel}: remove`,
  wait: 'How long to wait for delivery',
  waitHint:
    'The code has not arrived by then, or the service says nothing: the shop server tries the next method by itself. A late code still works.',
  threshold: 'No code below',
  thresholdHint:
    'Everything the customer took without a code at one till in 30 days counts together, so splitting a receipt gains nothing. Zero: a code is always asked.',
  code: 'Code',
  weakMethod: '4-digit code, weak',
  weak: 'Weak codes',
  weakHint:
    'A code of four digits, and one the service makes itself, is easier to guess: up to once in a thousand a day for the whole shop. The shop server accepts no more than two wrong ones for a number and ten for the shop in 24 hours. A code of six digits cannot be guessed like that: no more than ten wrong ones for a number and seventy in the shop are compared, and a till with twenty gets no more codes until a day has passed or an owner allows them.',
  weakAfter:
    'So a weak code confirms only the sums below, and the customer gets a message afterwards. Larger sums go by the next method. It never confirms a change of number, reserve codes or opening the settings.',
  limits: 'Debt',
  dueNever: 'no date',
  dueWithin: (n: number) => `within ${plural('en', n, { one: 'day', other: 'days' })}`,
  caps: 'Without a code, when nothing can be sent',
  capsHint: 'How much an operator with the right may note. A day is any 24 hours.',
  notices: 'Messages about entries without a code',
  noticesHint:
    'Customers get a message about every debt and every use of points without a code; operators, about what was done by their right.',
  reminders: 'Remind customers of their debt',
  remindersHint:
    'Once a month the shop server writes to each debtor what they owe. So a customer notices a payment that nobody entered. Each message costs money.',
  remindersNever: 'no reminders',
  remindersOn: (day: number) => `on day ${day} of the month`,
  remindersFrom: 'If they owe at least',
  remindersFromHour: 'Send not before',
  remindersToHour: 'Send not after',
  returnCaps: 'Returns',
  returnCapsHint:
    'Without a receipt, by a copy, in cash for a card, or above this sum a second person confirms the return with their PIN.',
  numbers: 'Customers’ numbers',
  phoneCountry: 'Country of phones',
  phoneCountryHint: 'How a number without a country code is read.',
  prefixes: 'Numbers that may be written to',
  prefixesHint:
    'Beginnings of numbers, with the plus and the country code, commas between. A code that several countries share allows only the country of phones: for another one of them, add the code with the first digits of its numbers. Nothing goes to satellite and premium-rate numbers.',
  prefixesWrong: {
    empty: 'Enter at least one beginning: otherwise codes go to nobody.',
    malformed: 'A beginning has the plus and the country code. Several go with commas between.',
    'no-country':
      'Satellite and premium-rate networks, such as +870 and +979, can’t be allowed. Remove them.',
  },
  messageLimits: 'How many messages to send',
  messageLimitsHint:
    'The shop server sends no more than this, so that no fault and no prank can use up the money on the account.',
  countWrong: (least, most) => `This takes a whole number from ${least} to ${most}.`,
  weakened: 'This reduces the customers’ protection',
} satisfies typeof ru.codesAndLimits;

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
  fields,

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
    pointValueWrong: (most: string) =>
      `Enter what one point is worth: more than zero, at most ${most}.`,
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
} satisfies typeof ru.settings;

const digits = (n: number) => plural('en', n, { one: 'digit', other: 'digits' });

export const staff = {
  parts: 'Operators and groups',
  operators: 'Operators',
  groups: 'Groups and permissions',
  addOperator: 'Add an operator',
  operatorTitle: 'New operator',
  name: 'Name',
  nameHint: 'Shown at sign-in and in the journal',
  group: 'Group',
  pin: (n) => `PIN, ${digits(n)}`,
  pinHint: 'The operator signs in with it. Best typed by the operator.',
  pinHintSix: 'This group may continue without a code, so the PIN is longer.',
  newPin: (n) => `New PIN, ${digits(n)}`,
  newPinHint: 'Empty: the old one stays.',
  newPinNeeded: (n) => `This group needs a PIN of ${n} digits. Set a new one.`,
  pinAgain: 'PIN once more',
  pinWrong: (n) => `A PIN is ${digits(n)}.`,
  pinWeak: 'That PIN is too easy to guess. Choose another.',
  pinDiffers: 'The PINs are not the same.',
  phone: 'Phone',
  taxNumber: 'Taxpayer’s number',
  taxNumberHint: 'Printed on fiscal receipts.',
  taxNumberWrong: 'It has 10 or 12 digits.',
  phoneHint: 'An owner gets warnings about important changes here.',
  dismissed: 'No longer works here',
  you: 'that is you',
  dismiss: 'No longer works here',
  dismissHint: 'Signing in will not be possible. The name stays in the journal.',
  lastOwner: 'The last owner can’t be removed: nobody could run the shop.',
  shortPins: (names) => `First set a PIN of 6 digits for: ${names}.`,
  notYours: 'You do not hold this right, so you can’t give it.',
  groupTitle: 'New group',
  addGroup: 'Add a group',
  groupName: 'Name of the group',
  rightsOf: (n) => plural('en', n, { one: 'right', other: 'rights' }),
  membersOf: (n) => plural('en', n, { one: 'operator', other: 'operators' }),
  removeGroup: 'Remove the group',
  discountCap: 'Discount up to, %',
  discountCapHint:
    'All that may be taken off a line’s price: discounts together with a custom price. More is allowed by the PIN of somebody who may.',
  groupInUse: 'A group can be removed when nobody is in it.',
  needsRelay: 'Operators and rights can be changed only with the shop server: it signs them.',
} satisfies typeof ru.staff;

export const secondFactor = {
  title: 'Code to your phone',
  why: (toDo: string) => `One more step to ${toDo}: the code from your phone.`,
  consentTitle: 'An owner’s confirmation',
  whyConsent: (toDo: string) =>
    `To ${toDo}, type the code from the owner’s phone. The message says what exactly changes; the code is good for nothing else.`,
  whyOwner: (toDo: string, owner: string) =>
    `To ${toDo}, the code from an owner’s phone is needed: ${owner}. The message says what exactly changes; the code is good for nothing else.`,
  sentTo: (channel: string, phone: string) => `The code was sent: ${channel} to ${phone}.`,
  spent: {
    expired: 'This code is no longer valid. Send a new one.',
    'too-many-checks': 'No tries are left, this code will not work any more. Send a new one.',
  },
  sendNew: 'Send a new code',
  notSent: (why: string) => `The code was not sent. ${why}`,
  providerUnreachable:
    'The messaging service does not answer. Try again, or type a one-time token from the shop server.',
  limited: (time: string) =>
    `Too many messages went to this number. The next one after ${time}; a one-time token from the shop server works at once.`,
  ownPhone: {
    'bad-phone':
      'The service does not know this number. An owner can correct it under “Staff and permissions”.',
    unreachable: 'This phone cannot be reached right now.',
    'recipient-blocked': 'This phone does not take such messages.',
  } satisfies Partial<Record<Refusal, string>>,
  useToken: 'No code? Type a one-time token from the shop server',
  useCode: 'Type the code',
  tokenText: 'On the computer the shop server runs on, run this and type the token it prints:',
  token: 'Token, 10 characters',
  tokenWrong: 'That token is not right. It is good for 15 minutes and once; print a new one.',
  open: 'Confirm',

  unproven: (phone: string) =>
    `Your phone ${phone} is not confirmed. Until then it gets no codes for the settings.`,
  noPhone:
    'You have no phone on record: neither codes for the settings nor warnings will reach you.',
  toStaff: 'Add a phone',
  prove: 'Confirm the phone',
  proveTitle: 'Confirm your phone',
  proveText: (phone: string) =>
    `A code will go to ${phone}. From then on codes for the settings go to this phone: a stranger with the PIN alone gets nowhere.`,
  send: 'Send the code',
  later: 'Later',
  proven: 'Phone confirmed. It now gets the codes for the settings.',
} satisfies typeof ru.secondFactor;

export const backup = {
  title: 'Backup',
  text: 'One file with everything on the till: journal, sales, debts and points, customers, goods, the shop’s settings. The till’s key and open receipts are not in it.',
  noRight: 'Backups are made and restored by whoever holds the right “Import, export and backups”.',
  passphrase: 'Passphrase of the backup',
  passphraseHint:
    'Without one, whoever has the file can read it: names and phones are in it. A forgotten passphrase cannot be recovered.',
  passphraseAgain: 'Passphrase once more',
  passphraseDiffers: 'The passphrases differ.',
  make: 'Save a backup',
  made: (name: string) => `Backup saved: ${name}`,
  notMade: 'The backup was NOT saved.',
  missing: {
    made: (list: string) =>
      `Some records on this till cannot be read any more, and are not in the backup: ${list}. Debts and points restored from it will be without them. What the shop server has received is safe.`,
    found: (list: string) =>
      `The till could not read some of its records when it made this backup. It lacks: ${list}. Debts and points will be without them. What the shop server has received is safe.`,
    entries: (n: number, numbers: string) => `entries of the journal: ${n} (no. ${numbers})`,
    receipts: (numbers: string) => `receipts no. ${numbers}`,
    cards: (n: number) => `customers’ cards: ${n}`,
    others: (n: number) => `other rows, such as settings of the device: ${n}`,
  },

  dailyTitle: 'Every day into a folder',
  dailyText: (kept: number) =>
    `Once a day, while it is locked, the till puts a backup without a passphrase into the folder you choose and keeps the newest ${kept}.`,
  dailyMissing: 'This browser cannot write into a folder by itself. Save backups by the button.',
  folder: (name: string) => `Folder: ${name}`,
  lastAt: (moment: string) => `Last backup: ${moment}`,
  neverYet: 'There is no backup in it yet.',
  choose: 'Choose a folder',
  otherFolder: 'Another folder',
  leave: 'No longer',
  last: {
    permission:
      'The browser asks again whether the folder may be written to. No backups are saved until then.',
    failed: 'The backup was not written: the folder cannot be reached, or there is no room in it.',
  },
  allow: 'Allow',

  restore: 'Restore from a backup',
  restoreTitle: 'Restore from a backup',
  restoreText: 'The till checks the whole file first. Nothing changes until you confirm.',
  chooseFile: 'Choose a backup file',
  looking: 'Checking the file…',
  enterPassphrase: 'Passphrase of this backup',
  open: 'Open',
  refused: {
    'not-a-backup': 'This is not a backup of a till. Nothing was changed.',
    newer:
      'The backup was made by a later version of the till. Update this till. Nothing was changed.',
    damaged:
      'The file is damaged: it was cut short, or bytes of it were changed. Take another backup. Nothing was changed.',
    altered:
      'The journal in this backup is not the one the till wrote: it was changed afterwards. Take another backup. Nothing was changed.',
    'other-shop': 'This is a backup of another shop. Nothing was changed.',
    'passphrase-needed': 'Enter the passphrase the backup was made with.',
    'wrong-passphrase': 'The passphrase does not fit. Nothing was changed.',
  },
  sound: 'The file is whole.',
  madeAt: 'Made',
  entries: 'Entries in the journal',
  ofTill: 'Till',
  lost: (entries: string) =>
    `This till holds what is not in the backup: ${entries}. They will be gone from the till. Save a backup of what is here now first.`,
  lostDamaged: (entries: string) =>
    `The damaged journal holds what is not in the backup: ${entries}. The till will not have them; the damaged file is kept. Close this and save them as a file first.`,
  saveNow: 'Save what is here now',
  reEnrol:
    'Afterwards the till has to be connected again, because the shop server sees a copy as a new device. It can sell at once.',
  go: 'Replace everything',
  restoring: 'Restoring…',
  noRightNow: 'You do not have the right “Import, export and backups”. Nothing was changed.',
  notRestored: 'It could not be restored. Everything on the till is as it was.',
} satisfies typeof ru.backup;

export const keys = {
  title: 'Keys',
  /** Keys, and what they do. */
  rows: [
    [['F2'], 'to the search field'],
    [['Enter'], 'adds the first product found; with an empty search, to payment'],
    [['3', '*'], 'before a product or a scan: three of it'],
    [['+'], 'adds the last product again'],
    [['Ctrl', 'Z'], 'takes the last product back'],
    [['↓', '↑', '←', '→'], 'over the products'],
    [['F4'], 'chooses the customer'],
    [['F6'], 'holds the receipt'],
    [['F9'], 'to payment'],
    [['0', '…', '9'], 'during payment: the sum received'],
    [['Esc'], 'back, or clears the search'],
    [['F1', '?'], 'this list'],
  ],
} satisfies typeof ru.keys;
