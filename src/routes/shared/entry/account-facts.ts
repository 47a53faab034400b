// The facts of acts on a customer's account: repayments, payouts, corrections, merges.
import type { EntryOf } from '$lib/contract/journal';
import { pointsIn } from '$lib/domain/customers/loyalty';
import { t } from '$lib/ui/text/current.svelte';
import {
  allowedByFact,
  inSum,
  pointsFact,
  roundingFact,
  sumFact,
  tenderFact,
  type EntryFact,
  type Names,
} from './entry-fact';

/** `Given back: cash`. */
const givenBackFact = (kind: 'cash' | 'card' | 'transfer', amount: number): EntryFact => ({
  term: `${t().journal.detail.givenBack}: ${t().tender.kinds[kind]}`,
  value: inSum(amount),
});

export const repaymentFacts = ({ body }: EntryOf<'repayment'>): readonly EntryFact[] => [
  { term: t().journal.detail.repaid, value: inSum(body.amount) },
  ...roundingFact(body.rounding),
  ...body.tenders.map(tenderFact),
  ...sumFact(t().tender.change, body.changeDue),
  ...pointsFact(t().journal.detail.earned, pointsIn(body.earned)),
];

export function repaymentCancelledFacts({
  body,
}: EntryOf<'repayment-cancelled'>): readonly EntryFact[] {
  const words = t().journal.detail;
  const { takenBack, withheld } = body;
  const points = (count: number) => t().common.points(count);
  return [
    { term: words.repaid, value: inSum(body.amount) },
    ...body.refunds.map(({ kind, amount }) => givenBackFact(kind, amount)),
    ...roundingFact(-body.rounding),
    ...(takenBack.length === 0
      ? []
      : [
          {
            term: t().returns.pointsTaken,
            value: `−${points(pointsIn(takenBack) - withheld.points)}`,
          },
        ]),
    ...(withheld.points === 0
      ? []
      : [
          {
            term: t().returns.withheld(points(withheld.points)),
            value: `−${inSum(withheld.amount)}`,
          },
        ]),
    { term: words.cancelReason, value: body.reason },
    ...allowedByFact(body.allowedBy),
  ];
}

export const payoutFacts = ({
  body: { tender, amount, allowedBy },
}: EntryOf<'overpayment-returned'>): readonly EntryFact[] => [
  givenBackFact(tender, amount),
  ...allowedByFact(allowedBy),
];

export function correctionFacts({
  body: { account, delta, reason },
}: EntryOf<'balance-corrected'>): readonly EntryFact[] {
  const words = t().journal.detail;
  const by = Math.abs(delta);
  return [
    { term: words.amount, value: account === 'debt' ? inSum(by) : t().common.points(by) },
    { term: words.correctionReason, value: reason },
  ];
}

export const forgottenFacts = ({
  body: { lapsed },
}: EntryOf<'customer-forgotten'>): readonly EntryFact[] =>
  pointsFact(t().journal.detail.lapsed, lapsed);

export const mergeFacts = (
  { body: { from, into } }: EntryOf<'customers-merged'>,
  names: Names,
): readonly EntryFact[] => [
  { term: t().journal.detail.mergedFrom, value: names.customer(from.customer) },
  { term: t().journal.detail.mergedInto, value: names.customer(into.customer) },
];
