// The newest closed shift of a till, its totals calculated again from the entries on its disk.
import { expect, type Page } from '@playwright/test';
import type { ShiftTotals } from '$lib/contract/acts/shift';
import type { Entry, EntryOf } from '$lib/contract/journal';
import { expectedShift } from './expected-shift';
import { rowsOf } from './till-disk';

export type ClosedShift = {
  /** From `shift-opened` to `shift-closed`. */
  readonly entries: readonly Entry[];
  readonly close: EntryOf<'shift-closed'>['body'];
  readonly totals: ShiftTotals;
  /** Minor units at the beginning. */
  readonly float: number;
};

/** Reads the journal's last shift, which must be closed, and checks that its closing entry says what the others add up to. */
export async function closedShift(page: Page): Promise<ClosedShift> {
  const journal = (await rowsOf(page, 'journal')) as unknown as Entry[];
  const entries = journal.slice(journal.findLastIndex(({ act }) => act === 'shift-opened'));
  const [opening] = entries as [EntryOf<'shift-opened'>];
  const { body: close } = entries.at(-1) as EntryOf<'shift-closed'>;
  const { float } = opening.body;
  const { totals, expected } = expectedShift(entries, float);
  const counted = entries.findLast(({ act }) => act === 'drawer-counted') as
    EntryOf<'drawer-counted'> | undefined;
  expect(close.totals).toEqual(totals);
  expect(close).toMatchObject({
    expected,
    counted: counted?.body.counted,
    takenOut: close.counted - close.left,
    difference: close.counted - expected,
  });
  return { entries, close, totals, float };
}
