// The facts of acts of a shift and its drawer: float, cash in and out, counts, the close.
import type { Approval } from '$lib/contract/acts/approval';
import type { MoneyTender } from '$lib/contract/acts/sale';
import type { CashReason, DrawerReason } from '$lib/contract/acts/shift';
import type { EntryOf } from '$lib/contract/journal';
import type { ShiftAct } from '$lib/domain/acts';
import { till } from '$lib/state/till.svelte';
import { formatCount } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { operatorWords } from '../words/act-words';
import { inSum, type EntryFact } from './entry-fact';

const noteFact = (note: string | null): readonly EntryFact[] =>
  note === null ? [] : [{ term: t().shift.noteLabel, value: note }];

/** Who agreed to an act besides its operator; empty if nobody had to. */
export const approvalFact = (approval: Approval): readonly EntryFact[] =>
  approval.kind === 'not-needed'
    ? []
    : [
        {
          term: t().returns.approvedBy,
          value: approval.kind === 'given' ? operatorWords(approval.by) : t().returns.approvedAlone,
        },
      ];

export const openingFacts = ({
  body: { float, counted, left, difference },
}: EntryOf<'shift-opened'>): readonly EntryFact[] => [
  { term: counted ? t().shift.float : t().shift.floatUncounted, value: inSum(float) },
  ...(difference === 0
    ? []
    : [
        { term: t().shift.leftBefore, value: inSum(left) },
        {
          term: difference < 0 ? t().shift.floatShort : t().shift.floatOver,
          value: inSum(Math.abs(difference)),
        },
      ]),
];

/** The fields that acts of the shift share. */
type Shared = {
  readonly amount?: number;
  readonly tender?: MoneyTender['kind'];
  readonly reason?: CashReason | DrawerReason;
  readonly note?: string | null;
  readonly approval?: Approval;
};

export function shiftActFacts({ body }: EntryOf<ShiftAct>): readonly EntryFact[] {
  const words = t().shift;
  const { amount, tender, reason, note = null, approval }: Shared = body;
  const why = amount === undefined ? words.why : words.whatFor;
  const reasons = { ...words.cashReasons, ...words.drawerReasons };
  return [
    ...(amount === undefined ? [] : [{ term: words.amount, value: inSum(amount) }]),
    ...(tender === undefined ? [] : [{ term: words.paidWith, value: t().tender.kinds[tender] }]),
    ...(reason === undefined ? [] : [{ term: why, value: reasons[reason] }]),
    ...noteFact(note),
    ...(approval === undefined ? [] : approvalFact(approval)),
  ];
}

/** The counted sum compared with the expected one. */
function countedFacts(counted: number, expected: number): readonly EntryFact[] {
  const words = t().shift;
  const difference = counted - expected;
  return [
    { term: words.counted, value: inSum(counted) },
    { term: words.shouldBe, value: inSum(expected) },
    difference === 0
      ? { term: words.report.difference, value: words.even }
      : { term: difference > 0 ? words.over : words.short, value: inSum(Math.abs(difference)) },
  ];
}

/** `2 × £50.00`; empty if only one sum was typed. */
export const countFacts = ({
  body: { counted, expected, pieces },
}: EntryOf<'drawer-counted'>): readonly EntryFact[] => [
  ...countedFacts(counted, expected),
  ...pieces.map(({ value, count }) => ({
    term: inSum(value),
    value: `× ${formatCount(count, language.current)}`,
  })),
];

export function closeFacts({ till: of, body }: EntryOf<'shift-closed'>): readonly EntryFact[] {
  const words = t().shift;
  const { number, counted, expected, reason, note, takenOut, left } = body;
  return [
    { term: words.zReport, value: till.printedNumber(of, number) },
    ...countedFacts(counted, expected),
    ...(reason === null ? [] : [{ term: words.explained, value: words.differenceReasons[reason] }]),
    ...noteFact(note),
    { term: words.report.takenOut, value: inSum(takenOut) },
    { term: words.report.left, value: inSum(left) },
  ];
}
