// English text. The till's records on this device: recovery, losses, free space.
import { plural } from '$lib/ui/text/plural';
import type { disk as ru } from '$lib/ui/text/ru/disk';

const entries = (n: number) => plural('en', n, { one: 'entry', other: 'entries' });

const inMinutes = (minutes: number) =>
  minutes <= 1 ? 'less than a minute' : `about ${minutes} minutes`;

export const disk = {
  replayedReceipt: (number) =>
    `Receipt no. ${number} was saved just before the till stopped, and it counts. Do not ring it up again.`,
  replayedReceipts: (numbers) =>
    `Receipts no. ${numbers} were saved just before the till stopped, and they count. Do not ring them up again.`,
  replayedEntries: (n) =>
    `Just before it stopped the till saved ${entries(n)} of the journal. All of it counts; nothing needs to be done again.`,
  undecided: {
    sale: {
      title: (number) => `Does receipt no. ${number} count?`,
      text: 'The till could not tell whether this receipt is saved. If the customer has paid and taken the goods, it counts. If not, nothing is recorded.',
    },
    repayment: {
      title: (amount, at) => `Does the debt payment of ${amount} at ${at} count?`,
      text: 'The till could not tell whether this debt payment is saved. If the customer has given the money, it counts. If not, nothing is recorded.',
    },
    return: {
      title: (number, at) =>
        `Does the return ${number === null ? 'without a receipt' : `from receipt no. ${number}`} at ${at} count?`,
      text: 'The till could not tell whether this return is saved. If the goods came back and the money was given, it counts. If not, nothing is recorded.',
    },
    'repayment-cancelled': {
      title: (amount: string, at: string) =>
        `Count the cancelled debt payment of ${amount} at ${at}?`,
      text: 'The till could not find out whether this cancellation is saved. If the customer got the money back, it counts. If not, nothing is recorded.',
    },
    'overpayment-returned': {
      title: (amount: string, at: string) =>
        `Count the overpayment of ${amount} paid back at ${at}?`,
      text: 'The till could not find out whether this is saved. If the customer got the money, it counts. If not, nothing is recorded.',
    },
    'balance-corrected': {
      title: (at) => `Does the correction of debt or points at ${at} count?`,
      text: 'The till could not tell whether this correction is saved. If it is wanted, it counts. If not, nothing is recorded, and it can be made again.',
    },
  },
  undecidedCounts: 'It counts',
  undecidedDropped: 'It does not count',
  fullTitle: 'The device is out of space',
  fullText:
    'The till needs a little space to start. Free some: the till goes on by itself as soon as there is room. If it does not, close the browser and open the till again. What was saved is safe.',
  damagedTitle: 'The till’s database can’t be read',
  damagedFile: (unread) =>
    unread === 0
      ? 'Everything that was saved is in the journal file beside the database.'
      : `The journal file beside the database is damaged, too: lines that cannot be read: ${unread}. What they hold will be missing; what was uploaded to the shop server is safe.`,
  damagedText:
    'Reload the page first. If this page comes again, rebuild the database from the journal file: the damaged one is kept, and a manager then connects the till again. Don’t clear the site’s data and don’t uninstall the till: that would delete both copies.',
  rebuild: 'Rebuild from the journal file',
  inUse: 'The till’s database is damaged.',
  inUseRebuild:
    'Reload the page. If this message comes again, rebuild the database: open and held receipts then have to be rung up again.',
  inUseRebuildMore:
    'After the rebuild a manager connects the till again. Don’t clear the site’s data and don’t uninstall the till: that would delete both copies.',
  inUseLost:
    'It can’t be rebuilt on this device. Close the browser completely and open the till again; if this message comes again, call the owner.',
  inUseLostMore:
    'Part of it can’t be read or written. What was uploaded to the shop server is safe: the owner can restore a backup or connect the device again. Don’t clear the site’s data and don’t uninstall the till.',
  inUseMore: 'Details',
  notVerified: 'The signatures under their codes have not been checked yet: check the journal.',
  doubtful: (numbers) =>
    `Entries no. ${numbers} came from the journal file and stay in the journal, but something in them does not hold: a signature under a code, a receipt number or a sum. Do not take them as confirmed. You can sell. Check the journal and show it to the owner.`,
  setAside: (n) => `The journal file has lines that cannot be read or accepted: ${n}.`,
  setAsideEntries: (numbers) => `Because of them entries no. ${numbers} are not on this device.`,
  setAsideNext:
    'Everything else counts. The file with these lines is kept, and the numbers of their receipts are not given again. You can sell. Check the journal and compare the last receipts with the paper ones; everything uploaded to the shop server is safe.',
  rebuilt: (n) =>
    `The browser lost the till’s records. They came back from the journal file: ${entries(n)}. No codes can be sent until a manager connects the till again under Settings → This till.`,
  rebuiltMissing: (n) =>
    `There the file breaks off: at least ${entries(n)} more are not on this device. What was uploaded to the shop server is safe, and the cut file is kept. Connect the till again before you sell.`,
  rebuiltSell: 'You can sell.',
  missingCopy: {
    lost: (goods, customers) =>
      `The browser lost what came from the other tills. Before, this device had ${plural('en', goods, { one: 'product', other: 'goods' })} and ${plural('en', customers, { one: 'customer', other: 'customers' })}; not all of them are here now, nor are the debts, points and stock of the other tills.`,
    comes: {
      'in-reach': (minutes) =>
        `It comes back from the shop server by itself as soon as the till reaches it; with so much that usually takes ${inMinutes(minutes)}. Until then sell what is in the list.`,
      'connected-again': (minutes) =>
        `It comes back from the shop server once a manager has connected the till again under Settings → This till; with so much that usually takes ${inMinutes(minutes)}. Until then sell what is in the list.`,
    },
  },
  skipped: (from, next) =>
    `The last receipts may be missing here. So that no number is printed twice, the next receipt is no. ${next}; the numbers from ${from} on are left out.`,
  endLost: 'The till’s records and the journal file beside them were both damaged.',
  unread: (n) => `Lines that cannot be read: ${n}. Check the journal.`,
  leftOutReceipts: (n) =>
    `Receipts not yet sold that this device could no longer read: ${n}. They are gone; ring up their goods again.`,
  leftOutOthers:
    'Some of this device’s settings and notes could no longer be read and were removed. You can sell. Check the language, the paper and the backup folder in the settings.',
  differ: (seq) =>
    `The till’s records and the journal file differ from entry no. ${seq} on. The till uses its records for selling; the old file is kept. A manager has to connect the till again under Settings → This till.`,
  behind: (seq) =>
    `The shop server has this till’s entries up to no. ${seq}, and they are not here: the browser seems to have brought back an old copy. You can sell. A manager has to connect the till again under Settings → This till.`,
  unreadable:
    'The till’s database is not on this device, and the beginning of its journal file cannot be read: the records could not be brought back from here. The file is left as it is. Restore a backup or connect the device again: everything uploaded to the shop server is safe.',
  repaired: (n) =>
    `Rows of the till’s database were missing or damaged: ${n}. They came back from the journal; nothing needs to be done again.`,
  missing:
    'Some records on this device are gone or damaged, and the journal file does not have them either.',
  missingEntries: (numbers) => `Entries no. ${numbers} of the journal.`,
  missingReceipts: (numbers) => `Receipts no. ${numbers}.`,
  missingSums: (n) => `Customers whose debt or points do not agree with what moved them: ${n}.`,
  missingCards: (n) => `Customers whose card is gone, damaged or altered: ${n}.`,
  missingNext:
    'You can sell. Everything uploaded to the shop server is safe. Check the journal and make a backup.',
  lost: 'The browser says that the till’s records on this device were damaged and are gone. There is no copy here. Everything uploaded to the shop server is safe: connect the device again.',
  fileKept: 'Every receipt is written twice: to the browser’s database and to the journal file',
  fileMissing:
    'This browser does not let the till keep a journal file. Sales are saved, but there is no second copy on the device.',
  fileAway:
    'The journal file can no longer be written. Sales are saved, but without a second copy. Close the receipt and reload the till.',
  clockFast: (duration) =>
    `This device’s clock is ${duration} fast. The till uses the shop server’s time and nothing is lost, but set the clock right in the device’s settings.`,
  clockSlow: (duration) =>
    `This device’s clock is ${duration} slow. The till uses the shop server’s time and nothing is lost, but set the clock right in the device’s settings.`,
  noRoom:
    'The device is out of space, and receipts cannot be saved. Free some space: the till checks by itself, and this message goes. What was saved is safe.',
  littleRoom: (megabytes) =>
    `There is little room on the device: ${megabytes} MB left. Sales are still saved. Free some space.`,
  hardlyAnyRoom: (megabytes) =>
    `The device is running out of room: ${megabytes} MB left. Soon a receipt cannot be saved. Free some space now.`,
} satisfies typeof ru;
