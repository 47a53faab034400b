// Settings → Codes and limits, in English.
import type { codesAndLimits as ru } from '$lib/ui/text/ru/codes-and-limits';
import { plural } from '$lib/ui/text/plural';

export const codesAndLimits = {
  demo: 'The demo',
  ownService: 'The described service',
  methods: 'Contacts',
  methodsHint: 'How the customer confirms a debt and redeemed points.',
  method: { 'sell-on-account': 'Sale on account', 'redeem-points': 'Redeeming points' },
  none: 'Nothing',
  noneHint: 'no code is asked',
  noneWarning: {
    'sell-on-account':
      'Debt will be noted without the customer’s consent. The journal and the receipt will say in red: “not required”.',
    'redeem-points':
      'Points will be redeemed without the customer’s consent. The journal and the receipt will say in red: “not required”.',
  },
  cannot: (provider) => `${provider} can’t do this`,
  needsField: (field) => `switched on under Messages: ${field}`,
  providerUnknown: 'unknown whether the service can',
  addFirst: 'If the code does not arrive, also try:',
  addNext: 'Also:',
  addTo: (act) => `${act}: add a method`,
  chainOf: (act) => `${act}: what to try next`,
  then: 'then',
  up: 'Up',
  down: 'Down',
  moveUp: (channel) => `${channel}: earlier`,
  moveDown: (channel) => `${channel}: later`,
  removeOf: (channel) => `${channel}: remove`,
  wait: 'How long to wait for delivery',
  waitHint:
    'The code has not arrived by then, or the service says nothing: the shop server tries the next method by itself. A late code still works.',
  threshold: 'No code below',
  thresholdHint:
    'Everything the customer took without a code at one till in 30 days counts together, so splitting a receipt gains nothing. Zero: a code is always asked.',
  code: 'Code',
  lifetime: 'How long a code is valid',
  checks: 'Tries to enter the code',
  checksHint: 'For a code of four digits, two at most.',
  sends: 'Sendings of one code',
  sendsHint: 'The first one included.',
  weakMethod: '4-digit code, weak',
  weak: 'Weak codes',
  weakHint:
    'A code of four digits, and one the service makes itself, is easier to guess: up to once in a thousand a day for the whole shop. The shop server accepts no more than two wrong ones for a number and ten for the shop in 24 hours. A code of six digits cannot be guessed like that: no more than ten wrong ones for a number and seventy in the shop are compared, and a till with twenty gets no more codes until a day has passed or an owner allows them.',
  weakAfter:
    'So a weak code confirms only the sums below, and the customer gets a message afterwards. Larger sums go by the next method. It never confirms a change of number, reserve codes or opening the settings.',
  weakPerAct: 'By a weak code, one act',
  weakPerNumber: 'By a weak code, one number a day',
  weakPerShop: 'By weak codes, the whole shop a day',
  limits: 'Debt',
  debtLimit: 'Debt limit of a customer',
  debtLimitHint: 'Only those with the right may go over it.',
  newNumberCap: 'Debt with a new number',
  newNumberCapHint: 'That much can be taken in the first day after the number was noted.',
  dueDays: 'Debts are due',
  dueDaysHint:
    'Older debts are overdue: shown at the till when the customer is chosen, on the card and in the list of debtors.',
  dueNever: 'no date',
  dueWithin: (n: number) => `within ${plural('en', n, { one: 'day', other: 'days' })}`,
  caps: 'Without a code, when nothing can be sent',
  capsHint: 'How much an operator with the right may note. A day is any 24 hours.',
  perAct: 'At once',
  perCustomer: 'For one customer a day',
  perTill: 'At one till a day',
  notices: 'Messages about entries without a code',
  noticesHint:
    'Customers get a message about every debt and every use of points without a code; operators, about what was done by their right.',
  largeFrom: 'Send at once from',
  largeFromHint: 'Smaller sums of an hour are one message.',
  repayments: 'Report debt payments',
  repaymentsHint: 'The customer learns how much was taken and what is left.',
  corrections: 'Report corrections in the customer’s favour',
  correctionsHint:
    'The customer learns that a debt was lowered by a correction, not a payment, or that points were given.',
  correctionCap: 'Corrections in customers’ favour a day',
  correctionCapHint:
    'How much the whole shop may take off debts, or give as points, without a payment.',
  returns: 'Report returns',
  returnsHint: 'The customer learns what was given back in money, points and off the debt.',
  reminders: 'Remind customers of their debt',
  remindersHint:
    'Once a month the shop server writes to each debtor what they owe. So a customer notices a payment that nobody entered. Each message costs money.',
  remindersNever: 'no reminders',
  remindersOn: (day: number) => `on day ${day} of the month`,
  remindersFrom: 'If they owe at least',
  remindersFromHour: 'Send not before',
  remindersToHour: 'Send not after',
  returnCaps: 'Returns',
  returnCapsHint:
    'Without a receipt, by a copy, in cash for a card, or above this sum a second person confirms the return with their PIN.',
  returnCashFrom: 'In cash without a second person, at most',
  returnPerDay: 'Such returns at one till in 24 hours',
  returnCodeFrom: 'Customer’s code for returns from',
  returnCodeFromHint:
    'Counts the money and points given back for one sale. Empty: no code. Without a phone on the card no code is asked for.',
  numbers: 'Customers’ numbers',
  phoneCountry: 'Country of phones',
  phoneCountryHint: 'How a number without a country code is read.',
  prefixes: 'Numbers that may be written to',
  prefixesHint:
    'Beginnings of numbers, with the plus and the country code, commas between. A code that several countries share allows only the country of phones: for another one of them, add the code with the first digits of its numbers. Nothing goes to satellite and premium-rate numbers.',
  prefixesWrong: {
    empty: 'Enter at least one beginning: otherwise codes go to nobody.',
    malformed: 'A beginning has the plus and the country code. Several go with commas between.',
    'no-country':
      'Satellite and premium-rate networks, such as +870 and +979, can’t be allowed. Remove them.',
  },
  messageLimits: 'How many messages to send',
  messageLimitsHint:
    'The shop server sends no more than this, so that no fault and no prank can use up the money on the account.',
  limit: {
    perPhoneHour: 'To one number an hour',
    perPhoneDay: 'To one number a day',
    perTillHour: 'From one till an hour',
    perShopDay: 'By the whole shop a day',
  },
  countWrong: (least, most) => `This takes a whole number from ${least} to ${most}.`,
  weakened: 'This reduces the customers’ protection',
} satisfies typeof ru;
