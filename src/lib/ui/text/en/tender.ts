// Taking money, and the debt window, in English.
import type { tender as ru } from '$lib/ui/text/ru/tender';

export const tender = {
  title: 'Payment',
  kinds: { cash: 'Cash', card: 'Card', transfer: 'Transfer', points: 'Points' },
  kindsLabel: 'Paid by',
  pointsHeld: (points: string) => `Points · ${points}`,
  due: 'To pay',
  received: 'Received',
  given: 'Paid in',
  leftToPay: 'Left to pay',
  change: 'Change',
  exact: 'Exact',
  amountWrong: 'That is not an amount. Enter something like 1500 or 99.90.',
  cardHint: 'Take the payment on the terminal, then save the receipt.',
  transferHint: 'Wait for the transfer, then save the receipt.',
  removeTender: (kind: string) => `Remove the payment: ${kind}`,
  tooMuch: (over: string) => `Card, transfer and points come to ${over} more than is due`,

  usePoints: 'How many points to redeem',
  pointsUpTo: (points: string, worth: string) => `up to ${points}, that is ${worth}`,
  pointsNeedCustomer: 'Choose the customer whose points are redeemed',
  pointsNone: 'No points yet',
  pointsWorth: (points: string, worth: string) => `${points} = ${worth}`,

  short: 'Not enough — put it on account?',
  onAccount: 'On account',
  debtWas: (amount: string) => `Owes ${amount} now`,
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
  overLimitAllowed: 'The debt goes over the limit. You hold the right to allow it.',
  noCredit: 'We do not sell on account to this customer.',
  disputed:
    'This customer disputes something booked on him. Nothing goes on account until a manager settles it.',
  mayNotSellOnAccount: 'You may not sell on account. Ask someone who holds that right.',

  save: 'Save the receipt',
  saveAndSend: 'Save and send the code',
  saveOnAccount: 'Put it on account',
  saving: 'Saving…',

  savedOnAccount: (amount: string, name: string) => `${amount} on account · ${name}`,
  debtNow: 'Debt now',
  earned: 'Earned',
  savedTitle: 'Sale saved',
  paid: 'Paid',
  receivedOf: (received: string, due: string) => `received ${received} · due ${due}`,
  receiptNumber: (number: number) => `Receipt no. ${number}`,
  showReceipt: 'Show or print the receipt',
  nextReceipt: 'Next customer',

  notSavedTitle: 'The receipt is NOT saved',
  notSavedText: 'The receipt stays on screen, nothing is lost. The money is not recorded yet.',
  backToTill: 'Back to the receipt',

  dropped: {
    emptied: 'Payment cleared: nothing is left in the receipt',
    customer: 'Payment cleared: the customer was changed',
    'given-up': 'Payment cleared: a new receipt was started',
  },

  voided: {
    lines: 'The goods in the receipt changed, so the code sent no longer fits. Send a new one.',
    tender: 'The payment changed, so the code sent no longer fits. Send a new one.',
    customer: 'Another customer was chosen, so the code sent no longer fits. Send a new one.',
    phone: 'The phone changed, so the code sent no longer fits. Send a new one.',
    policy:
      'The shop’s rules for confirming have changed. A code sent before no longer works. Save the receipt again.',
  },
} satisfies typeof ru;
