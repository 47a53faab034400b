// Signing in, and rights, in English.
import type { Right } from '$lib/contract/policy';
import type { ElevationPurpose } from '$lib/domain/consent/elevation-purpose';
import { plural } from '$lib/ui/text/plural';
import type * as ru from '$lib/ui/text/ru/operators';

export const signIn = {
  title: 'Who is at the till?',
  pin: 'PIN',
  pinOf: (name) => `PIN · ${name}`,
  chooseFirst: 'Choose who you are',
  receiptWaits: 'The open receipt is saved and waits.',
  lock: 'Lock the till',
  someoneElse: 'Someone else',
  wrongPin: 'That PIN is not right. Try again.',
  wrong: (left: number) =>
    `That PIN is not right. ${plural('en', left, { one: 'try left', other: 'tries left' })}.`,
  lockedUntil: (time: string) => `Too many tries. The next one after ${time}.`,
  unknown: 'This person no longer works at the till.',
  noPolicyTitle: 'The till is waiting for the shop’s settings',
  cutOff: (why: string) =>
    `The shop’s rights and settings on this device can’t be used (${why}), and the shop server does not accept this till to send them again. The open receipt is safe. The till can sell once it is connected again.`,
  confirmTitle: 'Confirm with your PIN',
  confirmText: (name: string, toDo: string) => `${name}, enter your PIN to ${toDo}.`,
  closed: {
    'no-proven-phone':
      'Your phone is not confirmed, so there is nowhere to send a code. Confirm it in the settings, under “Messages”, or type a token.',
    'no-proven-owner': 'No owner has a confirmed phone, so this can be changed only with a token.',
    unanswered:
      'Nobody answered three codes to the owner in the last 24 hours. Until then only a token confirms changes.',
    'wrong-codes':
      'Too many wrong codes were typed in the last 24 hours. Until then only a token opens this.',
    'not-this-machine':
      'The owner connects the first messaging service on the shop server’s own computer. From another device it takes a token, and then a code from the owner’s phone.',
    'owner-phone-needed':
      'A new service first sends a code to the owner, who has no phone on record. Add it under “Staff and rights”, then save the service again.',
  },
  toDo: {
    'import-customers': 'import debts and points of customers',
    'undo-import': 'undo an import of customers',
    'forget-customer': 'forget a customer',
    'stop-forgetting': 'keep the card',
    'load-demo': 'load the demo goods',
    're-enrol': 'connect this till again',
    'see-sales': 'see the sales of all tills',
    'see-costs': 'see what the codes cost',
    'see-numbers': 'see the numbers to look at',
    'accept-numbers': 'accept customers’ new numbers',
    'call-off-number': 'cancel the change of number',
    'change-number': 'change the customer’s number',
    'prove-phone': 'confirm your phone',
    'change-limits': 'save the codes and limits',
    'change-discounts': 'save the automatic discounts',
    'change-labels': 'save the scale labels',
    'change-staff': 'save the staff and permissions',
    'see-service': 'see the messaging settings',
    'see-owner-notices': 'see the notifications to owners',
    'save-service': 'save the messaging service',
    'change-message-language': 'change the language of messages',
    'send-test': 'send a test message',
    'see-balance': 'check the balance',
    'lift-stop': 'let codes go out again',
    'see-answers': 'see what the service answered',
    'see-key-ending': 'see how the saved key ends',
    'see-tills': 'see the tills',
    'connect-till': 'connect another till',
    'accept-former': 'accept the records of a former till',
    'stop-waiting': 'not wait for other tills',
    'remove-till': 'remove the till',
    'rename-till': 'rename the till',
    'change-shop': 'save the settings of the shop',
    'see-problems': 'see the problems found',
  } satisfies Record<ElevationPurpose, string>,
} satisfies typeof ru.signIn;

export const rights = {
  names: {
    sell: 'Sell',
    discount: 'Give a discount',
    'free-price': 'Set a price by hand',
    'correct-tender': 'Correct how a sale was paid',
    'remove-line-after-total': 'Take out goods without a note to the owners',
    return: 'Take goods back',
    'sell-on-account': 'Sell on account',
    'sell-over-limit': 'Sell on account over the limit',
    'redeem-points': 'Redeem points',
    'skip-code:on-account': 'Put on account without a code',
    'skip-code:points': 'Redeem points without a code',
    'take-repayment': 'Take repayments',
    'correct-balance': 'Correct debts and points',
    'change-customer-phone': 'Change a customer’s phone',
    'cash-in-out': 'Put cash in and take it out',
    'open-shift': 'Open a shift',
    'close-shift': 'Close a shift',
    'take-tip': 'Take tips',
    'view-reports': 'See reports and the journal',
    'manage-catalogue': 'Change goods and prices',
    'manage-customers': 'Change customers’ cards',
    'manage-staff': 'Change staff and rights',
    settings: 'Change settings',
    data: 'Import, export and backups',
  } satisfies Record<Right, string>,
  sections: {
    selling: 'Selling',
    account: 'Debts and points',
    noCode: 'Without the customer’s code',
    shift: 'Shift and cash',
    keeping: 'Management',
  },
  need: (right: string) => `This needs the right “${right}”`,
} satisfies typeof ru.rights;
