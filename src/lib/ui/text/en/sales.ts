// The screen of past sales, in English.
import type { sales as ru } from '$lib/ui/text/ru/sales';

export const sales = {
  search: 'Receipt no., sum, customer or product',
  searchLabel: 'Find a sale',
  scanHint: 'The code on a receipt can be scanned.',
  day: 'Day',
  anyDay: 'Any day',
  list: 'Sales',
  number: (number: string) => `No. ${number}`,
  onAccount: 'on account',
  noCustomer: 'no customer',
  ofCustomer: (name: string) => `Customer: ${name}`,
  ofProduct: (name: string) => `Product: ${name}`,
  without: (what: string) => `Remove: ${what}`,
  ownDay: 'These are your sales of this shift. Find any other by its receipt number.',
  emptyTitle: 'No sales yet',
  emptyText: 'Every saved sale will appear here.',
  notFoundTitle: 'There is no such sale on this till',
  notFoundText: 'Check the number and the day. Older sales are at the shop server.',
  nameTitle: 'No customer or product is called that',
  nameText:
    'Sales are found by receipt number, sum, customer or product. Check how the name is spelled.',
  chooseText: 'Press the right name above to search at the shop server, too.',
  ofNameText: 'If the sale is an old one, the shop server has it.',
  paperTitle: 'The sale of this receipt is not on this till',
  paperText: 'Either it is another shop’s receipt, or an older sale: then the shop server has it.',
  paperElsewhere: 'The shop server has no such receipt either: it is another shop’s.',
  elsewhere: 'Search at the shop server',
  older: 'Older ones at the shop server',
  offline: 'Older sales are at the shop server. They can be found once the connection is back.',
  nothingElsewhere: 'Nothing more was found at the shop server.',
  limited: (time: string) => `Too many requests in a row. Try again after ${time}.`,
  damaged: (n: number) =>
    `Entries sent by the shop server that do not match their hashes: ${n}. They are not shown.`,
} satisfies typeof ru;
