// Connection, uploads of the journal, and installing the app, in English.
import { plural } from '$lib/ui/text/plural';
import type * as ru from '$lib/ui/text/ru/status';

export const status = {
  canSend: 'Codes can be sent',
  canSendShort: 'Codes OK',
  demoCodes: 'Demo codes',
  demoCodesShort: 'Demo',
  demoCodesText:
    'The shop server is connected. Codes are not sent to phones: they appear on the page “Customers’ phones”.',
  canSendLow: 'Codes go out · little money',
  canSendLowShort: 'Low money',
  canSendLowText:
    'Codes go out, but little is left on the messaging service’s account. Tell the manager to top it up.',
  providerUnavailable: 'Codes can’t be sent',
  providerUnavailableShort: 'No codes',
  offline: 'Offline',
  offlineFor: (duration: string) => `Offline · ${duration}`,
  offlineShort: 'Offline',
  asking: 'Checking the connection…',
  askingShort: 'Checking…',

  title: 'Connection and codes',
  canSendText: 'The shop server answers and the messaging service works. Codes reach customers.',
  providerUnavailableText:
    'The shop server answers, the messaging service does not. You can sell; codes can’t be sent for now.',
  notConfiguredText:
    'No messaging service is chosen yet, so codes can’t be sent. Choose one under Messages.',
  offlineText:
    'The till can’t reach the shop server. You can sell, and everything is saved on this device. Codes can’t be sent for now.',
  since: (moment: string) => `No codes since: ${moment}`,
  relay: 'Shop server',
  provider: 'Messaging service',
  lastAnswer: (moment: string) => `Last answer: ${moment}`,
  neverAnswered: 'Has not answered yet',
  balance: 'Balance',
  unconfirmed: (n: number, oldest: string) => `Entries without a code: ${n}, the oldest ${oldest}`,
  checkNow: 'Check now',
  othersTitle: 'What the other tills do does not reach this one',
  othersBecause: {
    stopped:
      'The browser could not start the part of the till that downloads it. The till tries again by itself; if this stays, reload the till.',
    'not-believed':
      'What the shop server sends does not fit what it signed, so the till does not use it. Show this to the owner.',
    unreadable:
      'The till cannot read what comes in place of the shop server’s answer, and uses nothing of it. Another page may answer, such as a Wi-Fi login. The till tries again by itself; if this stays, show it to the owner.',
    'disk-full':
      'The device is out of space, so what the other tills do cannot be saved here. Free some space; the till tries again by itself.',
    fork: 'The shop server has another journal of this till. A manager has to connect the till again under Settings → This till.',
  },
  othersRisk: (moment) =>
    moment === null
      ? 'Debts, points, stock and goods may be out of date here. You can sell.'
      : `Debts, points, stock and goods here are as of ${moment}. You can sell.`,
  uncountedTitle: 'An act of another till is not counted here',
  uncountedEntry: (till, seq) => `${till}, journal entry ${seq}`,
  uncountedText: (entries) =>
    `${entries}. The till cannot count it, so debts, points or stock may be wrong. Show this to the owner.`,
  laterTitle: 'Entries of a newer version are not counted yet',
  laterHere: (entries) =>
    `Entries of other tills that this till does not understand yet: ${entries}. Debts, points and stock here are without them. Update this till, and they count.`,
  laterAtRelay: (entries) =>
    `Entries of other tills that the shop server does not understand yet: ${entries}. Debts, points and stock here are without them. They count once the server is updated. Show this to the owner.`,
  sumsTitle: {
    downloading: 'Debts and points differ from the shop server’s',
    agree: 'Debts and points are those of the shop server again',
    differ: 'Debts and points still differ from the shop server’s',
  },
  sumsBanner:
    'Debts and points here differ from the shop server’s. You can sell. Verify the journal of this till, and show this to the owner.',
  sumsText: {
    downloading: (moment) =>
      `Found: ${moment}. Sales and payments are recorded, nothing is lost. The till is downloading again what the other tills did; until that is done, debts and points may be wrong here. You can sell.`,
    agree: (moment) =>
      `They differed: ${moment}. The till has downloaded again what the other tills did, and now the sums are the same. Nothing is lost, and there is nothing to do.`,
    differ: (moment) =>
      `Found: ${moment}. The till has downloaded again what the other tills did, but the sums are still not the same. Sales and payments are recorded, nothing is lost, and you can sell. Debts and points may be wrong here: verify the journal of this till, and show this to the owner.`,
  },

  demo: 'Demo mode: codes are not sent to phones.',
  openDemoPhone: 'Customers’ phones',

  sendingStopped: (tills) => `Codes are stopped: ${tills}.`,
  longShift: 'The shift has been open for more than a day. Count the money and close it.',
  toShift: 'To the shift',
  seeStopped: 'Look',

  updateReady: 'A new version is ready. Updating takes a couple of seconds.',
  update: 'Update',
  updateLater: 'Later',
  updateAfterReceipt: 'A new version is ready. You can update once the receipt is closed.',
  updateAfterThis:
    'A new version is ready. You can update once you have finished or saved what is open here.',

  otherTab: 'The till is open in another tab',
  otherTabText: 'So that nothing is recorded twice, one tab works at a time. This one waits.',

  storageKept: 'The browser protects the till’s data from deletion',
  storageNotKept: 'The browser may delete the till’s data if the device runs out of space',
  keepStorage: 'Protect the data from deletion',

  shift: (number: number) => `Shift ${number}`,
} satisfies typeof ru.status;

