// Words of the settings in English: label and hint of a field, what owners read of a weaker one.
import type { WordsOfSettings } from '$lib/contract/settings';

export const settingWords = {
  'credit.debtLimit': [
    'Debt limit of a customer',
    'Only those with the right may go over it.',
    'debt limit',
  ],
  'credit.newNumberCap': [
    'Debt with a new number',
    'That much can be taken in the first day after the number was noted.',
    'cap of new numbers',
  ],
  'credit.dueDays': [
    'Debts are due',
    'Older debts are overdue: shown at the till when the customer is chosen, on the card and in the list of debtors.',
  ],
  'weakCodes.perAct': ['By a weak code, one act', null, 'by a 4-digit code at once'],
  'weakCodes.perNumber': ['By a weak code, one number a day', null, 'by a 4-digit code per number'],
  'weakCodes.perShop': ['By weak codes, the whole shop a day', null, 'by a 4-digit code per shop'],
  'overrideCaps.perAct': ['At once', null, 'without a code at once'],
  'overrideCaps.perCustomer': ['For one customer a day', null, 'without a code per customer'],
  'overrideCaps.perTill': ['At one till a day', null, 'without a code per till'],
  'corrections.perDay': [
    'Corrections in customers’ favour a day',
    'How much the whole shop may take off debts, or give as points, without a payment.',
    'corrections in customers’ favour a day',
  ],
  'notices.largeFrom': [
    'Send at once from',
    'Smaller sums of an hour are one message.',
    'a debt without a code reported at once from',
  ],
  'notices.repayments': [
    'Report debt payments',
    'The customer learns how much was taken and what is left.',
    'no messages about debt payments',
  ],
  'notices.corrections': [
    'Report corrections in the customer’s favour',
    'The customer learns that a debt was lowered by a correction, not a payment, or that points were given.',
    'no messages about corrections in the customer’s favour',
  ],
  'notices.returns': [
    'Report returns',
    'The customer learns what was given back in money, points and off the debt.',
    'no messages about returns',
  ],
  'returns.cashFrom': [
    'In cash without a second person, at most',
    null,
    'cash refund by one person',
  ],
  'returns.perDay': ['Such returns at one till in 24 hours', null, 'checked refunds a day'],
  'returns.codeFrom': [
    'Customer’s code for returns from',
    'Counts the money and points given back for one sale. Empty: no code. Without a phone on the card no code is asked for.',
    'a code for returns from',
  ],
  'points.earnBasisPoints': [
    'Earned, % of what is paid',
    'On the money that the customer paid, after discounts. Zero: no points are earned.',
    'points earned on payments, %',
  ],
  'points.redeemBasisPoints': [
    'Points may pay up to, % of a receipt',
    'The rest is paid in money or on account. Zero: points pay nothing.',
    'of a receipt payable by points, %',
  ],
  'points.pointValue': [
    'One point is worth',
    'A change also applies to points that customers already have.',
    'a point is worth',
  ],
  'points.perDay': [
    'Points to one customer in a day, worth up to',
    'More than that is not earned in any 24 hours, so that a friend’s card at everybody’s purchase brings little.',
    'points to one customer in a day up to',
  ],
  'points.onRepayment': [
    'Points for debt payments',
    'When a debt is paid, it earns as many points as payment at once. For receipts sold on account after this is switched on.',
  ],
  'shifts.blindCount': [
    'Count the drawer blind',
    'Until the money is counted, a cashier does not see how much there should be. Whoever may view reports does.',
  ],
  'shifts.countFloat': [
    'Count the float',
    'A shift does not open by itself: before the first sale the till asks to count the money in the drawer.',
  ],
  'challenge.lifetimeMs': ['How long a code is valid', null, 'code lives, min'],
  'challenge.checks': [
    'Tries to enter the code',
    'For a code of four digits, two at most.',
    'checks of a code',
  ],
  'challenge.sends': ['Sendings of one code', 'The first one included.'],
  'limits.perPhoneHour': ['To one number an hour', null, 'messages per number an hour'],
  'limits.perPhoneDay': ['To one number a day', null, 'messages per number a day'],
  'limits.perTillHour': ['From one till an hour', null],
  'limits.perShopDay': ['By the whole shop a day', null],
} satisfies WordsOfSettings;
