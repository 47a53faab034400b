// Reads a till's shift, and saves the acts of its drawer.
// The first act that moves cash opens a shift automatically.
import type { DayRow, ShiftRow } from '$lib/contract/rows';
import type { Act, BodyOf, EntryOf } from '$lib/contract/journal';
import type { HeldReceipts } from '$lib/contract/acts/shift';
import { ACTS, type ShiftAct, type ShiftActInput } from '$lib/domain/acts';
import {
  decideDrawerCounted,
  type DrawerCountedInput,
} from '$lib/domain/acts/drawer/drawer-counted';
import {
  decideShiftClosed,
  type ShiftClosedInput,
  type UnderWay,
} from '$lib/domain/acts/drawer/shift-closed';
import { decideShiftOpened, type ShiftOpenedRefusal } from '$lib/domain/acts/drawer/shift-opened';
import { possibleDays } from '$lib/domain/values/business-day';
import type { Money } from '$lib/domain/values/money';
import type { Decided, DecidingAt } from '$lib/domain/policy/rights';
import { beforeOf } from '$lib/domain/rows';
import { heldOf } from '$lib/domain/receipt/receipt';
import { floatLeft, type FloatNotCounted } from '$lib/domain/shift/shift';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { formerTillsIn, tillIn, provenIn } from '$lib/storage/database/meta';
import { entriesOf } from '$lib/storage/journal/reader';
import {
  NO_SHIFT,
  saveAct,
  type Actor,
  type Refused,
  type Saved,
} from '$lib/storage/policy/save-act';
import { StorageError, storageErrorKind } from '$lib/storage/storage-error';
import { draftRow } from '$lib/storage/schema/records';
import type { Change } from '$lib/storage/schema/change';
import { Dexie } from 'dexie';

/**
 * `shift`: the till's newest shift, undefined before its first. `leftBefore`: the cash the next shift begins with, minor units.
 */
export type ShiftState = { readonly shift: ShiftRow | undefined; readonly leftBefore: number };

/** Reads meta and shifts; awaits Dexie only. */
export async function shiftIn(db: TillDb): Promise<ShiftState> {
  const [till, [former]] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  const ids = [till, former].map((each) => each?.id ?? '');
  const [shift, before] = await db.shifts.bulkGet(ids);
  return { shift, leftBefore: floatLeft(shift, before) };
}

/** Like `shiftIn`, in a transaction of its own. Throws StorageError. */
export const shiftOf = (db: TillDb): Promise<ShiftState> =>
  readTogether(db, [db.meta, db.shifts], () => shiftIn(db));

/**
 * The totals of the days that an act of this till at `at`, ms, may belong to; the policy's time zone decides which. An `at`
 * before the proven time is replaced by it. Reads meta and days; awaits Dexie only.
 */
export async function daysIn(db: TillDb, at: number): Promise<readonly DayRow[]> {
  const [till, proven] = await Promise.all([tillIn(db), provenIn(db)]);
  const days = possibleDays(Math.max(at, proven));
  const rows = await db.days.bulkGet(days.map((day): [string, string] => [till?.id ?? '', day]));
  return rows.filter((row) => row !== undefined);
}

export type ShiftOutcome<A extends Act, R> = Saved<A> | Refused<R>;

type NotCounted = { readonly kind: 'refused'; readonly because: FloatNotCounted };

/**
 * Runs an act that needs an open shift. If none is open, it opens one as a separate entry and runs the act again; if the till
 * stops in between, only the open shift is left. If the policy requires the float to be counted, the act is refused and nothing
 * is written. Throws StorageError; `undecided` always refers to the act, not to the shift.
 */
export async function inOpenShift<T>(
  db: TillDb,
  actor: Actor,
  act: () => Promise<T | typeof NO_SHIFT>,
): Promise<T | NotCounted> {
  let isOpening = false;
  try {
    for (;;) {
      const outcome = await act();
      if (outcome !== NO_SHIFT) return outcome;
      isOpening = true;
      const opened = await openShift(db, { ...actor, float: null });
      isOpening = false;
      if (opened.kind === 'refused' && opened.because.kind === 'float-not-counted')
        return { kind: 'refused', because: { kind: 'float-not-counted' } };
    }
  } catch (cause) {
    const isOfShift = isOpening || db.file?.undecided?.act === 'shift-opened';
    // only the opening of the shift is undecided, which no start asks about; the act was not written
    if (isOfShift && storageErrorKind(cause) === 'undecided')
      throw new StorageError('failed', cause);
    throw cause;
  }
}

/** Opens a shift. `float`: the counted cash; null: opened automatically. Throws StorageError: nothing is saved. */
export function openShift(
  db: TillDb,
  { float, operator, at }: Actor & { readonly float: Money | null },
): Promise<ShiftOutcome<'shift-opened', ShiftOpenedRefusal>> {
  return saveCounted(db, 'shift-opened', { id: null, operator, at }, (facts) =>
    decideShiftOpened({ ...facts, float }),
  );
}