export const journalUpload = {
  title: 'Uploading the journal',
  nothing: 'Everything on this till has been uploaded to the shop server.',
  entries: (n: number, since: string) =>
    `${plural('en', n, {
      one: 'entry not uploaded yet',
      other: 'entries not uploaded yet',
    })}, since ${since}`,
  risk: 'Until then it exists only on this device: if the device breaks or is wiped, these entries are lost, and anyone who has the device can change them.',
  goesUp: 'Connect the till to the network and they will be uploaded automatically.',
  notTaken: {
    'wrong-signature':
      'The shop server did not recognise this till’s signature and rejected the journal.',
    'other-till':
      'The shop server thinks these entries belong to another till and rejected the journal.',
    'too-large':
      'One entry is too large for the shop server. That entry and the ones after it have not been uploaded.',
    'not-believed':
      'The shop server answered the upload, but its answer does not fit this journal or its signature is wrong. The till will try again.',
    'disk-failed':
      'The till could not read its journal from this device. It will try again; if this stays, restart the till.',
  },
  sendNow: 'Send now',

  banner:
    'You can keep selling, and new sales are saved, but the shop server rejects this till’s journal: some of its entries are missing on this device, damaged or different. The till has to be connected again.',
  toDevice: 'Connect again',
  removed:
    'Everything on this till has been uploaded. It can sell again once it is connected again.',
  removedOwing:
    'Some entries have not been uploaded yet: connect the till to the network and they will be uploaded automatically. It can sell again once it is connected again.',
  reEnrolTitle: 'Connect this till again',
  because: {
    fork: 'The shop server has a different journal for this till. The till’s data was probably restored from an old copy.',
    damaged:
      'An entry in this till’s journal is damaged. That entry and the ones after it stay out of the shop’s journal until the till is connected again; the customers are already getting messages about them.',
    'unknown-till':
      'The shop server does not know this till. It has probably lost its data or was started with different data. Once its data is back, the till carries on by itself.',
    behind:
      'The shop server has more entries from this till than the till itself. The till’s data was probably restored from an old copy.',
    'database-lost':
      'The browser lost the till’s database. The entries were restored from the journal file, but the key that identifies this till to the shop server was not.',
    'file-differs': 'The till’s database and its journal file do not agree.',
    'entries-lost':
      'Entries that had not been uploaded yet are missing from this till’s journal or damaged. The entries after them can be uploaded only under a new till number.',
    restored:
      'This till was restored from a backup. A backup does not contain the till’s key, so the shop server sees a new device.',
  },
  reEnrolText:
    'The till gets a new number and key. All entries stay on this device, and the ones not uploaded yet are uploaded under the new number. Receipt numbers start from 1 again. If the shop server still knows this till, customers’ reserve codes stay valid: the till can check them again after the upload.',
  reEnrolRight: 'This needs someone with the right “Change settings”.',
  reEnrolGo: 'Connect again',
  tokenText:
    'Enter a connection code: another till shows one (“Connect another till”), or the command npm run enrol on the shop server’s computer.',
  tokenLabel: 'Connection code',
  reEnrolled: 'The till is connected. Its entries are being uploaded.',
  otherRelayTitle: 'This is a different shop server',
  otherRelayText:
    'The shop server that answered is not the one this till was connected to: it has a different key. Nothing has been sent to it. This happens after a shop server has lost its data and was set up again. If you don’t know why it happened, don’t agree, and call the owner.',
  otherRelayShop: (shop) => `Shop on it: ${shop}`,
  otherCurrency: (ours, theirs) =>
    `The shop on that server uses ${theirs}, but this till uses ${ours}, so its debts would change their value. Nothing was changed. Use a connection code from your own shop.`,
  otherRelayKeeps:
    'The new shop server has no staff or settings yet: this till will upload its own. The messaging service has to be set up again.',
  otherRelayReplaces:
    'The staff and settings on this till will be replaced by those of the new shop server.',
  otherRelayCarried:
    'All entries of this till will be uploaded to it, including those the old shop server already had. Debts and points on the till stay the same; the shop server counts them once an owner accepts them under Settings → Tills of the shop, and then customers get one message with their balance. The new server cannot check what the old one signed. Customers’ reserve codes stop working: issue new ones.',
  otherRelayGo: 'Trust this shop server',
  reEnrolFailed: {
    'not-own-relay':
      'The shop server that answered is not this till’s own, and the till has no valid settings to compare. Nothing has changed. Connect the till to its own shop server.',
    'under-way': 'The open receipt is waiting for a code. Finish it, then connect the till again.',
    'policy-refused':
      'The shop server rejected the settings from this till. Nothing has changed, and you can keep selling.',
  },
} satisfies typeof ru.journalUpload;

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
} satisfies typeof ru.install;
