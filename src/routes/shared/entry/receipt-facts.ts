// The facts of acts on a receipt: a sale, a return, a cancelled receipt.
import type { AgeConfirmed, ReceiptHeld } from '$lib/contract/acts/sale';
import type { EntryOf } from '$lib/contract/journal';
import { formatDuration } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { operatorWords, receiptOf } from '../words/act-words';
import { givenLines } from '../returns/return-words';
import {
  allowedByFact,
  inSum,
  pointsFact,
  roundingFact,
  sumFact,
  tenderFact,
  type EntryFact,
} from './entry-fact';

/** Goods removed from a receipt. */
const removedFact = ({
  lines,
  sum: cost,
}: EntryOf<'sale'>['body']['removed']): readonly EntryFact[] =>
  lines === 0
    ? []
    : [{ term: t().shift.goodsRemoved, value: `${t().common.lines(lines)} · ${inSum(cost)}` }];

const heldFact = ({ times, longestMs }: ReceiptHeld): readonly EntryFact[] =>
  times === 0
    ? []
    : [
        {
          term: t().journal.detail.held,
          value: t().journal.detail.heldFor(times, formatDuration(longestMs, language.current)),
        },
      ];

const ageFact = ({ age, by }: AgeConfirmed): EntryFact => ({
  term: t().journal.detail.age,
  value: t().journal.detail.agedFrom(age, operatorWords(by)),
});

export function saleFacts({ body }: EntryOf<'sale'>): readonly EntryFact[] {
  const words = t().journal.detail;
  const { discountsAllowedBy: by } = body;
  return [
    { term: words.total, value: inSum(body.total) },
    ...roundingFact(body.rounding),
    ...body.tenders.map(tenderFact),
    ...sumFact(t().tender.change, body.changeDue),
    ...sumFact(words.onAccount, body.onAccount),
    ...pointsFact(words.earned, body.pointsEarned),
    ...(body.ageConfirmed === null ? [] : [ageFact(body.ageConfirmed)]),
    ...(by === null ? [] : [{ term: words.discountsAllowedBy, value: operatorWords(by) }]),
    ...removedFact(body.removed),
    ...heldFact(body.held),
  ];
}

export function returnFacts({ body }: EntryOf<'return'>): readonly EntryFact[] {
  const words = t().returns;
  const { reason, note, shown, approval } = body;
  const receipt = receiptOf(body);
  const approved =
    approval.kind === 'given'
      ? operatorWords(approval.by)
      : approval.kind === 'alone'
        ? words.approvedAlone
        : null;
  return [
    ...(receipt === null ? [] : [{ term: words.sale, value: receipt }]),
    { term: words.total, value: inSum(body.total) },
    ...givenLines(body).map(({ text, figure }) => ({ term: text, value: figure })),
    {
      term: words.reason,
      value: [words.reasons[reason], note].filter((part) => part !== null).join(': '),
    },
    { term: words.shownFact, value: words.shownKinds[shown] },
    ...(approved === null ? [] : [{ term: words.approvedBy, value: approved }]),
  ];
}

export function tenderFacts({
  body: { was, tenders, allowedBy },
}: EntryOf<'tender-corrected'>): readonly EntryFact[] {
  const words = t().journal.detail;
  const listed = (parts: typeof was) =>
    parts.map(({ kind, amount }) => `${t().tender.kinds[kind]} ${inSum(amount)}`).join(', ');
  return [
    { term: words.was, value: listed(was) },
    { term: words.paidBy, value: listed(tenders) },
    ...allowedByFact(allowedBy),
  ];
}

export function cancelledReceiptFacts({
  body: { lines, total, removed, held },
}: EntryOf<'receipt-cancelled'>): readonly EntryFact[] {
  const words = t().journal.detail;
  return [
    { term: words.total, value: inSum(total) },
    { term: words.goods, value: t().common.lines(lines) },
    ...removedFact(removed),
    ...heldFact(held),
  ];
}
