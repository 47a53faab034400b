// A tip, money of a customer for the staff: decides and projects it. It is of no account.
import type { MoneyTender } from '$lib/contract/acts/sale';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { ShiftRow } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import { againstRules } from '$lib/domain/decide-again';
import {
  dayOf,
  refusedRight,
  type Decided,
  type DecidingAt,
  type NoRight,
} from '$lib/domain/policy/rights';
import type { Before, ProjectedChange } from '$lib/domain/rows';
import { actId, inSums, isOpen, readsOnlySums, withMoved } from '$lib/domain/shift/shift';
import { money, ZERO, type Money } from '$lib/domain/values/money';

export type TipInput = DecidingAt & {
  /** Made before the first attempt. */
  readonly id: string;
  readonly shift: ShiftRow | undefined;
  readonly amount: Money;
  readonly tender: MoneyTender['kind'];
  readonly sale: BodyOf<'tip'>['sale'];
};

export type TipRefusal = NoRight | { readonly kind: 'no-shift' } | { readonly kind: 'no-amount' };

export function decideTip(input: TipInput): Decided<BodyOf<'tip'>, TipRefusal> {
  const { id: tip, shift, amount, tender, sale } = input;
  const noRight = refusedRight(tipRules, input);
  if (noRight !== null) return { kind: 'refused', because: noRight };
  if (!isOpen(shift)) return { kind: 'refused', because: { kind: 'no-shift' } };
  if (amount === ZERO) return { kind: 'refused', because: { kind: 'no-amount' } };
  return { kind: 'decided', body: { tip, day: dayOf(input), amount, tender, sale } };
}

/** The money is in the drawer, or comes with the terminal's, until the staff take it out. */
const projectTip = (entry: EntryOf<'tip'>, before: Before): ProjectedChange[] => {
  const { tip, amount, tender: kind } = entry.body;
  return [
    actId(entry, tip),
    ...inSums(entry, before, (totals) =>
      withMoved(totals, entry, { kind, direction: 'in', reason: null, amount }),
    ),
  ];
};

export const tipRules = {
  rights: ['take-tip'],
  reads: readsOnlySums,
  project: projectTip,
  decide: decideTip,
  forms: [
    {
      name: 'tip',
      given: { sale: null },
      asksAmount: true,
      asksTender: true,
      reasons: [],
      needNote: [],
    },
  ],
  asks: ({ sale }) => ({ shift: true, entries: sale === null ? [] : [sale.hash] }),
  again: ({ body: { tip: id, amount, ...asked } }, { shift, entries, ...by }) => {
    const [sale] = entries;
    if (shift === null) return null;
    if (sale !== undefined && sale.act !== 'sale') return againstRules('no-receipt');
    return decideTip({ ...by, ...asked, id, shift, amount: money(amount) });
  },
} as const satisfies ActRules<'tip'>;
