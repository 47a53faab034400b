// Customers, repayments and corrections, in English.
import { plural } from '$lib/ui/text/plural';
import type * as ru from '$lib/ui/text/ru/customers';

const CODES = { one: 'code', other: 'codes' };

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
  weOwe: (amount: string) => `we owe ${amount}`,

  phone: 'Phone',
  credit: 'May buy on account',
  kinds: {
    'shop-limit': 'Standard limit',
    'own-limit': 'A limit of their own',
    unlimited: 'No limit',
    'no-credit': 'No credit',
  },
  shopLimit: (amount: string) => `up to ${amount}`,
  limit: 'Debt limit',
  debt: 'Debt',
  left: 'Still allowed',
  account: 'What moved on the account',
  points: 'Points',
  bought: 'Purchases',
  movedAfter: { debt: 'Debt after', points: 'Points after', purchases: 'Bought in all' },
  notMoved: {
    debt: 'No debts yet.',
    points: 'No points yet.',
    purchases: 'No purchases yet.',
  },
  pointsMoved: {
    earned: 'Earned by a purchase',
    redeemed: 'Redeemed in a purchase',
    givenBack: 'Given back with a return',
    takenBack: 'Taken back with a return',
    earnedByRepaying: 'Earned by paying a debt',
    takenWithRepayment: 'Taken back: payment cancelled',
    opening: 'Opening points',
  },
  mergedCard: 'from the merged card',
  older: 'Show earlier ones',
  olderElsewhere: (since: string) =>
    `What other tills did before ${since} is not listed on this till: it was connected later. It is counted in debt and points.`,

  birthday: 'Birthday',
  birthdayHint: 'Day, month and, if known, the year: 31.12.1990 or 31.12',
  birthdayWrong: {
    malformed: 'There is no such day. Write 31.12.1990 or 31.12, for example.',
    'in-future': 'This day is still to come.',
    'too-long-ago': 'Too long ago: check the year.',
  },
  group: 'Group',
  noGroup: 'No group',
  note: 'Note',
  noteHint: 'Staff see it, the customer does not.',
  noteTooLong: (most: number) => `No longer than ${most} characters.`,
  reminders: 'Reminders of the debt',
  remindersHint:
    'Switch off if the customer asks for it. Codes and messages about their account always come: they protect the customer.',
  remindersDeclined: 'not wanted',
  remindersTold: 'The customer gets a message that there will be no more reminders.',
  purchases: 'Purchases so far',

  phoneHint: 'The code is sent to this number. It can be added later.',
  firstPhoneHint:
    'The number is registered with the shop server when the customer reads out the first code.',
  changePhoneHint:
    'A new number is accepted once the old one confirms it with a code, or after 24 hours. This keeps anyone from putting in a phone of their own.',
  phoneLocked: 'Changing the phone needs the right “Change a customer’s phone”.',
  cardLocked: 'Changing the name and the limit needs the right “Change customer cards”.',
  kindsLocked: 'A limit of their own, or none at all, needs that right.',
  mayNotEdit: 'You may not change this card.',

  saved: 'Card saved',
  notSaved: 'Card NOT saved',
  change: {
    changed: 'The new number is registered.',
    waitingTitle: 'The new number will be accepted in 24 hours',
    waiting: (moment: string) =>
      `Until then no codes go to the new number, and the old number gets a message about the change. The new one is valid from ${moment}. On its first day it can’t redeem points and can take only a little on account.`,
    'not-registered':
      'The shop server has no number for this customer yet: the new one will be registered with the first code.',
    'owner-decides':
      'The number cannot be changed now: another new number is waiting already, or the old one gets no messages. An owner has to decide.',
    'challenge-not-verified': 'The new number was not accepted: the old number did not confirm it.',
    'challenge-differs':
      'The new number was not accepted: the old number confirmed a different one.',
    unreachable:
      'The till cannot reach the shop server, and the number can’t be changed without it. Try again once the connection is back.',
    removed: 'The number was removed from the card only. The shop server still has it on record.',
  },
  reserve: {
    title: 'Reserve codes',
    none: 'No unused reserve codes at this till. With them a customer can confirm a purchase without a connection.',
    left: (left: number, moment: string) =>
      `${plural('en', left, CODES)} left at this till, issued: ${moment}.`,
    cap: (amount: string) => `One code, one purchase up to ${amount}.`,
    needsPhone: 'The codes go by message, and the card has no phone. Add a number.',
    issue: 'Issue reserve codes',
    issueAgain: 'Issue new ones instead',
    deal: (phone: string) =>
      `Two messages go to ${phone}, and the shop pays for both: a code by which the customer confirms the issue, then the reserve codes. The till does not see them; earlier codes stop working.`,
    send: 'Send the code',
    issuing: 'Sending the reserve codes…',
    issued: (codes: number, phone: string) =>
      `${plural('en', codes, CODES)} sent to ${phone}. Earlier codes no longer work.`,
    here: (here: number) =>
      `Valid at this till: ${here}. The message says which codes belong to which till.`,
    unknown:
      'The messaging service did not answer: the message may not have arrived. If the customer has none, issue the codes again.',
    demo: 'Demo: the message is on the page “Customers’ phones”; it did not go to a real phone.',
    notIssuedTitle: 'The codes were not issued',
    notIssued: {
      'challenge-not-verified': 'The customer’s confirmation has lapsed. Send the code again.',
      'issue-differs': 'The shop server has different data for these codes. Send the code again.',
      'phone-too-new': (until: string) =>
        `This number was added recently: reserve codes can be issued to it from ${until}.`,
      refused: (why: string) => `The messaging service did not send the message. ${why}`,
      limited: (time: string) => `Many messages were sent already. The next can go at ${time}.`,
      'provider-unreachable': 'The messaging service does not answer; no message was sent.',
      unreachable:
        'The shop server did not answer. Try again: there will be no second message even if the first has gone.',
    },
    formerKept: 'Earlier codes, if the customer had any, still work.',
    notKept: (why: string) =>
      `The customer has the codes, but the till could not save the data it needs to check them. ${why}`,
  },
  /** A code to the old number. */
  oldNumber: {
    ask: 'Send a code to the old number now',
    title: 'Code to the old number',
    deal: (from: string, to: string) => `Change of number: from ${from} to ${to}.`,
    waits: 'The card is saved. Without a code the new number counts after the 24 hours.',
    wait: 'Wait 24 hours instead',
  },
  persons: {
    title: 'Authorised persons',
    none: 'Nobody but the customer can confirm purchases on their account.',
    add: 'Add an authorised person',
    remove: (name: string) => `Take off the authorised person: ${name}`,
    removeTitle: 'Take off the authorised person?',
    removeText: (name: string) =>
      `${name} will no longer be able to confirm purchases on this customer’s account. To add them again, the customer’s code is needed.`,
    removeButton: 'Take off',
    removed: 'Authorised person taken off',
    name: 'Name',
    nameHint: 'For example: Anna, daughter. Or “second number” if it is the customer’s own phone.',
    phone: 'Phone',
    ask: 'Ask for the code',
    what: 'The authorised person may buy on account and with the customer’s points by a code to their own phone. The customer gets a message about each such purchase.',
    codeGoes: (phone: string) => `The code goes to the customer’s main number, ${phone}.`,
    first: 'In its first day a new number redeems no points and buys little on account.',
    noOther: 'Without the customer’s code nobody can be added.',
    notNow: 'Cannot be added now',
    saving: 'Saving…',
    done: 'Authorised person added. They get codes once the shop’s server has accepted it',
    refused: {
      'own-number':
        'Your own number is on this card, or you are adding it. Let a colleague do this.',
      'card-gone': 'This card has already been merged with another one.',
      'no-customer': 'This card is no longer on the till.',
      'no-number': 'The card has no main number, so nobody can be asked. Add one first.',
      'known-number': 'The card has this number already.',
      'too-many': 'The card already has five authorised persons. Take one off first.',
      'code-missing': 'The code went to another number. Ask for it again.',
      'code-not-for-this': 'The code was given for something else. Ask for it again.',
      'code-expired': 'The code has expired. Ask for it again.',
      'code-used': 'The code has been used. Ask for it again.',
    },
  },
  /** Two cards become one account. */
  merge: {
    begin: 'Merge',
    title: 'Merge cards',
    other: 'Which card to merge with',
    into: (name: string) => `The common card will be: ${name}`,
    moves: 'Moves to it',
    nothing: 'No debt and no points',
    both: 'A code goes to both numbers, and the message says what moves. Without both codes the cards cannot be merged.',
    forEver: 'The cards cannot be separated again.',
    relayDecides:
      'The cards are one when the shop’s server confirms it. If it refuses, “To settle” says so.',
    ask: 'Ask for the codes',
    asks: (name: string) => `Code of: ${name}`,
    noOther:
      'Without the code nothing is merged. If the number is out of use, change it on the card first.',
    notNow: 'Cannot be merged now',
    done: 'The cards are being merged',
    refused: {
      'same-card': 'It is one and the same card.',
      'own-number': 'One of the cards has your own number. Somebody else may merge it.',
      disputed: 'One of the customers disputes an entry. Close the dispute first.',
      'card-gone': 'One of the cards was merged with another one already.',
      'no-customer': 'One of the cards is not on this till.',
      'no-number': (name: string) =>
        `The card “${name}” has no phone, so nobody can be asked. Add the number first.`,
      'code-missing': 'A code of one of the customers is missing.',
      'code-not-for-this': 'The code was given for something else. Ask for the codes again.',
      'code-expired': 'The code has expired. Ask for the codes again.',
      'code-used': 'The code was used already. Ask for the codes again.',
    },
  },
  forget: {
    ask: 'Forget',
    title: 'Forget this customer?',
    notNow: 'Cannot be done now',
    erasedTitle: 'Erased',
    erased:
      'Name, phone, limit and reserve codes: at all tills of the shop, on its server and in new backups.',
    keptTitle: 'Stays',
    kept: 'Purchases and journal entries, but without name and phone: they say “a forgotten customer”.',
    lapsed: (points: string) => `Lost: ${points}.`,
    message: 'Their phone gets one last message: that the card will be erased in a day.',
    forEver:
      'For a day the card is hidden at all tills, then it is erased and cannot be brought back. Owners get a message and can stop it in that day.',
    relayDecides:
      'If the customer has a debt or a dispute at another till, the server refuses: the card comes back, and “To settle” says so.',
    byCode: (phone) => `The code goes to ${phone}. The customer reads it out if they agree.`,
    byRight: (left) =>
      `Without the customer’s code only if they asked in writing. In 24 hours the shop may forget ${plural('en', left, { one: 'more customer', other: 'more customers' })} this way.`,
    byOwner:
      'Five were forgotten without their code in the last 24 hours. One more takes an owner’s code.',
    sendCode: 'Send a code',
    withoutCode: 'Without a code',
    askOwner: 'With an owner’s code',
    unreachable: 'The shop’s server cannot be reached: no owner’s code can be sent now.',
    confirm: 'Forget',
    done: 'The card is hidden, and erased in a day',
    soon: {
      title: 'Erased soon',
      erasedAt: (moment) => `To be erased: ${moment}`,
      noName: 'The card is not downloaded yet',
      stop: 'Stop',
      stopped: 'Stopped: the card comes back',
      notWaiting: 'There is nothing to stop any more: the card was erased or is back.',
      ownerStops: 'Until then an owner can stop it.',
    },
    refused: {
      'many-today':
        'Five were forgotten without their code in the last 24 hours. One more takes their own code or an owner’s.',
      'consent-not-for-this': 'The code was given for something else. Ask for a new one.',
      'consent-expired': 'The code has expired. Ask for a new one.',
      'consent-used': 'This code was used already. Ask for a new one.',
      owes: (amount: string) => `The customer owes ${amount}. It has to be repaid first.`,
      'paid-ahead': (amount: string) => `The customer has paid ${amount} ahead. Settle it first.`,
      disputed: 'The customer disputes an entry. Close the dispute first.',
      'code-open': 'The customer is confirming a receipt by a code. Save or clear it first.',
      'notices-waiting':
        'A message to the customer about an entry in their name has not been sent yet. Try again once it was.',
      'without-code': (until: string) =>
        `Something was recently recorded for this customer without their code, and they can still object. They can be forgotten after ${until}.`,
    },
  },
} satisfies typeof ru.customers;

