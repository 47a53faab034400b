// The cash drawer opened without a sale: decides and projects it.
import type { ShiftRow } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { DrawerReason } from '$lib/contract/acts/shift';
import {
  dayOf,
  refusedRight,
  type Decided,
  type DecidingAt,
  type NoRight,
} from '$lib/domain/policy/rights';
import type { Before, ProjectedChange } from '$lib/domain/rows';
import { actId, inSums, isOpen, readsOnlySums } from '$lib/domain/shift/shift';

export type DrawerOpenedInput = DecidingAt & {
  /** Made before the first attempt. */
  readonly id: string;
  readonly shift: ShiftRow | undefined;
  readonly reason: DrawerReason;
  readonly note: string | null;
};

export type DrawerOpenedRefusal =
  NoRight | { readonly kind: 'no-shift' } | { readonly kind: 'no-note' };

export function decideDrawerOpened(
  input: DrawerOpenedInput,
): Decided<BodyOf<'drawer-opened'>, DrawerOpenedRefusal> {
  const { id, shift, reason, note } = input;
  const noRight = refusedRight(drawerOpenedRules, input);
  if (noRight !== null) return { kind: 'refused', because: noRight };
  if (!isOpen(shift)) return { kind: 'refused', because: { kind: 'no-shift' } };
  if (reason === 'other' && note === null) return { kind: 'refused', because: { kind: 'no-note' } };
  return { kind: 'decided', body: { id, day: dayOf(input), reason, note } };
}

const projectDrawerOpened = (
  entry: EntryOf<'drawer-opened'>,
  before: Before,
): ProjectedChange[] => [
  actId(entry, entry.body.id),
  ...inSums(entry, before, (totals) => ({ ...totals, drawerOpened: totals.drawerOpened + 1 })),
];

export const drawerOpenedRules = {
  rights: ['cash-in-out'],
  reads: readsOnlySums,
  project: projectDrawerOpened,
  decide: decideDrawerOpened,
  forms: [
    {
      name: 'drawer',
      reasons: ['give-change', 'look-inside', 'other'],
      needNote: ['other'],
    },
  ],
  asks: () => ({ shift: true }),
  again: ({ body }, { shift, ...by }) =>
    shift === null ? null : decideDrawerOpened({ ...by, ...body, shift }),
} as const satisfies ActRules<'drawer-opened'>;
