// What went wrong, and trouble of the disk, in English.
import type { Refusal } from '$lib/contract/challenge';
import type { PolicyRefusal } from '$lib/contract/policy';
import type { GateRefusal } from '$lib/contract/till';
import type { SaleRefusal } from '$lib/domain/consent/sale-input';
import { plural } from '$lib/ui/text/plural';
import type * as ru from '$lib/ui/text/ru/errors';

type Say = (facts: ru.Facts) => string;

export const errors = {
  storage: {
    'disk-full':
      'The device is out of space, so nothing was saved. Free some space and press “Try again”.',
    blocked:
      'The till was updated in another tab, so this page can no longer save, and nothing was saved. Reload the page.',
    'newer-schema':
      'A newer version of the till has opened these records. This one will save nothing — reload the page.',
    'records-lost':
      'The browser lost some of the till’s records, and this receipt is not saved. Reload the page: the till takes them from the journal file.',
    unavailable:
      'The browser does not let the till keep records. Open it in a normal window, not a private one.',
    'database-unreadable':
      'The browser can’t open the till’s database, so this till can’t sell now. Close the browser completely and open the till again; if that doesn’t help, restart the device. Don’t clear the site’s data and don’t uninstall the till: that would delete what is saved on this device.',
    'journal-unreadable':
      'The till’s journal file can’t be opened or read now, so this till can’t sell yet. Close the browser completely and open the till again; if that doesn’t help, restart the device. Don’t clear the site’s data and don’t uninstall the till: that would delete what is saved on this device.',
    undecided:
      'The device no longer answers, so the till can’t tell whether this was saved. Check that the device has free space, and press “Try again”.',
    failed:
      'Writing to the device failed, nothing was saved. Check that the device has free space, and press “Try again”. If that doesn’t help, close the browser and open the till again.',
  },

  refusals: {
    auth: 'The service did not accept the token or password. Check them under Messages.',
    'account-not-ready': 'The service account is not ready. Finish setting it up on its website.',
    'account-blocked': 'The service has blocked the account. Contact its support.',
    'no-money': 'The service account is out of money. Top it up.',
    'bad-phone': 'The service does not recognise the number. Check the customer’s phone.',
    unreachable: 'The customer’s phone can’t be reached now. Try again, or another way.',
    'recipient-blocked': 'The customer does not accept such messages. Try another way.',
    'region-forbidden': 'The service does not send to numbers of this country.',
    'rate-limit-recipient': 'Too many messages went to this number. Wait a little.',
    'rate-limit-account': 'The service asks to wait: there are too many messages.',
    'fraud-guard': 'The service’s fraud protection stopped the message. Wait, or try another way.',
    duplicate: 'The very same message has just been sent. Wait a minute.',
    'text-forbidden': 'The service did not let the text through. Change it under Messages.',
    'text-not-approved': 'The service has not approved the text yet.',
    'text-too-long': 'The text is too long. Shorten it under Messages.',
    'sender-not-approved': 'The service has not approved the sender’s name.',
    'bad-request': 'The service did not understand the request. Check the settings under Messages.',
    temporary: 'The service has a temporary problem. Try again.',
    'bad-reply': 'The service gave an answer that makes no sense. Try again.',
    'relay-put-back':
      'The shop server was put back from an older copy; the message may have gone before.',
    'timeout-unknown': 'The service takes long to answer; the message may still go out.',
    'not-sent': 'The service did not send the message. Try again.',
    unknown: 'The service refused and did not say why.',
    'not-configured': 'No messaging service is set up. Choose one under Messages.',
    'channel-not-available': 'The service can’t send this way. Choose another.',
    'country-not-allowed': 'The shop’s settings do not allow numbers of this country.',
    'costly-number': 'Codes never go to satellite, premium-rate or service numbers.',
    pumping:
      'Too many codes went to new numbers and were never typed, so the shop server stopped sending. The manager can lift the stop in the message settings.',
    'journal-forked':
      'The shop server has a different journal for this till: the till was restored from an old copy. No codes can be sent until a manager connects it again under Settings → This till.',
  } satisfies Record<Refusal, string>,

  customerForgotten: 'This customer asked to be forgotten: their card cannot be saved any more.',
  cardChanged:
    'Another till has changed the same on this card meanwhile. Close the card and open it again: it then shows the new values.',

  floatNotCounted: 'No shift is open. Count the float in the drawer first.',
  sale: {
    empty: () => 'There are no goods in the receipt.',
    'may-not-sell': () => 'You don’t have the right to sell.',
    'discount-over-cap': ({ allowed }) =>
      `You may take off no more than ${allowed} here. Call a colleague who may, or lower the discount.`,
    'rules-changed': () =>
      'Automatic discounts have changed. The total was worked out again: check it and save once more.',
    'age-not-confirmed': () =>
      'There are goods in the receipt that ask for an age, and nobody confirmed it. Remove them and add them again.',
    'mark-wrong': () =>
      'A marking code in the receipt cannot be read. Remove those goods and scan their code again.',
    'mark-twice': () => 'One marking code is in the receipt twice. Remove the second piece.',
    'mark-sold': () =>
      'A piece with this marking code was sold before and has not come back. Remove it from the receipt.',
    'label-wrong': () =>
      'The price of a scale label doesn’t fit the shop’s settings. Remove those goods and scan the label again.',
    'cash-not-payable': () =>
      'The cash is not in steps of the shop’s cash rounding. Enter the cash received again.',
    'tender-too-much': () => 'Card, transfer and points come to more than is due. Lower the sum.',
    'no-customer': () => 'Choose a customer first: debts and points are kept per customer.',
    'own-number': () =>
      'The card has your own number. Let somebody else close this receipt, or take the customer off it.',
    'due-too-late': () =>
      'You may not allow so long for a debt. Choose a shorter term, or call somebody with the permission “Sell on account over the limit”.',
    'no-credit': () => 'This customer may not buy on account.',
    disputed: () =>
      'This customer disputes an entry on their account. You can’t sell to them on account until a manager closes the dispute.',
    'over-limit': ({ allowed }) => `That is too much on account. ${allowed} more is allowed.`,
    'not-enough-points': ({ allowed }) => `Not that many points. The customer has ${allowed}.`,
    'points-over-share': ({ allowed }) =>
      `Points may pay only part of a receipt: up to ${allowed}.`,
    'points-worth-differs': () => 'The value of a point has changed. Enter the points again.',
    'no-phone': () =>
      'The customer has no phone, so there is nowhere to send a code. Add a number.',
    'confirmation-missing': ({ action }) =>
      `Not confirmed by the customer: ${action}. Send a code.`,
    'grant-not-for-this-deal': ({ action }) =>
      `The code was for another receipt, or another cashier asked for it: ${action}. Send a new code.`,
    'grant-expired': ({ action }) => `The confirmation is too old: ${action}. Send a new code.`,
    'grant-used': ({ action }) =>
      `This code has closed another receipt already: ${action}. Send a new one.`,
    'reserve-code-not-for-this': ({ action }) =>
      `This reserve code is another customer’s or another till’s: ${action}. The receipt is not saved. Take another code.`,
    'reserve-code-used': ({ action }) =>
      `This reserve code has confirmed another receipt already: ${action}. The receipt is not saved. Take the next code.`,
    'reserve-code-over-cap': ({ allowed }) =>
      `One reserve code confirms no more than ${allowed}. Lower the sum.`,
    'override-no-right': ({ action }) =>
      `This can’t continue without a code: ${action}. It needs the right.`,
    'override-over-cap': ({ allowed }) => `Only ${allowed} can go without a code.`,
    'reason-missing': () => 'Say why it goes without a code.',
  } satisfies Record<SaleRefusal['kind'], Say>,
  reserveCodeWrong:
    'The reserve code is not right. The receipt is not saved. Check the code and type it again.',
  grantForged:
    'The signature under the code does not match. The receipt is not saved. Send a new code.',
  policyRefused:
    'The shop’s rights and settings on this device do not match the shop server’s signature. The open receipt is safe, but you can’t sell until the till has downloaded them again: connect it to the shop server.',
  policyRefusedAtSale: (why: string) =>
    `The shop’s settings on this device can’t be trusted: ${why}. The till is downloading them again. Save the receipt again once the red line at the top is gone.`,
  policyBecause: {
    missing: 'the shop’s settings are not on the device',
    'wrong-signature': 'the signature is wrong',
    'older-version': 'an older version was put in',
    'wrong-shop': 'they are another shop’s',
    malformed: 'they are damaged',
  },

  policy: {
    'last-owner': 'The last owner can’t be removed: nobody could run the shop.',
    'unknown-group': 'That group is gone. Choose another.',
    'duplicate-id': 'This entry already exists.',
    'pin-too-short': 'Whoever may continue without a code needs a PIN of 6 digits.',
    'no-right': 'You don’t have the right to change this.',
    'right-not-yours': 'You can’t give others a right you do not hold.',
    'wrong-shop': 'These are another shop’s settings.',
    'currency-fixed': 'The shop’s currency can’t be changed.',
    malformed: 'Check that everything is filled in.',
  } satisfies Record<PolicyRefusal, string>,
  /** The relay was restored from an old copy. */
  relayWasOlder: {
    returned:
      'The shop server was restored from an old copy with older settings. This till has sent it the newer ones; sales were not affected. Check the settings you changed last.',
    'not-taken':
      'The shop server has older settings than this till and rejected the newer ones. This till keeps using its own. You can’t change settings on it until the shop server is restored from a newer copy.',
  },
  policyDiffers:
    'Someone else changed the settings meanwhile. Look at the new ones and make your change again.',

  gate: {
    'session-unknown': 'The connection to the shop server was lost. Try again.',
    'unknown-till': 'The shop server does not know this till. Pair it again.',
    revoked: 'This till was removed from the shop.',
    'elevation-needed': 'The shop server asks for your PIN once more.',
    'consent-needed': 'No owner confirmed this, so nothing was changed.',
    'wrong-signature': 'The shop server did not recognise this till’s signature. Reload the page.',
    'stale-signature': 'The clocks of this till and the shop server differ. Try again.',
    'no-right': 'You don’t have the right to do this.',
    'journal-set-aside':
      'The shop server keeps this till’s journal apart, so the till gets no news of the shop. Connect the till again in the settings.',
    'contract-mismatch': 'The till and the shop server run different versions. Reload the page.',
    malformed: 'The shop server did not accept what was entered. Check the fields.',
  } satisfies Record<GateRefusal['kind'], string>,
  unreachable: 'The till can’t reach the shop server. Nothing you typed is lost. Try again.',
  journalUnread:
    'The till could not read its journal on this device, so it sent nothing to the shop server. Restart the till.',
  needsRelay: 'This needs a connection to the shop server. For now you can only look.',

  notRead: 'The records could not be read',
  notReadText:
    'The device did not give the till its records. What was saved is untouched. Try again; if that does not help, reload the page.',
  notSaved: 'Not saved',
  insecureTitle: 'A secure address is needed',
  insecureText:
    'The till was opened over plain http from another device. At such an address the browser allows neither encryption nor storage. Open the till’s https address, or open it on the shop server’s own computer: http://localhost.',
  partMissingTitle: 'A part of the till did not load',
  partMissing:
    'The shop server did not answer, or it already serves a newer version. The open receipt and all that was saved are safe. Reload the page.',
  stopTitle: 'The till has stopped',
  stopText:
    'Something happened that should not. Everything shown as saved is saved. Reload the page to continue.',
  notFoundTitle: 'There is no such page',
  toTill: 'To the till',
  noRightTitle: 'You can’t open this section',
  fieldEmpty: 'Fill in this field',
  phoneCostly:
    'That is a satellite, premium-rate or service number: codes never go to one. Enter an ordinary number.',
  phoneAbroad:
    'The shop’s settings do not allow numbers of this country: no codes go to them. Enter another number.',
  phoneWrong: (example: string | null) =>
    `That does not look like a phone number.${example === null ? '' : ` Enter something like ${example}.`}`,
  percentWrong: 'This is no percentage from 0 to 100.',
  amountWrong: 'That does not look like an amount. Enter something like 1500 or 99.90.',
  nameTooLong: (most) => `The name is too long: ${most} characters at most.`,
  nameWithAddress:
    'This name stands in messages with codes: no web address, phone number or invisible characters. After a full stop put a space.',
} satisfies typeof ru.errors;

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
} satisfies typeof ru.disk;
