// The list of discrepancies, in English.
import { plural } from '$lib/ui/text/plural';
import type { toSettle as ru } from '$lib/ui/text/ru/to-settle';

export const toSettle = {
  text: 'Nobody broke a rule: the till could not know what was done meanwhile at another one. All entries stand. Decide what to do about each and mark it: it leaves the list at all tills.',
  count: (n: number) =>
    plural('en', n, { one: 'entry waits for a decision', other: 'entries wait for a decision' }),
  none: 'Nothing to settle',
  noneText:
    'What does not add up between tills will appear here: for example, one debt limit used at two of them at once.',
  found: (moment: string) => `found by the shop server ${moment}`,
  recorded: 'Recorded',
  recordedElsewhere: 'While another till already had',
  notApplied: 'Not applied',
  kept: 'Kept',
  otherTill: 'another till',
  notHere: 'this entry is not on the till',
  noCustomer: 'a customer without a card',
  sameNumber: 'Cards with this number',
  answer: 'Decide…',
  apply: (value: string) => `Apply: ${value}`,
  field: (product: string, field: string, lost: string, kept: string) =>
    `${product}: ${field} ${lost}, and now ${kept}`,
  fields: {
    name: 'name',
    names: 'name',
    sku: 'SKU',
    barcodes: 'barcodes',
    noDiscounts: 'discounts',
    tax: 'VAT',
    price: 'price',
    unit: 'unit',
    category: 'category',
    stock: 'stock',
  },
  categoryFields: { name: 'name', colour: 'colour', removed: 'at the tills' },
  offered: { yes: 'yes', no: 'no' },
  moved: (category: string) => `${category}: another place in the list`,
  noValue: 'none',
  moreFields: (n: number) => `and ${n.toLocaleString('en')} more`,
  applyGoods: 'Apply these values',
  appliedNote: 'The other value was applied',
  title: 'What was decided',
  explanation: 'Debts, points and cards do not change by this. The decision stays in the journal.',
  answers: {
    stands: { text: 'Leave as it is', hint: 'It is right so, or nothing can be done any more' },
    'dealt-with': { text: 'Dealt with', hint: 'Talked to the customer, corrected the card' },
  },
  note: 'Note',
  noteHint: 'For example: agreed that they pay by Friday.',
  noteMissing: 'Write what was decided: the journal keeps it with your name.',
  close: 'Settled',
  done: 'Settled. It leaves the other tills, too.',
  wrongOutcome: 'This cannot be answered so.',
  unknown: 'The entry is no longer on this till: reload the list.',
  closedList: 'Settled lately',
  closedTag: (outcome: string, who: string, moment: string) => `${outcome} · ${who} · ${moment}`,
  outcomes: {
    stands: 'Left as it is',
    'dealt-with': 'Dealt with',
    applied: 'The other value was applied',
  },
} satisfies typeof ru;
