// Tenders and the dialogue for sales on account, in English.
import { plural } from '$lib/ui/text/plural';
import type { tender as ru } from '$lib/ui/text/ru/tender';

export const tender = {
  title: 'Payment',
  kinds: { cash: 'Cash', card: 'Card', transfer: 'Transfer', points: 'Points' },
  kindsLabel: 'Paid by',
  sums: 'To pay and paid',
  due: 'To pay',
  inCash: 'In cash',
  rounding: 'Rounding',
  leftToPay: 'Left to pay',
  change: 'Change',
  over: 'Too much',
  exact: 'Exact',
  removeTender: (kind: string) => `Remove the payment: ${kind}`,
  /** Label of a tender row, which can be tapped if the customer paid another way. */
  regive: (kind: string) => `${kind}: paid another way`,
  regiveTitle: (amount: string) => `How was ${amount} paid?`,
  onlyCashGivesChange:
    'Change is given only from cash: card and transfer can’t be more than is due.',

  split: {
    title: (total: string) => `How is ${total} paid?`,
    both: {
      card: (cash: string, rest: string) => `${cash} in cash and ${rest} by card`,
      transfer: (cash: string, rest: string) => `${cash} in cash and ${rest} by transfer`,
    },
    part: {
      card: (amount: string) => `Only ${amount} by card`,
      transfer: (amount: string) => `Only ${amount} by transfer`,
    },
    saves: 'the receipt will be saved',
    left: (rest: string) => `${rest} will be left to pay`,
  },

  both: {
    title: 'Were both payments taken?',
    text: (cash: string) => `The cash alone, ${cash}, pays the receipt.`,
    card: (amount: string) => `By card: ${amount}`,
    transfer: (amount: string) => `By transfer: ${amount}`,
    yes: (change: string) => `Yes, change ${change}`,
    no: 'Correct it',
  },

  /** A saved sale was paid another way than it says. */
  corrected: {
    button: 'Paid another way',
    title: 'How was it paid?',
    part: (way: string, amount: string) => `${way}, ${amount}: it was`,
    note: 'The total, the debt and the points stay as they are. The Z report shows who corrected what.',
    act: 'Correct it',
    needsRight: 'You don’t have permission to correct this. A colleague with it may allow it.',
    allows: 'correcting how a sale was paid',
    done: (ways: string) => `Paid another way: ${ways}`,
    /** A return has given back this much the same way. */
    givenBack: {
      cash: (amount: string) =>
        `A return of this sale gave back ${amount} in cash: so much has to stay paid in cash.`,
      card: (amount: string) =>
        `A return of this sale gave back ${amount} to the card: so much has to stay paid by card.`,
      transfer: (amount: string) =>
        `A return of this sale gave back ${amount} by transfer: so much has to stay paid by transfer.`,
    },
    refused: {
      'other-shift': 'Only a sale of this till’s open shift can be corrected.',
      'cash-not-payable':
        'No coins make this sum. If it was paid in cash, take the goods back and ring up the sale again.',
      'other-sum': 'The sum has to stay the same.',
      'same-tenders': 'That is how it is entered now. Choose another way.',
    },
  },

  takeOff: {
    title: 'Remove the payment?',
    card: (amount: string) =>
      `Card, ${amount}: if the terminal has charged it, refund it on the terminal first.`,
    transfer: (amount: string) =>
      `Transfer, ${amount}: if the money has arrived, send it back first.`,
    keep: 'Keep it',
    remove: 'Remove',
  },

  unsaved: {
    title: 'The receipt is not saved yet',
    interrupted: 'The till stopped during the payment: don’t take money twice.',
    card: (amount: string) =>
      `The card payment of ${amount} is still on it. Don’t charge it again.`,
    transfer: (amount: string) =>
      `The transfer of ${amount} is still on it. Don’t ask for it again.`,
  },

  cashTyped: 'Received in cash',
  cashCounts: (amount: string) => `Counts as ${amount}: there are no smaller coins`,
  pointsTyped: 'Points to redeem',
  allPoints: (points: string) => `All: ${points}`,
  pointsNone: 'no points yet',
  pointsWorth: (points: string, worth: string) => `${points} = ${worth}`,

  ways: {
    card: 'approved by the terminal',
    transfer: 'the money has arrived',
    /** Another way already pays everything; a tap replaces it. */
    instead: 'instead of what is entered',
    chooseFirst: 'choose a customer',
    asksHowMany: 'choose how many',
    pointsNotNow: 'not for this receipt',
    upTo: (points: string) => `up to ${points}`,
  },

  /** The main button: what it does, and below it the detail or the reason why it is disabled. */
  main: {
    typeCash: 'Enter the cash received',
    orOtherWay: 'or choose another way to pay',
    nothingToPay: 'Nothing to pay',
    touchExact: 'touch “Exact” to go on',
    leftToPay: (amount: string) => `${amount} left to pay`,
    anyWay: 'in cash, by card or by transfer',
    tooMuch: (amount: string) => `${amount} too much`,
    takeBack: 'remove one of the payments',
    /** `way`: how all of it is given; null: in several ways. */
    accept: (amount: string, way: 'cash' | 'card' | 'transfer' | null) =>
      way === null
        ? `Accept ${amount}`
        : `Accept ${amount} ${{ cash: 'in cash', card: 'by card', transfer: 'by transfer' }[way]}`,
    change: (amount: string) => `change ${amount}`,
    noChange: 'no change',
    paidInFull: 'paid in full',
    /** `detail`: the sum or the change. */
    sendsCode: (detail: string) => `${detail}, we’ll send a code`,
    cannotSendCode: (detail: string) => `${detail}, no connection for a code`,
    short: (amount: string) => `${amount} is missing`,
    forCode: 'a code can’t be sent without one',
    noPermission: 'you don’t have permission',
  },

  short: 'Short',
  onAccount: 'On account',
  customer: 'Customer',
  nobody: 'No customer',
  nobodyNote: 'needed for points and for paying later',
  onAccountWhose: (amount: string) => `${amount} on account`,
  whoseNote: 'choose who will owe it',
  debtDue: 'Debt due',
  dueNever: 'no date',
  dueWithin: (days: number, by: string) =>
    `in ${plural('en', days, { one: 'day', other: 'days' })}, by ${by}`,
  takesOnAccount: (name: string) => `${name} pays later`,
  codeGoes: (channel: string, phone: string) => `Code: ${channel} to ${phone}`,
  withoutOthers: {
    since: (time: string) => `without the other tills since ${time}`,
    atAll: 'without the other tills',
    silent: (till: string, time: string) => `till “${till}” not heard since ${time}`,
  },
  noDebt: 'owes nothing',
  debtWas: (amount: string) => `owes ${amount} now`,
  debtBecomes: (amount: string) => `will owe ${amount}`,
  allowedUpTo: (amount: string) => `up to ${amount} allowed`,
  noLimit: 'no limit',
  chooseForDebt: 'Whose account?',
  findCustomer: 'Name or phone',
  newCustomer: 'New customer',
  addPhone: 'Add a phone',
  otherCustomer: 'Someone else',
  needsPhone: 'A code can’t be sent without a phone. Add the customer’s number.',
  overLimit: (allowed: string) => `That is too much on account. ${allowed} more is allowed.`,
  overLimitNothing: 'The debt limit is used up: nothing more can go on account.',
  overLimitAllowed: 'The debt goes over the limit. You may allow it.',
  noCredit: 'We do not sell on account to this customer.',
  disputed:
    'This customer disputes an entry. Nothing goes on account until a manager closes the dispute.',
  mayNotSellOnAccount: 'You may not sell on account. Ask someone who holds that right.',

  save: 'Save the receipt',
  saveOnAccount: 'Put it on account',
  saving: 'Saving…',

  savedOnAccount: (amount: string, name: string) => `${amount} on account · ${name}`,
  debtNow: 'Debt now',
  earned: 'Earned',
  overCap: (points: string) => `Not earned, over what one customer may earn in a day: ${points}.`,
  savedTitle: 'Sale saved',
  paid: 'Paid',
  receivedOf: (received: string, due: string) => `received ${received} · due ${due}`,
  receiptNumber: (number) => `Receipt no. ${number}`,
  showReceipt: 'Show or print the receipt',
  nextReceipt: 'Next customer',

  notSavedTitle: 'The receipt is NOT saved',
  notSavedText: 'The receipt stays on screen, nothing is lost. The money is not recorded yet.',
  undecidedTitle: 'It is not known whether the receipt is saved',
  undecidedText:
    'The receipt stays on screen. Press “Try again” until the till answers. If you close the till now, the next start asks whether the receipt counts, or says that it does. If it does neither, look for the receipt in the journal: it counts only if it is there.',
  backToTill: 'Back to the receipt',

  dropped: {
    emptied: 'Payment cleared: nothing is left in the receipt',
    customer: 'Cash and points cleared: the customer was changed',
    'given-up': 'Payment cleared: a new receipt was started',
  },

  voided: {
    lines: 'The goods in the receipt changed, so the code sent no longer fits. Send a new one.',
    tender: 'The payment changed, so the code sent no longer fits. Send a new one.',
    customer: 'Another customer was chosen, so the code sent no longer fits. Send a new one.',
    phone: 'The phone changed, so the code sent no longer fits. Send a new one.',
    operator:
      'Another cashier signed in, so the code asked for before no longer works. Send a new one.',
    policy:
      'The shop’s rules for confirming have changed. A code sent before no longer works. Save the receipt again.',
  },
} satisfies typeof ru;
