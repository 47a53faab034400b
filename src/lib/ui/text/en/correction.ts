// Corrections of debt and points, in English.
import type { correction as ru } from '$lib/ui/text/ru/correction';

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
} satisfies typeof ru;
