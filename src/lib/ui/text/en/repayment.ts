// Debts, their repayment, the statement and the list of debtors, in English.
import type { repayment as ru } from '$lib/ui/text/ru/repayment';
import { plural } from '$lib/ui/text/plural';

export const repayment = {
  title: 'Debt payment',
  begin: 'Take a payment',
  whoseTitle: 'Who is paying back?',
  whose: 'Name or phone',
  nobodyOwes: 'Nobody owes anything now.',
  owesNothing: 'owes nothing',
  noCard: 'no card on this till',
  weOweText: (amount: string) =>
    `The customer has paid more than they owed: we owe them ${amount}. The next purchase on account takes it off.`,

  received: 'Received',
  kinds: { cash: 'Cash', card: 'Card', transfer: 'Transfer' },
  byKind: { cash: 'cash', card: 'card', transfer: 'transfer' },
  quick: 'Ready amounts',
  oldest: (amount: string) => `Oldest: ${amount}`,
  whole: 'Whole debt',
  settles: 'What it pays off',
  settlesNothing: 'Enter what the customer gives: here you will see which debts it pays off.',
  partOf: (amount: string) => `part of ${amount}`,
  notSettled: 'not paid off',
  moreDebts: (n: number) => `and ${plural('en', n, { one: 'more debt', other: 'more debts' })}`,
  staysOwed: 'Still owed after it',
  staysNothing: 'Nothing is owed after it',
  change: 'Change',
  willEarn: 'Will earn',
  notAccepted: 'Not accepted',
  anotherWay: '+ another way',
  givenBefore: 'Given in another way',
  withChange: (amount: string) => `change ${amount}`,
  enter: 'Enter the amount',
  saving: 'Saving…',

  refused: {
    'nothing-owed':
      'Nothing is owed any more: another till has taken it. Give the money back to the customer.',
    'nothing-given': 'Enter what the customer gives.',
    'cash-not-payable':
      'The cash is not in steps of the shop’s cash rounding. Enter the cash received again.',
    'tender-too-much': (over: string) =>
      `Card and transfer are ${over} more than is owed. Change is given only from cash.`,
    'own-number': 'The card has your own number. Let somebody else take the money.',
    'no-customer': 'This till has no card of this customer.',
    policy: (why: string) =>
      `The payment is not saved: ${why}. Try again once the till has updated its settings.`,
  },
  notSavedTitle: 'The payment is NOT saved',
  notSavedText:
    'The money is not recorded yet, and the debt is as it was. The amount stays on the screen. If you leave without saving, give the money back.',
  undecidedTitle: 'It is not known whether the payment is saved',
  undecidedText:
    'Press “Try again” until the till answers: it will not be recorded twice. If you close the till now, the next start asks whether the payment counts, or says that it does. If it does neither, look at the customer’s card: it counts only if it is listed there.',
  backToSum: 'Back to the amount',

  savedTitle: 'Payment saved',
  accepted: (amount: string) => `accepted ${amount}`,
  stillOwed: 'Still owed',
  nothingLeft: 'Nothing is owed any more',

  consists: 'What makes up the debt',
  oldestFirst: 'the oldest is paid off first',
  dueBy: (day: string) => `due ${day}`,
  overdue: 'overdue',
  openDebt: {
    sale: (number: string) => `receipt ${number}`,
    opening: 'opening balance',
    correction: 'adjustment',
    payout: 'overpayment paid back',
    other: 'another till',
  },
  of: (amount: string) => `of ${amount}`,
  movements: 'Movements',
  columns: { when: 'When', what: 'What', amount: 'Amount', after: 'Debt after' },
  earlier: 'Before that',
  otherEntry: 'Entry of another till',

  paper: {
    heading: 'DEBT PAYMENT',
    name: 'Debt payment',
    show: 'Show or print the receipt',
    place: (till: string, entry: string) => `Till ${till} · entry ${entry}`,
    received: 'ACCEPTED',
    operator: (name: string) => `Taken by: ${name}`,
    left: 'STILL OWED',
    weOwe: 'WE OWE',
    payoutHeading: 'OVERPAYMENT PAID BACK',
    payoutName: 'Overpayment paid back',
    paidOut: 'PAID OUT',
    paidBy: (name: string) => `Paid by: ${name}`,
    cancelledHeading: 'DEBT PAYMENT CANCELLED',
    cancelledName: 'Debt payment cancelled',
    cancelled: 'CANCELLED',
    cancels: (place: string) => `Cancelled payment: ${place}`,
  },

  cancel: {
    button: 'Cancel the payment',
    title: 'Cancel the payment',
    amount: 'Payment',
    owedAgain: (sum: string) => `The customer will owe ${sum} again.`,
    takenBack: (points: string) => `Points earned for it are taken back: ${points}.`,
    withheld: (sum: string) =>
      `${sum} is withheld from the money: what the points are worth that the customer has already spent.`,
    rounded: 'The cash is rounded to what coins can pay.',
    giveCash: (sum: string) => `Give ${sum} back from the drawer.`,
    giveOther: 'What was paid by card or transfer, give back by the terminal or the bank.',
    done: 'This payment is cancelled.',
    saved: 'The payment is cancelled. Give the money back.',
    needsRight: 'You may not cancel this: a colleague allows it with their PIN.',
    allows: (sum: string) => `cancelling a debt payment of ${sum}`,
    asks: (name: string, sum: string) =>
      `“${name}”: the payment is cancelled, the debt goes up by ${sum}`,
    refused: {
      'other-shift':
        'A payment can be cancelled only in its shift and at its till: after that the money is counted. Adjust the balance instead.',
      'already-cancelled': 'This payment is already cancelled.',
      'goods-returned':
        'Goods that this money paid for have come back already. Adjust the balance instead.',
    },
  },
  payOut: {
    button: 'Pay back what we owe',
    title: 'Pay back an overpayment',
    owe: 'We owe the customer',
    amount: 'How much',
    amountMissing: 'Write how much.',
    how: 'How it is paid back',
    noCode: 'No code is needed: it is the customer’s money. They get a message.',
    needsRight: 'You may not pay this back: a colleague allows it with their PIN.',
    allows: (sum: string) => `paying back ${sum}`,
    pay: 'Pay back',
    saved: 'Overpayment paid back',
    give: { cash: 'Give from the drawer', card: 'Return to the card', transfer: 'Send back' },
    refused: {
      'nothing-paid-out': 'Write how much.',
      'cash-not-payable': (payable: string) =>
        `No coins make this sum: in cash pay back ${payable}, the rest by card or transfer.`,
      'more-than-we-owe': (allowed: string) => `This is more than we owe: ${allowed}.`,
      'not-downloaded':
        'This till does not have the other tills’ data yet, and one of them may have paid this back. Wait until it is downloaded.',
      'own-number': 'The card has your own number. Let somebody else pay it back.',
      'no-customer': 'This till has no card of this customer.',
    },
  },
  statement: {
    button: 'Statement',
    title: 'Account statement',
    heading: 'ACCOUNT STATEMENT',
    on: (moment: string) => `as of ${moment}`,
    owed: 'DEBT',
    weOwe: 'WE OWE',
    consists: 'What makes it up',
    movements: 'Movements',
    before: 'Debt before that',
    csv: 'Save CSV',
    file: 'statement',
    columns: {
      at: 'When',
      what: 'What',
      number: 'Receipt',
      till: 'Till',
      amount: 'Amount',
      left: 'Left',
      due: 'Due by',
      after: 'Debt after',
    },
  },

  debtors: {
    filters: 'Whom to show',
    filter: { all: 'All', owing: 'Owe', overdue: 'Overdue' },
    total: 'Owed in all',
    count: (n: number) => plural('en', n, { one: 'customer', other: 'customers' }),
    ages: {
      '0': 'up to 30 days',
      '31': '31–60 days',
      '61': '61–90 days',
      '91': 'over 90 days',
    },
    sort: 'Order',
    sorts: { sum: 'Largest first', age: 'Oldest first' },
    since: (age: string) => `oldest: ${age}`,
    overdue: (amount: string) => `${amount} overdue`,
    untold: (amount: string) => `${amount} brought in, not confirmed`,
    untoldOnCard: (amount: string) =>
      `The debt of ${amount} was brought in without a message, so the customer has not confirmed it. The next code they get names it; once they say that code, it is confirmed.`,
    overdueAll: 'overdue',
    csv: 'Save CSV',
    file: 'debts',
    columns: { name: 'Customer', owed: 'Debt', overdue: 'Overdue', oldest: 'Oldest' },
    none: {
      title: 'Nobody owes anything',
      text: 'Customers who have bought on account and not paid yet will appear here.',
    },
    noneOverdue: {
      title: 'No debt is overdue',
      text: 'When debts are to be paid is a setting: Codes and limits.',
    },
  },
} satisfies typeof ru;
