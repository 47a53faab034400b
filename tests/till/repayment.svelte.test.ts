// A repayment on screen: the input, and tables for spreadsheets.
import { beforeAll, expect, test } from 'vitest';
import { money, ZERO, type Money } from '$lib/domain/values/money';
import { loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';
import { readySums, RepaymentTyping } from '../../src/routes/customers/repayment-typing.svelte';
import { csvFile, csvWords } from '../../src/routes/shared/files/csv';

const RUB = { code: 'RUB', digits: 2 } as const;

beforeAll(async () => {
  await loadAdminText();
  await setLanguage('en');
});

/** Types digits on the keypad. */
function type(typing: RepaymentTyping, ...keys: Parameters<RepaymentTyping['press']>[0][]) {
  for (const key of keys) typing.press(key);
}

test('a way tapped after the sum was typed is how that sum is given', () => {
  const typing = new RepaymentTyping(RUB, null);
  type(typing, '2', '0', '9');
  typing.pick('card');
  expect(typing.tenders).toEqual([{ kind: 'card', amount: 20_900 }]);
  typing.pick('cash');
  expect(typing.tenders).toEqual([{ kind: 'cash', amount: 20_900 }]);
});

test('a sum is split only when that is asked for; a way given before takes the typed sum, too', () => {
  const typing = new RepaymentTyping(RUB, null);
  expect(typing.maySplit).toBe(false);
  typing.pick('card');
  typing.give(money(20_000));
  typing.split();
  expect([typing.kind, typing.shown.text, typing.besides]).toEqual(['cash', '', 20_000]);
  type(typing, '1', '0', '0', 'comma', '5', '0', '9');
  expect(typing.tenders).toEqual([
    { kind: 'cash', amount: 10_050 },
    { kind: 'card', amount: 20_000 },
  ]);
  typing.pick('card');
  expect([typing.before, typing.tenders]).toEqual([[], [{ kind: 'card', amount: 30_050 }]]);
  typing.split();
  type(typing, '5');
  typing.takeBack('card');
  typing.pick('card');
  expect(typing.tenders).toEqual([{ kind: 'card', amount: 500 }]);
});

test('cash counts in whole steps of the rounding, a card as typed', () => {
  const typing = new RepaymentTyping(RUB, { step: 10, way: 'down' });
  type(typing, '1', 'comma', '9', '4');
  expect(typing.tenders).toEqual([{ kind: 'cash', amount: 190 }]);
  expect(typing.counted).toBe(190);
  typing.pick('card');
  expect(typing.tenders).toEqual([{ kind: 'card', amount: 194 }]);
  expect(typing.counted).toBeNull();
});

test('a scanned code leaves no digits in the sum', () => {
  const typing = new RepaymentTyping(RUB, null);
  type(typing, '3');
  for (const [place, key] of (['4', '6', '0', '7'] as const).entries())
    typing.pressByKeyboard(key, 10_000 + place * 8);
  typing.takeBackScan(10_000);
  expect(typing.shown.text).toBe('3');
});

test.for<[string, number[], number, 'cash' | 'card', (number | null)[]]>([
  ['several debts', [45_000, 153_000, 88_000], 0, 'cash', [45_000, 200_000, 286_000]],
  ['one debt, with change from a note', [286_000], 0, 'cash', [null, 200_000, 286_000]],
  ['a small debt', [3_000], 0, 'cash', [null, 5_000, 3_000]],
  ['a card gives no change', [3_000], 0, 'card', [null, null, 3_000]],
  ['part is given otherwise', [45_000, 153_000], 100_000, 'cash', [null, 50_000, 98_000]],
])('sums worth a tap: %s', ([, lefts, besides, kind, [oldest, round, whole]]) => {
  expect(
    readySums(lefts as Money[], money(besides), kind, { currency: RUB, cashRounding: null }),
  ).toEqual({ oldest, round, whole });
});

test('in cash the whole debt is a rounded sum, by card it is exact', () => {
  const rules = { currency: RUB, cashRounding: { step: 100, way: 'down' } } as const;
  const whole = (kind: 'cash' | 'card') => readySums([money(10_020)], ZERO, kind, rules).whole;
  expect([whole('cash'), whole('card')]).toEqual([10_000, 10_020]);
});

test('a table for spreadsheets has a mark, semicolons, and no formulas of others', async () => {
  const bytes = new Uint8Array(
    await csvFile([
      ['Name', 'Debt'],
      ['A;"B"', '-12,50'],
    ]).arrayBuffer(),
  );
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)).toBe(
    '\uFEFFName;Debt\r\n"A;""B""";-12,50\r\n',
  );
  expect(csvWords('=1+1')).toBe("'=1+1");
});
