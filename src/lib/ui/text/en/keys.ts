// English text. The list of keys at the till.
import type { keys as ru } from '$lib/ui/text/ru/keys';

export const keys = {
  title: 'Keys',
  /** Keys, and what they do. */
  rows: [
    [['F2'], 'to the search field'],
    [['Enter'], 'adds the first product found; with an empty search, to payment'],
    [['3', '*'], 'before a product or a scan: three of it'],
    [['+'], 'adds the last product again'],
    [['Ctrl', 'Z'], 'takes the last product back'],
    [['↓', '↑', '←', '→'], 'over the products'],
    [['F4'], 'chooses the customer'],
    [['F6'], 'holds the receipt'],
    [['F9'], 'to payment'],
    [['0', '…', '9'], 'during payment: the sum received'],
    [['Esc'], 'back, or clears the search'],
    [['F1', '?'], 'this list'],
  ],
} satisfies typeof ru;
