// Settings → Contacts, in English.
import type { contacts as ru } from '$lib/ui/text/ru/contacts';

export const contacts = {
  demo: 'The demo',
  methods: 'How the customer confirms',
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
  providerUnknown: 'unknown whether the service can',
  threshold: 'No code below',
  thresholdHint: 'Zero: a code is always asked.',
  lifetime: 'How long a code is valid',
  limits: 'Debt',
  debtLimit: 'Debt limit of a customer',
  debtLimitHint: 'Only those with the right may go over it.',
  newNumberCap: 'Debt with a new number',
  newNumberCapHint: 'That much can be taken in the first day after the number was noted.',
  caps: 'Without a code, when nothing can be sent',
  capsHint: 'How much an operator with the right may note. A day is any 24 hours.',
  perAct: 'At once',
  perCustomer: 'For one customer a day',
  perTill: 'At one till a day',
  shop: 'Shop',
  phoneCountry: 'Country of phones',
  phoneCountryHint: 'How a number without a country code is read.',
  contact: 'The shop’s phone for questions',
  contactHint: 'The customer sees it in a notice. May be empty.',
} satisfies typeof ru;
