// A fact of a journal entry in words, and facts that several acts share.
import type { TenderOfSale } from '$lib/contract/acts/sale';
import { money } from '$lib/domain/values/money';
import { t } from '$lib/ui/text/current.svelte';
import { operatorWords } from '../words/act-words';
import { inMoney, inSigned } from '../words/money-words';

export type EntryFact = { readonly term: string; readonly value: string };

/** Names by id that are not in the entry itself. */
export type Names = {
  readonly customer: (id: string) => string;
  readonly product: (id: string) => string;
};

/** A sum, minor units, in the shop's currency. */
export const inSum = (minor: number): string => inMoney(money(minor)).replace('-', '−');

/** Money, and points with their worth. */
export const tenderFact = (tender: TenderOfSale): EntryFact =>
  tender.kind === 'points'
    ? {
        term: t().journal.detail.redeemed,
        value: t().tender.pointsWorth(t().common.points(tender.points), inSum(tender.amount)),
      }
    : { term: t().tender.kinds[tender.kind], value: inSum(tender.amount) };

/** A sum that is shown only if it is not zero. */
export const sumFact = (term: string, minor: number): readonly EntryFact[] =>
  minor === 0 ? [] : [{ term, value: inSum(minor) }];

export const pointsFact = (term: string, points: number): readonly EntryFact[] =>
  points === 0 ? [] : [{ term, value: t().common.points(points) }];

export const roundingFact = (minor: number): readonly EntryFact[] =>
  minor === 0 ? [] : [{ term: t().tender.rounding, value: inSigned(money(minor)) }];

/** The colleague whose PIN allowed the act; null: the operator had the right. */
export const allowedByFact = (by: string | null): readonly EntryFact[] =>
  by === null ? [] : [{ term: t().journal.detail.allowedBy, value: operatorWords(by) }];