export const repayment = {
  title: 'Debt payment',
  begin: 'Take a payment',
  whoseTitle: 'Who is paying back?',
  whose: 'Name or phone',
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
} satisfies typeof ru.repayment;

export const correction = {
  begin: 'Adjust balance',
  title: 'Adjust balance',
  account: 'What to adjust',
  debt: 'Debt',
  points: 'Points',
  way: 'Which way',
  up: { debt: 'Raise', points: 'Give' },
  down: { debt: 'Lower', points: 'Take' },
  sum: 'By how much',
  count: 'How many points',
  sumMissing: 'Write by how much.',
  debtAfter: (now, after) => `Now ${now}, then ${after}.`,
  pointsAfter: (now, after) => `Now ${now}, then ${after}.`,
  reason: 'Why',
  reasonHint: 'It stays in the journal with your name.',
  reasonMissing: 'Write why: nothing is adjusted without a reason.',
  needsCode: 'The customer confirms it with the code from a message.',
  byRight:
    'No code is needed. The customer gets a message that this is a correction, not a payment.',
  byRightUntold: 'No code is needed. The owner sees it in the day’s summary.',
  ask: 'Ask for the code',
  save: 'Adjust',
  saved: 'Adjusted',
  asks: {
    debt: (name, sum) => `“${name}”: the debt goes up by ${sum}`,
    points: (name, points) => `“${name}”: ${points} will be taken`,
  },
  typeCode: 'Type the code',
  notSaved: 'NOT saved',
  giveUp: 'Do not save',
  writeOff: (sum) => `Write this debt off: ${sum}`,
  writeOffHint:
    'The customer will not pay it. They get a message, and the owner sees it in the day’s summary.',
  notWrittenOff:
    'The debt is not written off, and the dispute stays open: so much cannot be adjusted now. See the cap of a day.',
  writtenOff: 'The debt is written off, the dispute closed.',
  refused: {
    'no-customer': 'The customer’s card is no longer on this till.',
    'no-reason': 'Write why.',
    'own-number': 'The card has your own number. Somebody else has to adjust it.',
    disputed: 'The customer disputes an entry. Close the dispute first.',
    'no-credit': 'This customer may not buy on account.',
    'no-phone': 'The card has no phone: there is nobody to confirm it.',
    'override-no-right': 'You may not continue without a code.',
    'over-limit': (allowed) => `This is over the limit: ${allowed} more is allowed.`,
    'not-enough-points': (held) => `There are not as many points: the card has ${held}.`,
    'more-than-owed': (owed) => `This is more than the debt: it can go down by ${owed}.`,
    'over-correction-cap': (allowed) =>
      `More than the shop may adjust in customers’ favour in a day. ${allowed} is left.`,
    'override-over-cap': (allowed) => `Without a code no more than ${allowed} is allowed now.`,
    other: 'The code is not for this. Ask for a new one.',
  },
} satisfies typeof ru.correction;
