// The report of the cost of codes: ranges of days, sums, and the file for spreadsheets.
import { expect, test } from 'vitest';
import Papa from 'papaparse';
import type { CostRow } from '$lib/contract/provider';
import { costsCsv, daysOf, sumCosts } from '../../src/routes/costs/costs';

const row = (parts: Partial<CostRow>): CostRow => ({
  day: '2026-11-25',
  provider: 'smsru',
  channel: 'sms',
  currency: 'RUB',
  messages: 1,
  unpriced: 0,
  cost: '4.30',
  ...parts,
});

test('a period ends today in the till’s time zone, and includes today', () => {
  // 22:30 in London is the next day in Moscow
  const late = Date.UTC(2026, 10, 25, 22, 30);
  expect(daysOf('week', late, 'Europe/London')).toEqual({ from: '2026-11-19', to: '2026-11-25' });
  expect(daysOf('week', late, 'Europe/Moscow')).toEqual({ from: '2026-11-20', to: '2026-11-26' });
});

test('a period over a change to summer time has as many days as any other', () => {
  const now = Date.UTC(2026, 9, 26, 12);
  expect(daysOf('week', now, 'Europe/London')).toEqual({ from: '2026-10-20', to: '2026-10-26' });
});

test('currencies are never added together, and messages without a price are counted separately', () => {
  const rows = [
    row({ messages: 3, cost: '12.90' }),
    row({ channel: 'call', messages: 2, unpriced: 2, cost: null }),
    row({ provider: 'twilio', currency: 'USD', cost: '0.0079' }),
  ];
  expect(sumCosts(rows)).toEqual([
    { currency: 'RUB', messages: 5, unpriced: 2, cost: '12.90' },
    { currency: 'USD', messages: 1, unpriced: 0, cost: '0.0079' },
  ]);
});

const words = {
  head: ['Day', 'Method', 'Service', 'Messages', 'Without price', 'Cost', 'Currency'],
  channel: (channel: string) => channel.toUpperCase(),
  provider: () => 'The "best" service',
  decimalMark: '.',
};

test('the file quotes text and leaves numbers as numbers', () => {
  expect(costsCsv([row({})], words)).toBe(
    '\uFEFF"Day","Method","Service","Messages","Without price","Cost","Currency"\r\n' +
      '2026-11-25,"SMS","The ""best"" service",1,0,4.30,"RUB"\r\n',
  );
});

test('in locales with a decimal comma, columns are separated by semicolons', () => {
  const csv = costsCsv([row({ cost: null }), row({})], { ...words, decimalMark: ',' });
  expect(csv.split('\r\n').slice(1)).toEqual([
    '2026-11-25;"SMS";"The ""best"" service";1;0;;"RUB"',
    '2026-11-25;"SMS";"The ""best"" service";1;0;4,30;"RUB"',
    '',
  ]);
});

const STARTS = [
  '=',
  '+',
  '-',
  '@',
  '\t=',
  '\r=',
  '\n=',
  '\0=',
  '＝',
  '＋',
  '－',
  '＠',
  ' =',
  '\u00a0+',
  '\u200b@',
];
const FORMULAS = ['1+1', 'HYPERLINK("http://x.example")', 'cmd|calc!A0', '"&A1&"', "SUM('a'!A1)"];

test.each(STARTS.flatMap((start) => FORMULAS.map((formula) => start + formula)))(
  'no cell of the file is a formula: %j',
  (text) => {
    const csv = costsCsv([row({ currency: text })], { ...words, provider: () => text });
    const { data } = Papa.parse<string[]>(csv.replace('\uFEFF', ''));
    const cells = [data[1]?.[2], data[1]?.[6]];
    expect(cells).toEqual([`'${text}`, `'${text}`]);
  },
);

test('a text that only contains such characters stays as it is', () => {
  const csv = costsCsv([row({})], { ...words, provider: () => 'SMS+Viber (a=b) me@x.example' });
  expect(csv).toContain('"SMS+Viber (a=b) me@x.example"');
});
