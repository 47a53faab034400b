// The status chip and what stands behind it, in English.
import type { status as ru } from '$lib/ui/text/ru/status';

export const status = {
  canSend: 'Codes can be sent',
  canSendShort: 'Codes OK',
  demoCodes: 'Demo codes',
  demoCodesShort: 'Demo',
  demoCodesText:
    'The relay answers. Codes do not go to phones: they go to a page of the relay that stands in for the customers’ phones.',
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
  canSendText: 'The relay answers and the messaging service works. Codes reach customers.',
  providerUnavailableText:
    'The relay answers, the messaging service does not. You can sell; codes can’t be sent for now.',
  notConfiguredText:
    'No messaging service is chosen yet, so codes can’t be sent. Choose one under Messages.',
  offlineText:
    'The till can’t reach the relay. You can sell, and everything is saved on this device. Codes can’t be sent for now.',
  since: (moment: string) => `No codes since: ${moment}`,
  relay: 'Relay',
  provider: 'Messaging service',
  lastAnswer: (moment: string) => `Last answer: ${moment}`,
  neverAnswered: 'Has not answered yet',
  balance: 'Balance',
  unconfirmed: (n: number, oldest: string) => `Acts without a code: ${n}, the oldest ${oldest}`,
  checkNow: 'Check now',

  demo: 'Demo: codes do not go to phones.',
  openDemoPhone: 'Open the phone',

  sendingStopped: (tills) => `Codes are stopped: ${tills}.`,
  seeStopped: 'Look',

  updateReady: 'A new version is ready. Updating takes a couple of seconds.',
  update: 'Update',
  updateLater: 'Later',
  updateAfterReceipt: 'A new version is ready. You can update once the receipt is closed.',
  updateAfterThis:
    'A new version is ready. You can update once you have finished or saved what is open here.',

  otherTab: 'The till is open in another tab',
  otherTabText: 'So that nothing is recorded twice, one tab works at a time. This one waits.',

  storageKept: 'The device has promised to keep the till’s records',
  storageNotKept: 'The device may erase the till’s records if it runs out of space',
  keepStorage: 'Ask it to keep them',

  shift: (number: number) => `Shift ${number}`,
} satisfies typeof ru;
