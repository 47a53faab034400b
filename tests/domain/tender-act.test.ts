// The main act of taking money: a slip of the finger never puts a receipt on account, nor saves what nobody looked at.
import { expect, test } from 'vitest';
import { ZERO } from '$lib/domain/money';
import { settle, type Tender } from '$lib/domain/settlement';
import { tenderAct } from '$lib/domain/tender-act';
import { cash, points, rub } from './fixtures';

const SAID = { onAccount: false, nothingToPay: false };
const act = (total: number, tenders: readonly Tender[], said: Partial<typeof SAID> = {}) =>
  tenderAct({ settlement: settle(rub(total), tenders), tenders, said: { ...SAID, ...said } });
const TAKE = { kind: 'take', beside: ZERO } as const;
const card = (amount: number): Tender => ({ kind: 'card', amount: rub(amount) });

test('with nothing given there is no main act: on account has to be asked for by name', () => {
  expect(act(284, [])).toEqual({ kind: 'nothing-given' });
  expect(act(284, [], { onAccount: true })).toEqual({ kind: 'on-account', onAccount: rub(284) });
});

test('points are no money: what they leave open does not go on account by itself', () => {
  expect(act(284, [points(142)])).toEqual({ kind: 'rest-to-pay', left: rub(142) });
  expect(act(284, [points(142)], { onAccount: true })).toMatchObject({ kind: 'on-account' });
});

test('money that falls short offers the rest on account', () => {
  expect(act(284, [cash(100)])).toEqual({ kind: 'on-account', onAccount: rub(184) });
  expect(act(284, [points(142), card(100)])).toEqual({ kind: 'on-account', onAccount: rub(42) });
});

test('what is paid is taken, the change out of the cash', () => {
  expect(act(284, [cash(500)])).toEqual({ ...TAKE, cash: rub(500), changeDue: rub(216) });
  expect(act(284, [card(284)])).toEqual({ ...TAKE, cash: ZERO, changeDue: ZERO });
  expect(act(284, [card(300)])).toEqual({ kind: 'too-much', over: rub(16) });
});

test('cash for what a card or points have paid already is too much, and no change', () => {
  const tooMuch = { kind: 'too-much', over: rub(284) };
  expect(act(284, [card(284), cash(284)])).toEqual(tooMuch);
  expect(act(284, [points(142), card(142), cash(284)])).toEqual(tooMuch);
});

test('cash that pays everything by itself leaves a card beside it in doubt', () => {
  const both = { kind: 'take', cash: rub(284), changeDue: rub(142), beside: rub(142) };
  expect(act(284, [card(142), cash(284)])).toEqual(both);
  const transfer: Tender = { kind: 'transfer', amount: rub(42) };
  expect(act(284, [card(100), transfer, cash(500)])).toMatchObject({ beside: rub(142) });
  // a note for what the card left open
  expect(act(284, [card(142), cash(200)])).toEqual({
    ...TAKE,
    cash: rub(200),
    changeDue: rub(58),
  });
  // points are confirmed by their own code: the note beside them may be as large as it likes
  expect(act(284, [points(142), cash(500)])).toMatchObject({ kind: 'take', beside: ZERO });
});

test('a receipt worth nothing is saved only once somebody has said so', () => {
  expect(act(0, [])).toEqual({ kind: 'nothing-to-pay' });
  expect(act(0, [], { nothingToPay: true })).toEqual({
    ...TAKE,
    cash: ZERO,
    changeDue: ZERO,
  });
});
