// The main button while taking money: no mistake puts a receipt on account or saves it unseen.
import { expect, test } from 'vitest';
import { ZERO } from '$lib/domain/values/money';
import { settle, type Tender } from '$lib/domain/values/settlement';
import { tenderAct } from '$lib/domain/receipt/tender-act';
import { cash, points, rub } from './fixtures';

const SAID = { onAccount: false, nothingToPay: false };
const act = (total: number, tenders: readonly Tender[], said: Partial<typeof SAID> = {}) =>
  tenderAct({ settlement: settle(rub(total), tenders, null), tenders, said: { ...SAID, ...said } });
const TAKE = { kind: 'take', beside: ZERO } as const;
const card = (amount: number): Tender => ({ kind: 'card', amount: rub(amount) });

test('without tenders there is no main action: "on account" has its own button', () => {
  expect(act(284, [])).toEqual({ kind: 'nothing-given' });
  expect(act(284, [], { onAccount: true })).toEqual({ kind: 'on-account', onAccount: rub(284) });
});

test('points are not money: the rest does not go on account by itself', () => {
  expect(act(284, [points(142)])).toEqual({ kind: 'rest-to-pay', left: rub(142) });
  expect(act(284, [points(142)], { onAccount: true })).toMatchObject({ kind: 'on-account' });
});

test('money below the total offers the rest on account', () => {
  expect(act(284, [cash(100)])).toEqual({ kind: 'on-account', onAccount: rub(184) });
  expect(act(284, [points(142), card(100)])).toEqual({ kind: 'on-account', onAccount: rub(42) });
});

test('a paid receipt is saved, with change out of the cash', () => {
  expect(act(284, [cash(500)])).toEqual({ ...TAKE, cash: rub(500), changeDue: rub(216) });
  expect(act(284, [card(284)])).toEqual({ ...TAKE, cash: ZERO, changeDue: ZERO });
  expect(act(284, [card(300)])).toEqual({ kind: 'too-much', over: rub(16) });
});

test('cash is too much and gives no change if card or points have paid everything', () => {
  const tooMuch = { kind: 'too-much', over: rub(284) };
  expect(act(284, [card(284), cash(284)])).toEqual(tooMuch);
  expect(act(284, [points(142), card(142), cash(284)])).toEqual(tooMuch);
});

test('a card payment beside cash that covers the whole total has to be confirmed', () => {
  const both = { kind: 'take', cash: rub(284), changeDue: rub(142), beside: rub(142) };
  expect(act(284, [card(142), cash(284)])).toEqual(both);
  const transfer: Tender = { kind: 'transfer', amount: rub(42) };
  expect(act(284, [card(100), transfer, cash(500)])).toMatchObject({ beside: rub(142) });
  // a banknote for the rest after the card payment
  expect(act(284, [card(142), cash(200)])).toEqual({
    ...TAKE,
    cash: rub(200),
    changeDue: rub(58),
  });
  // points are confirmed by their own code, so cash beside them may be any sum
  expect(act(284, [points(142), cash(500)])).toMatchObject({ kind: 'take', beside: ZERO });
});

test('a receipt with a total of zero is saved only after a confirmation', () => {
  expect(act(0, [])).toEqual({ kind: 'nothing-to-pay' });
  expect(act(0, [], { nothingToPay: true })).toEqual({
    ...TAKE,
    cash: ZERO,
    changeDue: ZERO,
  });
});
