// Notices to owners about weakened rules, and numbers to check, in English.
import type { NoticeState } from '$lib/contract/journal-upload';
import type { OwnerNoticeState } from '$lib/contract/owner-notice';
import { plural } from '$lib/ui/text/plural';
import type { guard as ru } from '$lib/ui/text/ru/guard';

export const guard = {
  ownerNotices: {
    title: 'Notifications to owners',
    text: 'When a setting reduces the customers’ protection, the shop server sends all owners a message.',
    none: 'Protection has not been reduced.',
    nobody: 'Nobody was notified: no owner has a phone number.',
    by: (name: string, moment: string) => `${name}, ${moment}`,
    somebody: 'Somebody who left',
    states: {
      waiting: 'waiting',
      sent: 'sent',
      'maybe-sent': 'maybe sent',
      failed: 'failed',
    } satisfies Record<OwnerNoticeState, string>,
    onlyCodes:
      'The messaging service carries only codes. Tell the owners yourself, or choose a service that takes your own text.',
    more: 'Show all',
    notRead: 'The list could not be loaded.',
    locked:
      'The shop server keeps this list. It will ask for your PIN and, with a real service, a code from your phone.',
    show: 'Show the notifications',
  },
  daily: {
    title: 'Summary of the day',
    text: 'Once a day owners get one message, if anything was done by right, problems were found, or a till came back that had been out of reach for long.',
    none: 'There have been no summaries yet.',
    period: (since: string, at: string) => `From ${since}, written ${at}`,
    sole: 'Nobody else checks',
    soleText: (name: string) =>
      `${name} is the only operator: nobody else knows of what was done by right.`,
    unproven: 'Phone not confirmed',
    unprovenText: (names: string) =>
      `${names}: the message about what was done in this name may have reached nobody. If they did not do it, somebody knows the PIN.`,
    acts: 'Done by right, without the customer’s code',
    act: {
      'without-code': 'sale without a code',
      import: 'import of cards',
      'import-undone': 'import of cards undone',
      correction: 'correction of an account',
      forgiveness: 'debt written off or points given',
      'points-given': 'points beyond the rules',
      credit: 'higher debt limit',
      'dispute-closed': 'dispute closed',
      reviewed: 'entries without a code reviewed',
      'number-changed': 'customer’s number changed',
      'reminders-declined': 'reminders of a debt switched off',
      forgotten: 'customer forgotten',
      'prices-lowered': 'prices of goods lowered',
    },
    nobody: 'No name',
    flags: 'Problems found',
    discrepancies: 'To look into',
    tills: 'Tills connected again',
    away: (till: string, duration: string) => `${till}, away for ${duration}`,
    meanwhile: (entries: number, sum: string) =>
      `${plural('en', entries, { one: 'entry', other: 'entries' })}, ${sum} without a code`,
    guessing: 'Too many wrong codes in a day',
    guessedNumbers: 'Numbers',
    guessedTills: 'Tills, whose codes are stopped',
    guessedShop: 'In the whole shop',
    drawer: 'Cash drawer and returns',
    drawerActs: {
      'returned-alone': 'returns without a second person',
      'returned-without-sale': 'returns without a receipt',
      'returned-own': 'returns of their own sales in the same shift',
      'returned-without-code': 'returns without the customer’s code',
      'goods-written-off': 'returned goods written off',
      'returns-approved': 'approved returns of others',
      'discounts-allowed': 'allowed discounts of others',
      'discounts-large': 'large discounts',
      'free-prices': 'prices below the list',
      'list-below': 'list prices of the till below the shop’s',
      'label-prices': 'sold at prices of scale labels',
      'goods-removed': 'goods taken out of receipts',
      'receipt-held': 'receipts held often or long',
      'card-often': 'many receipts in a day on one card',
      short: 'short when counted',
      over: 'over when counted',
      'float-short': 'float short against what was left',
      'float-over': 'float over what was left',
      'tender-corrected': 'sales marked as paid another way',
      'no-sale': 'drawer opened without a sale',
      'receipt-cancelled': 'receipts with goods cancelled',
      'paid-out': 'overpayments paid out',
      'taken-out': 'cash taken out',
      refunded: 'refunded in cash',
    },
    discounts: 'Discounts by hand, share of the list price',
    openings: 'Opened the settings',
    putBack: 'The shop server was put back from an older copy',
    putBackText: (untold: number) =>
      `Messages not repeated because they may have been sent before: ${untold}. Look through the debts and points without a code of that time, and what was found in the journals.`,
    unsent: 'Sent to nobody: no owner has a confirmed phone.',
    more: 'Show earlier summaries',
  },
  numbers: {
    title: 'Numbers worth a look',
    text: 'Changes of number the old one has not confirmed, numbers of the staff on customers’ cards, and one number on several cards.',
    show: 'Check numbers',
    none: 'There are no such numbers.',
    staff: (name: string) => `A number of the staff: ${name}`,
    shared: (n: number) => `One number on ${plural('en', n, { one: 'card', other: 'cards' })}`,
    elsewhere: 'not on this till',
    waiting: (moment: string) => `A new number is accepted from ${moment}`,
    unreachable: 'A new number waits for an owner: no earlier one can object',
    several: 'Two or more numbers wait for the card: an owner decides. None takes effect by itself',
    changed: (moment: string) =>
      `The number was changed without the old one’s confirmation, ${moment}`,
    asked: (who: string | null, till: string, moment: string) =>
      who === null
        ? `Asked for: ${till}, ${moment}; the till has not said by whom.`
        : `Changed by ${who}, ${till}, ${moment}.`,
    notice: {
      waiting: 'The message to the old number is waiting.',
      sent: 'A message was sent to the old number.',
      'maybe-sent': 'A message to the old number was maybe sent: ask the customer.',
      failed: 'The message to the old number failed: ask the customer yourself.',
      'no-number': 'There is no old number to write to: ask the customer yourself.',
    } satisfies Record<NoticeState | 'no-number', string>,
    accept: 'Accept the new number',
    acceptAll: (n: number) => `Accept all that wait for an owner: ${n}`,
    accepted: 'The new number is accepted. For a day it allows little, like any new number.',
    notWaiting: 'This number no longer waits for a decision. The list is up to date.',
    callOff: 'Reject the new number',
    calledOff:
      'The new number is rejected. Correct the card yourself: the till does not change it.',
  },
} satisfies typeof ru;
