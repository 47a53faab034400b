// A sale of the shift that was paid another way than the journal says: decides and projects it.
// Moves money between cash, card and transfer only; debt and points stay.
import type { ReturnRow, ShiftRow } from '$lib/contract/rows';
import { againstRules, type AgainRules } from '$lib/domain/decide-again';
import type { ActRules } from '$lib/domain/act-rules';
import type { MoneyTender } from '$lib/contract/acts/sale';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { moneyInForce, partsOf, soldIn, type SaleOfReturn, type SinceSale } from './return';
import { permission } from '$lib/domain/policy/approval';
import { dayOf, type Decided, type DecidingAt, type NoRight } from '$lib/domain/policy/rights';
import { returnedBy } from '$lib/domain/receipt/returns';
import type { Before, ProjectedChange } from '$lib/domain/rows';
import { actId, inSums, isOpen, withTenderCorrected, readsOnlySums } from '$lib/domain/shift/shift';
import { isPayable } from '$lib/domain/values/cash-rounding';
import {
  isSameMoney,
  MONEY_KINDS,
  NO_MONEY,
  sumOfParts,
  type MoneyParts,
  type MoneyTenderKind,
} from '$lib/domain/values/settlement';

export type TenderCorrectedInput = DecidingAt & {
  /** Made before the first attempt. */
  readonly correction: string;
  readonly till: string;
  /** The till's newest shift; undefined: it has had none. */
  readonly shift: ShiftRow | undefined;
  readonly sale: SaleOfReturn;
  /** What was returned of the sale, corrected and repaid, at all tills as far as it is known. */
  readonly since: SinceSale;
  /** The money as it was given, minor units without change. */
  readonly tenders: MoneyParts;
  /** A colleague with the right, who gave their PIN; null: nobody did. */
  readonly allowedBy: string | null;
};

export type TenderCorrectedRefusal =
  | NoRight
  /** The money is in another till's drawer, or was counted when its shift was closed. */
  | { readonly kind: 'other-shift' }
  /** Returns gave back `amount` in this way, minor units: repayments cover a part of it, and `stays` of the sale has to be paid by it. */
  | {
      readonly kind: 'given-back';
      readonly way: MoneyTenderKind;
      readonly amount: number;
      readonly stays: number;
    }
  /** Cash that is not in whole steps of the policy's rounding. */
  | { readonly kind: 'cash-not-payable' }
  | { readonly kind: 'other-sum' | 'same-tenders' };

export function decideTenderCorrected(
  input: TenderCorrectedInput,
): Decided<BodyOf<'tender-corrected'>, TenderCorrectedRefusal> {
  const refused = (because: TenderCorrectedRefusal) => ({ kind: 'refused', because }) as const;
  const { correction, till, shift, sale, since, tenders } = input;
  const permitted = permission(tenderCorrectedRules, input);
  if (permitted.kind === 'no-right') return refused(permitted);
  if (!isOfShift(sale, till, shift)) return refused({ kind: 'other-shift' });
  const was = moneyInForce(sale.body, since.returns);
  if (MONEY_KINDS.some((kind) => tenders[kind] < 0) || sumOfParts(was) !== sumOfParts(tenders))
    return refused({ kind: 'other-sum' });
  if (isSameMoney(was, tenders)) return refused({ kind: 'same-tenders' });
  if (!isPayable(tendersOf(tenders), input.policy.cashRounding))
    return refused({ kind: 'cash-not-payable' });
  const { refunds } = returnedBy(since.returns);
  const { paid } = soldIn(sale.body, since);
  for (const way of MONEY_KINDS) {
    const [amount, repaid] = [refunds[way], paid[way] - was[way]];
    if (tenders[way] < was[way] && repaid + tenders[way] < amount)
      return refused({ kind: 'given-back', way, amount, stays: amount - repaid });
  }
  const body: BodyOf<'tender-corrected'> = {
    correction,
    day: dayOf(input),
    sale: { till: sale.till, seq: sale.seq, hash: sale.hash, number: sale.body.number },
    was: tendersOf(was),
    tenders: tendersOf(tenders),
    allowedBy: permitted.by,
  };
  return { kind: 'decided', body };
}

/** Whether the sale is of the shift that is open at this till. */
export const isOfShift = (
  sale: Pick<SaleOfReturn, 'till' | 'seq'>,
  till: string,
  shift: ShiftRow | undefined,
): boolean =>
  isOpen(shift) && shift.till === till && sale.till === till && sale.seq > shift.opened.seq;

const tendersOf = (parts: MoneyParts): MoneyTender[] =>
  MONEY_KINDS.flatMap((kind) => (parts[kind] === 0 ? [] : [{ kind, amount: parts[kind] }]));

const projectTenderCorrected = (
  entry: EntryOf<'tender-corrected'>,
  before: Before,
): ProjectedChange[] => [
  actId(entry, entry.body.correction),
  { table: 'returns', op: 'add', rows: [correctionRowOf(entry)] },
  ...inSums(entry, before, (totals) => withTenderCorrected(totals, entry)),
];

/** No goods are returned: the row only says for a later return how the sale was paid. */
function correctionRowOf({
  till,
  seq,
  hash,
  at,
  operator,
  body,
}: EntryOf<'tender-corrected'>): ReturnRow {
  const [was, are] = [partsOf(body.was), partsOf(body.tenders)];
  return {
    hash,
    sale: body.sale.hash,
    till,
    seq,
    at,
    quantities: [],
    debtReduced: 0,
    refunds: NO_MONEY,
    rounding: 0,
    pointsGivenBack: 0,
    pointsTakenBack: 0,
    pointsWithheld: 0,
    operator,
    given: 0,
    guarded: 0,
    paidOtherwise: {
      cash: are.cash - was.cash,
      card: are.card - was.card,
      transfer: are.transfer - was.transfer,
    },
  };
}

export const tenderCorrectedRules = {
  rights: ['correct-tender'],
  reads: readsOnlySums,
  project: projectTenderCorrected,
  givesBack: true,
} as const satisfies ActRules<'tender-corrected'>;

export const tenderCorrectedAgain = {
  asks: ({ sale }) => ({ sale, shift: true }),
  again: ({ body }, { shift, sale: known, ...by }) => {
    if (known.kind === 'unknown') return againstRules('unknown-sale');
    if (known.kind !== 'found' || shift === null) return null;
    const { sale, returns } = known;
    const since = { debts: known.since.debts, returns };
    const tenders = partsOf(body.tenders);
    return decideTenderCorrected({ ...by, ...body, shift, sale, since, tenders });
  },
} as const satisfies AgainRules<'tender-corrected'>;
