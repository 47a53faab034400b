// Saves an act that a person does at the till: the one way from their attempt to an entry.
import type { Act, BodyOf, EntryOf } from '$lib/contract/journal';
import type { DecidingAt } from '$lib/domain/policy/rights';
import type { Before } from '$lib/domain/rows';
import type { TillDb } from '$lib/storage/database/db';
import { judgePolicy, notePolicyRefused, policyFactsIn, type PolicyRefused } from './policies';
import type { Change } from '$lib/storage/schema/change';
import { isEnrolled } from '$lib/storage/database/meta';
import type { EnrolledTill } from '$lib/storage/schema/records';
import type { Table } from 'dexie';
import { NOT_SEEN } from '$lib/storage/journal/projection';
import { entriesOf } from '$lib/storage/journal/reader';
import { asWriterSeeing, giveUpPending } from '$lib/storage/journal/writer';

/** The operator, and the time of the act: ms, corrected by the relay's clock. */
export type Actor = { readonly operator: string; readonly at: number };

/** `id`: made before the first attempt; null: the act has none, and saving it again is another act. */
type Attempt = Actor & { readonly id: string | null };

/** What a decision reads first: `look` reads `tables`, meta and journal, and awaits Dexie only. */
type Reading<Known> = {
  readonly tables: readonly Table[];
  readonly look: () => PromiseLike<Known>;
  /** The table in which the act's id is looked up; by default `actIds`. */
  readonly ids?: Table<{ till: string; seq: number; hash: string }, string>;
};

/** Who decides, by which policy. `at`: never before the proven time, so that a clock set back makes no expired code valid. */
export type DecidingHere = DecidingAt & { readonly till: EnrolledTill };

/** An act that is decided and is to be written. */
export type ToWrite<A extends Act> = {
  readonly kind: 'decided';
  readonly body: BodyOf<A>;
  /** Changes of rows that are not projected, stored with the entry. */
  readonly attached?: readonly Change[];
  /** The rows before the act that `look` has read, if it read all of `reads`. */
  readonly before?: Before;
  /** As `project` needs it. */
  readonly real?: ReadonlySet<string>;
  /** Runs after the act is stored, still under the writer's lock. */
  readonly afterwards?: () => Promise<void>;
};

/** The outcome of an act that found no open shift and wrote nothing. */
export const NO_SHIFT = 'no-shift';

/** The outcome of an act that wrote nothing, because it would change nothing. */
export const UNCHANGED = { kind: 'unchanged' } as const;

type NotWritten =
  | typeof NO_SHIFT
  | typeof UNCHANGED
  | { readonly kind: 'refused'; readonly because: { readonly kind: string } };

export type Saved<A extends Act> = { readonly kind: 'saved'; readonly entry: EntryOf<A> };
export type Refused<Because> = {
  readonly kind: 'refused';
  readonly because: Because | PolicyRefused;
};

export type NoCustomer = { readonly kind: 'no-customer' };
/** Refuses an act about a customer whose card is not here. */
export const NO_CUSTOMER = { kind: 'refused', because: { kind: 'no-customer' } } as const;

/**
 * Saves an act under the writer's lock. If an entry with its id exists, returns it. Otherwise `decide` makes the body, by the verified
 * policy and what `look` read. Throws StorageError: nothing is saved, unless its kind is `undecided`.
 */
export async function saveAct<A extends Act, Known, T extends ToWrite<A> | NotWritten>(
  db: TillDb,
  act: A,
  { id, operator, at: asked }: Attempt,
  { tables, look, ids = db.actIds }: Reading<Known>,
  decide: (by: DecidingHere, known: Known) => T | Promise<T>,
): Promise<Saved<A> | Exclude<T, ToWrite<A>> | Refused<never>> {
  type Outcome = Saved<A> | Exclude<T, ToWrite<A>> | Refused<never>;
  const read = async () => {
    const [place, facts, known] = await Promise.all([
      id === null ? undefined : ids.get(id),
      policyFactsIn(db),
      look(),
    ]);
    const [already] = place === undefined ? [] : await entriesOf(db, [place]);
    return { already, facts, known };
  };
  const used = new Set([db.policy, ...(id === null ? [] : [ids]), ...tables]);
  const outcome = await asWriterSeeing(
    db,
    { tables: [...used], look: read },
    async (writer, { already, facts, known }): Promise<Outcome> => {
      if (already !== undefined) return { kind: 'saved', entry: already as EntryOf<A> };
      const at = Math.max(asked, writer.notBefore);
      const current = await judgePolicy(facts);
      if (current.kind === 'policy-refused') {
        await notePolicyRefused(db, writer, current, { operator, at });
        return { kind: 'refused', because: current };
      }
      const { policy } = current;
      const { till } = writer;
      // a policy is verified only for an enrolled till
      if (!isEnrolled(till)) throw new Error('a policy without an enrolment');
      const decided = await decide({ policy, operator, at, till }, known);
      if (!isToWrite<A>(decided)) return decided as Exclude<T, ToWrite<A>>;
      const { body, attached = [], before = null, real = NOT_SEEN.real } = decided;
      const draft = { act, body, operator, at, policy: policy.version };
      const entry = await writer.write(draft, attached, { before, real });
      await decided.afterwards?.();
      return { kind: 'saved', entry };
    },
  );
  // an earlier try may be in the journal file; the next start must not book an act that was reported as refused
  if (typeof outcome === 'object' && outcome.kind === 'refused') await giveUpPending(db);
  return outcome;
}

const isToWrite = <A extends Act>(decided: ToWrite<A> | NotWritten): decided is ToWrite<A> =>
  typeof decided === 'object' && decided.kind === 'decided';

/** Saves an act without an id, which reads the disk while it decides, or nothing. As `saveAct`. */
export const saveNow = <A extends Act, T extends ToWrite<A> | NotWritten>(
  db: TillDb,
  act: A,
  { operator, at }: Actor,
  decide: (by: DecidingHere) => T | Promise<T>,
): Promise<Saved<A> | Exclude<T, ToWrite<A>> | Refused<never>> =>
  saveAct(
    db,
    act,
    { id: null, operator, at },
    { tables: [], look: () => Promise.resolve() },
    decide,
  );
