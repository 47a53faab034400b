// Labels of scales: their masks and the test of a label, in English.
import { plural } from '$lib/ui/text/plural';
import type { scaleLabels as Russian } from '$lib/ui/text/ru/scale-labels';

const digits = (n: number) => plural('en', n, { one: 'digit', other: 'digits' });

export const scaleLabels: typeof Russian = {
  intro:
    'A scale prints a barcode that holds the article of the goods (PLU) and a weight, a number of pieces, or a price. Here you tell the till where to look. Codes that are not here are read as ordinary ones.',
  empty: 'The till reads no labels of scales',
  emptyText: 'Add how they begin, and what they hold.',
  add: 'Add a label',
  title: 'New label',
  mask: (prefixes, value) => `${prefixes}: ${value}`,
  prefixes: 'The code begins with',
  prefixesWrong: 'Choose what the code begins with',
  value: 'What it holds',
  values: { weight: 'weight', pieces: 'pieces', price: 'price' },
  valueOptions: {
    weight: 'Weight in grams',
    pieces: 'Number of pieces',
    price: 'Price: this is paid, and no discount changes it',
  },
  layout: 'The digits after that',
  other: 'Another way',
  parts: {
    article: (n) => `article ${digits(n)}`,
    articleWithPrefix: (n) => `article: beginning and ${digits(n)}`,
    value: (value, n) => `${value} ${digits(n)}`,
    check: 'check digit',
    skipped: (n) => `not read ${digits(n)}`,
  },
  articleHasPrefix: 'The beginning is part of the article',
  articleHasPrefixHint: 'For lists of goods with 2100123 where the label has 21 and then 00123',
  pattern: 'Ten letters in their order',
  patternHint:
    'A article, V weight, pieces or price (up to 6 digits), C check digit of weight or price, X a digit that is not read',
  patternWrong:
    'Ten letters A, V, C and X are needed: all A together, all V together, C only with 4 or 5 V',
  example: 'Example',
  exampleParts: {
    prefix: 'beginning',
    prefixOfArticle: 'beginning of the article',
    article: 'article',
    own: 'own check',
    skipped: 'not read',
    check: 'check',
  },
  remove: 'Remove',
  test: 'Test: scan a label now',
  testHint: 'Shows what the till would add. Nothing goes into a receipt.',
  check: 'Check',
  says: (article, value) => `The label has article ${article}, ${value}`,
  sayings: {
    weight: (amount) => `weight ${amount}`,
    pieces: (amount) => `pieces: ${amount}`,
    price: (sum) => `price ${sum}`,
  },
  adds: (name, times, sum) => `The till would add: ${name}, ${times} = ${sum}`,
  asks: (name) => `The till would ask how much: ${name}`,
  nothing: (why) => `Nothing would be added. ${why}`,
};
