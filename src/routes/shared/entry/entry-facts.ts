// The contents of a journal entry in words: one list of facts for each act.
import type { Act, EntryOf, KnownEntry } from '$lib/contract/journal';
import { isShiftAct, type ShiftAct } from '$lib/domain/acts';
import { t } from '$lib/ui/text/current.svelte';
import {
  correctionFacts,
  forgottenFacts,
  mergeFacts,
  payoutFacts,
  repaymentCancelledFacts,
  repaymentFacts,
} from './account-facts';
import type { EntryFact, Names } from './entry-fact';
import { closeFacts, countFacts, openingFacts, shiftActFacts } from './drawer-facts';
import { goodsFacts } from './goods-facts';
import { cancelledReceiptFacts, returnFacts, saleFacts, tenderFacts } from './receipt-facts';

type Facts<A extends Act> = (entry: EntryOf<A>, names: Names) => readonly EntryFact[];

/** For acts without facts of their own, besides time, operator and customer. */
const nothingElse = () => [];

const FACTS: { readonly [A in Exclude<Act, ShiftAct>]: Facts<A> } = {
  sale: saleFacts,
  return: returnFacts,
  'receipt-cancelled': cancelledReceiptFacts,
  'receipt-resumed': nothingElse,
  'receipt-reprinted': nothingElse,
  'tender-corrected': tenderFacts,
  repayment: repaymentFacts,
  'repayment-cancelled': repaymentCancelledFacts,
  'overpayment-returned': payoutFacts,
  'balance-corrected': correctionFacts,
  'shift-opened': openingFacts,
  'drawer-counted': countFacts,
  'shift-closed': closeFacts,
  'customer-saved': nothingElse,
  'customer-forgotten': forgottenFacts,
  'customers-merged': mergeFacts,
  'customers-imported': nothingElse,
  'import-undone': nothingElse,
  'authorised-person-added': nothingElse,
  'authorised-person-removed': nothingElse,
  'products-changed': goodsFacts,
  'categories-changed': nothingElse,
  dispute: ({ body: { note } }) =>
    note === null ? [] : [{ term: t().unconfirmed.dispute.note, value: note }],
  settled: settledFacts,
  'unconfirmed-reviewed': nothingElse,
  'reserve-codes-issued': nothingElse,
  'reserve-codes-voided': nothingElse,
  'till-enrolled': nothingElse,
  'carried-over': nothingElse,
  'backup-restored': nothingElse,
  'entries-skipped': nothingElse,
  'numbers-skipped': nothingElse,
  'pin-locked': nothingElse,
  'policy-refused': nothingElse,
};

/** The facts of an entry, without those shown in separate lists: goods, debts, proofs. */
export const factsOf = (entry: KnownEntry, names: Names): readonly EntryFact[] =>
  isOfShiftAct(entry) ? shiftActFacts(entry) : (FACTS[entry.act] as Facts<Act>)(entry, names);

const isOfShiftAct = (entry: KnownEntry): entry is Extract<KnownEntry, { act: ShiftAct }> =>
  isShiftAct(entry.act);

function settledFacts({
  body: { customer, outcome, note },
}: EntryOf<'settled'>): readonly EntryFact[] {
  const words = t().unconfirmed.dispute;
  return [
    {
      term: words.outcome,
      value: customer === null ? t().toSettle.outcomes[outcome] : words.stands,
    },
    { term: words.closingNote, value: note },
  ];
}