/** The input of an act of the drawer. */
type Asked<Input> = Actor & { readonly id: string } & Omit<
    Input,
    keyof DecidingAt | 'shift' | 'underWay' | 'onHold'
  >;

/**
 * Saves an act that needs nothing but the open shift, and opens one if needed. The same id returns the same entry. Throws
 * StorageError: nothing is saved.
 */
export const recordInShift = <A extends ShiftAct>(
  db: TillDb,
  act: A,
  asked: Asked<ShiftActInput<A>>,
) => {
  const decide = ACTS[act].decide as (input: unknown) => Decided<BodyOf<A>, RefusedInShift>;
  return inOpenShift(db, asked, () =>
    saveCounted(db, act, asked, (facts) => decide({ ...asked, ...facts })).then(orNoShift),
  );
};

type RefusedInShift = Extract<
  ReturnType<(typeof ACTS)[ShiftAct]['decide']>,
  { kind: 'refused' }
>['because'];

/** Records a count of the drawer. Idempotency and errors as for `recordInShift`, but it opens no shift. */
export const countDrawer = (db: TillDb, asked: Asked<DrawerCountedInput>) =>
  saveCounted(db, 'drawer-counted', asked, (facts) => decideDrawerCounted({ ...asked, ...facts }));

/** Closes the shift by its last count. Idempotency and errors as for `recordInShift`, but it opens no shift. */
export const closeShift = (db: TillDb, asked: Asked<ShiftClosedInput>) =>
  saveCounted(db, 'shift-closed', asked, (facts) => decideShiftClosed({ ...asked, ...facts }));

function orNoShift<T extends { readonly kind: string }>(outcome: T): T | typeof NO_SHIFT {
  const { because } = outcome as { because?: { readonly kind: string } };
  return because?.kind === NO_SHIFT ? NO_SHIFT : outcome;
}

type Facts = DecidingAt &
  ShiftState & { readonly underWay: UnderWay | null; readonly onHold: HeldReceipts };

/**
 * Saves an act that counts in the till's shift, with the `attached` changes in its transaction. If an entry with this `id`
 * exists, it is returned. Throws StorageError: nothing is saved.
 */
export function saveCounted<A extends Act, R extends { readonly kind: string }>(
  db: TillDb,
  act: A,
  attempt: Actor & { readonly id: string | null },
  decide: (facts: Facts) => Decided<BodyOf<A>, R>,
  attached: readonly Change[] = [],
): Promise<ShiftOutcome<A, R>> {
  const tables = [db.shifts, db.days, db.drafts];
  const look = async () => {
    const [state, days, underWay, onHold] = await Promise.all([
      shiftIn(db),
      daysIn(db, attempt.at),
      underWayIn(db),
      onHoldIn(db),
    ]);
    return { state, days, underWay, onHold };
  };
  return saveAct(db, act, attempt, { tables, look }, (by, { state, days, underWay, onHold }) => {
    const decided = decide({ ...by, ...state, underWay, onHold });
    if (decided.kind === 'refused') return decided;
    return { ...decided, attached, before: beforeOf({ shifts: [state.shift], days }) };
  });
}

/** What prevents a shift from being closed. Held receipts do not. Awaits Dexie only. */
async function underWayIn(db: TillDb): Promise<UnderWay | null> {
  const drafts = await db.drafts.toArray();
  if (drafts.some(({ checkout }) => checkout.kind === 'confirming')) return 'code';
  return drafts.some(({ slot, place }) => slot === 'open' && place === 'tender') ? 'payment' : null;
}

/** The receipts on hold that can be read. Awaits Dexie only. */
async function onHoldIn(db: TillDb): Promise<HeldReceipts> {
  const rows = await db.drafts.where('slot').startsWith('held:').toArray();
  return heldOf(
    rows.flatMap((row) => {
      const parsed = draftRow.safeParse(row);
      return parsed.success ? [parsed.data.receipt] : [];
    }),
  );
}

/** The last Z reports of this till, newest first. `before`: only reports with a lower entry number. Throws StorageError. */
export function lastReports(
  db: TillDb,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<EntryOf<'shift-closed'>[]> {
  return readTogether(db, [db.meta, db.closedShifts, db.journal, db.remoteJournal], async () => {
    const till = await tillIn(db);
    if (till === null) return [];
    const rows = await db.closedShifts
      .where('[till+seq]')
      .between([till.id, Dexie.minKey], [till.id, before ?? Dexie.maxKey], true, false)
      .reverse()
      .limit(limit)
      .toArray();
    const entries = await entriesOf(db, rows);
    return entries.flatMap((entry) =>
      entry === undefined ? [] : [entry as EntryOf<'shift-closed'>],
    );
  });
}
