// The status chip and its details, in English.
import type { status as ru } from '$lib/ui/text/ru/status';

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
} satisfies typeof ru;
