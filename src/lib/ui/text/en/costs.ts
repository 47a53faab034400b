// The costs of codes, in English.
import { plural } from '$lib/ui/text/plural';
import type { costs as ru } from '$lib/ui/text/ru/costs';

const messagesOf = (n: number) => plural('en', n, { one: 'message', other: 'messages' });

export const costs = {
  title: 'Cost of codes',
  span: 'Over what time',
  spans: { week: '7 days', month: '30 days', quarter: '90 days', year: 'A year' },
  locked:
    'The shop server keeps the costs. It will ask for your PIN and, with a real service, a code from your phone.',
  show: 'Show the costs',
  empty: 'No paid messages',
  emptyText: 'How many codes went out and what the service charged for them will show here.',
  total: 'Total',
  messages: messagesOf,
  unpriced: (n) => `${messagesOf(n)} without a price: the service named none`,
  unpricedShort: (n) => `no price: ${n}`,
  unknownCost: 'price unknown',
  columns: {
    day: 'Day',
    channel: 'Method',
    provider: 'Service',
    messages: 'Messages',
    unpriced: 'Without price',
    cost: 'Cost',
    currency: 'Currency',
  },
  download: 'Download the table (CSV)',
  fileName: 'cost-of-codes',
} satisfies typeof ru;
