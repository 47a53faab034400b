// What an import's messages are said to cost, by the costs that the relay reports.
import { expect, test } from 'vitest';
import type { CostRow } from '$lib/contract/provider';
import { averageCost } from '../../src/routes/customers/message-price';

const row = (more: Partial<CostRow>): CostRow => ({
  day: '2026-11-25',
  channel: 'sms',
  provider: 'sms-ru',
  messages: 1,
  unpriced: 0,
  cost: '1',
  currency: 'RUB',
  ...more,
});

test('the price of a message is the average of those that the service has priced', () => {
  const rows = [
    row({ messages: 3, unpriced: 1, cost: '5.00' }),
    row({ messages: 2, cost: '7.00' }),
    row({ messages: 9, unpriced: 9, cost: null, currency: null }),
  ];
  expect(averageCost(rows)).toEqual({ cost: 3, currency: 'RUB' });
});

test('no price is stated where there is none, or where it is in two currencies', () => {
  expect(averageCost([])).toBeNull();
  expect(averageCost([row({ unpriced: 1, cost: null, currency: null })])).toBeNull();
  expect(averageCost([row({}), row({ currency: 'EUR' })])).toBeNull();
  expect(averageCost([row({ currency: 'credits' })])).toBeNull();
});
