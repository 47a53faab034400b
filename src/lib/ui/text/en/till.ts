// The receipt and its payment, in English.
import { plural } from '$lib/ui/text/plural';
import type * as ru from '$lib/ui/text/ru/till';

export const till = {
  searchHint: 'Name, barcode or SKU',
  searchLabel: 'Find a product',
  clearSearch: 'Clear the search',
  showKeys: 'Keys (F1)',
  categories: 'Categories',
  popular: 'Often bought',
  uncategorised: 'No category',
  inStock: (amount: string) => `${amount} in stock`,
  outOfStock: 'out of stock',
  low: (amount: string) => `low: ${amount}`,
  none: 'none left',
  inReceipt: (amount: string) => `in the receipt: ${amount}`,
  sku: (sku: string) => `SKU ${sku}`,
  found: (n: number) => plural('en', n, { one: 'product', other: 'products' }),

  receipt: 'Receipt',
  emptyTitle: 'The receipt is empty',
  emptyText: 'Touch a product, find it by name, or scan its barcode.',
  noGoodsTitle: 'No goods yet',
  noGoodsText: 'Load your price list and you can start selling.',
  notFoundTitle: (text: string) => `Nothing found: “${text}”`,
  notFoundText: 'Check the letters, or type only the beginning of a word.',
  barcodeNotFound: (barcode: string) => `No product has the barcode ${barcode}`,
  barcodeWrong: (barcode: string) => `The barcode ${barcode} was misread. Scan it again.`,
  unlisted: {
    price: 'Price',
    name: 'What it is',
    goods: 'Goods',
    forAdults: '18+: ask the customer’s age',
    sell: 'Sell at this price',
    needsColleague:
      'Goods without a price in the list: a colleague allows this sale with their PIN.',
    allows: (price: string) => `a sale at the typed price of ${price}`,
  },

  lineTimes: (quantity: string, price: string) => `${quantity} × ${price}`,
  quantity: 'Quantity',
  weight: (unit: string) => `How much, ${unit}`,
  quantityWrong: 'Enter a number above zero',
  weightWrong: 'Enter the weight, such as 0.412',
  weightDoubt: {
    grams: (grams: number) => `Did you mean ${grams} g?`,
    gramsText: (weight: string, sum: string) => `${weight} is typed: that would cost ${sum}.`,
    yesGrams: (grams: number) => `${grams} g`,
    no: (weight: string) => `No, ${weight}`,
    much: (weight: string) => `Sell ${weight}?`,
    muchText: (sum: string) => `That is unusually much. It would cost ${sum}.`,
    yes: (weight: string) => `Yes, ${weight}`,
  },
  setQuantity: 'Change the quantity',
  oneMore: 'One more',
  oneLess: 'One less',
  removeLine: 'Remove from the receipt',
  removed: (name: string) => `Removed: ${name}`,
  added: (name: string, times: string, total: string) => `${name}, ${times}. Total ${total}`,
  timesWrong: (times: string) => `This quantity cannot be sold: ${times}`,
  scanAgain: 'Only a part of the barcode was read. Scan it again.',
  mark: {
    title: 'Scan the marking code',
    text: 'The square code on the pack: each piece has its own. The usual barcode does not sell this product.',
    waiting: 'Waiting for the scanner…',
    ofLine: (serial: string) => `code ${serial}`,
    twice: 'This piece is in the receipt already: each has its own code',
    sold: (receipt: string, when: string) =>
      `This piece is sold: receipt ${receipt}, ${when}. It can be sold again after a return.`,
    oneByOne: 'Scan goods with marking codes one by one',
    other: (name: string) => `This is the code of another product: ${name}`,
  },
  label: {
    noArticle: (plu: string) => `No such product: PLU ${plu}`,
    several: (plu: string, names: string) =>
      `Several products have the PLU ${plu}: ${names}. Give them different SKUs.`,
    otherUnit: {
      weight: (name: string) => `The label says a weight, but “${name}” isn’t sold by the kilogram`,
      pieces: (name: string) => `The label says pieces, but “${name}” isn’t sold by the piece`,
    },
    noPrice: (name: string) =>
      `The label says a price, but “${name}” has none in the list: the amount is unknown`,
    otherPrice: (sum: string, name: string, price: string) =>
      `The label’s price, ${sum}, doesn’t fit “${name}” at ${price}`,
    price: 'label price',
    tooMuch: (name: string) => `The label says too much: ${name}`,
    oneByOne: 'Scan the labels of scales one by one, without a number before them',
  },
  age: {
    title: (age: number) => `Is the customer ${age} or over?`,
    text: 'This is not sold to everybody. If in doubt, ask for an identity card.',
    yes: 'Yes, they are',
    no: 'Don’t sell it',
    leftOut: (name: string) => `Not added: ${name}`,
  },
  price: 'Price',
  discounts: {
    automatic: (name) => `Automatic discount “${name}”`,
    ofReceipt: 'Receipt discount',
    percent: 'Discount, %',
    sum: 'Discount as a sum',
    price: 'Custom price',
    listPrice: (price: string) => `list price ${price}`,
    none: 'This product is sold without discounts.',
    notLabels: 'It does not change the prices of scale labels.',
    newTotal: 'New total',
    unlikely: (price: string) => `Sell at ${price}?`,
    unlikelyText: (price: string) => `The list price is ${price}.`,
    sellSo: (price: string) => `Yes, at ${price}`,
    correct: 'Correct it',
    remove: 'No discount',
    allows: 'give this discount',
  },
  discount: 'Discount',
  total: 'Total',
  pay: 'Pay',
  hold: 'Hold',
  clear: 'Clear',
  /** The button for them where there is no room for each. */
  receiptActs: 'Hold, discount, clear',
  cleared: 'The receipt was cancelled',
  holding: (what: string) => `Receipt held: ${what}`,
  held: {
    button: (n: number) => `Held · ${n}`,
    title: 'Held receipts',
    none: 'No held receipts',
    noneText: 'Did a customer go back for something? Hold their receipt and serve the next one.',
    note: (when: string, lines: string) => `since ${when} · ${lines}`,
    code: 'code requested',
    giveUp: (what: string) => `Cancel the receipt: ${what}`,
  },
  priceChanges: {
    title: 'Prices have changed',
    text: 'While the receipt was held, these products got another price.',
    keep: 'Earlier prices',
    take: 'New prices',
  },
  notLeft: {
    busy: 'Finish the payment of this receipt first',
    refused: 'The receipt stays open: you may not sell, or the shop’s settings could not be read',
    stored: (why: string) => `The receipt stays open. ${why}`,
  },

  chooseCustomer: 'Choose a customer',
  removeCustomer: 'Remove the customer',
  owes: (amount: string) => `owes ${amount}`,
  /** What of the debt should have been paid. */
  overdue: (amount: string) => `${amount} overdue`,
  noCredit: 'no credit',

  sheetOpen: 'Show the whole receipt',
  sheetClose: 'Fold the receipt',
} satisfies typeof ru.till;

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
    /** A return has given back `amount` the same way, and debt payments cover the rest of it. */
    givenBack: {
      cash: (amount: string, stays: string) =>
        `A return of this sale gave back ${amount} in cash: ${stays} has to stay paid in cash.`,
      card: (amount: string, stays: string) =>
        `A return of this sale gave back ${amount} to the card: ${stays} has to stay paid by card.`,
      transfer: (amount: string, stays: string) =>
        `A return of this sale gave back ${amount} by transfer: ${stays} has to stay paid by transfer.`,
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
} satisfies typeof ru.tender;

export const allowed = {
  left: (amount: string) => `${amount} left`,
  nothingLeft: 'nothing left',
  nothingNow: 'nothing on account now',
  noLimit: 'no limit',
  disputed: 'no debt while a dispute is open',
  noPhone: 'no debt without a phone number',
  leftWithoutPhone: (amount: string) => `${amount} left without a phone number`,

  /** After the sum. */
  because: {
    young: (until: string) => `new number until ${until}`,
    waiting: (until: string) => `the number counts from ${until}`,
    unaccepted: 'until an owner accepts the number',
    held: (phone: string) => `another number is on record: ${phone}`,
  },

  points: {
    young: (until: string) => `Points can be used from ${until}: the number is new.`,
    waiting: (until: string) => `No points yet: the number counts from ${until}.`,
    unaccepted: 'No points until an owner accepts the number.',
    held: (phone: string) => `No points: another number is on record, ${phone}.`,
    disputed: 'No points while a dispute is open.',
    noPhone: 'A code is needed to redeem points, and the customer has no phone number.',
    upTo: (points: string) => `No more than ${points} without a code.`,
  },
} satisfies typeof ru.allowed;
