// Names of rights, in English.
import type { Right } from '$lib/contract/policy';
import type { rights as ru } from '$lib/ui/text/ru/rights';

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
} satisfies typeof ru;
