// Customers and their cards, in English.
import type { customers as ru } from '$lib/ui/text/ru/customers';

export const customers = {
  search: 'Name or phone',
  searchLabel: 'Find a customer',
  list: 'List of customers',
  add: 'New customer',
  newTitle: 'New customer',
  editTitle: 'Edit the card',
  emptyTitle: 'No customers yet',
  emptyText: 'Add the first: a name and, best at once, a phone. The code is sent there.',
  notFoundTitle: (text: string) => `Nobody found: “${text}”`,
  notFoundText: 'Check the letters, or type the last digits of the number.',
  owes: (amount: string) => `owes ${amount}`,
  paidAhead: (amount: string) => `paid ahead ${amount}`,

  phone: 'Phone',
  credit: 'May buy on account',
  kinds: {
    'shop-limit': 'As everybody',
    'own-limit': 'A limit of their own',
    unlimited: 'No limit',
    'no-credit': 'No credit',
  },
  shopLimit: (amount: string) => `up to ${amount}`,
  limit: 'Debt limit',
  debt: 'Debt',
  left: 'Still allowed',
  points: 'Points',
  history: 'Debts and redemptions',
  historyEmpty: 'No debts or redemptions yet.',
  older: 'Show earlier ones',

  phoneHint: 'The code is sent to this number. It can be added later.',
  firstPhoneHint: 'The relay learns the number when the customer reads out the first code.',
  changePhoneHint:
    'Another number counts once the old one confirms it with a code, or after 24 hours, so that nobody can put in a phone of their own.',
  phoneLocked: 'Changing the phone needs the right “Change a customer’s phone”.',
  cardLocked: 'Changing the name and the limit needs the right “Change customer cards”.',
  kindsLocked: 'A limit of their own, or none at all, needs that right.',
  mayNotEdit: 'You may not change this card.',

  saved: 'Card saved',
  notSaved: 'Card NOT saved',
  change: {
    changed: 'The relay has taken the new number.',
    waitingTitle: 'Number written down; the relay waits 24 hours',
    waiting: (moment: string) =>
      `Until then the relay knows the old number and sends no codes to the new one. The new one counts from ${moment}.`,
    'not-registered':
      'The relay does not know a number of this customer yet: it will remember the new one with the first code.',
    'challenge-not-verified':
      'The relay did not take the new number: the old one did not confirm it.',
    'challenge-differs': 'The relay did not take the new number: the old one confirmed another.',
    unreachable:
      'The till cannot reach the relay, and a number cannot be changed without it: the relay may hold another. Try again once the connection is back.',
    removed: 'The number was removed from the card only: the relay goes on remembering it.',
  },
  /** A code to the old number. */
  oldNumber: {
    ask: 'Send a code to the old number now',
    title: 'Code to the old number',
    deal: (from: string, to: string) => `Change of number: from ${from} to ${to}.`,
    unchecked:
      'The relay did not answer, so the code is not checked yet. No try was used: type it again.',
    waits: 'The card is saved. Without a code the new number counts after the 24 hours.',
    wait: 'Wait 24 hours instead',
  },
} satisfies typeof ru;
