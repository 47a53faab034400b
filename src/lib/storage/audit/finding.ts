// The kinds of findings of a journal check and the places they refer to.
import type { AccountEntry } from '$lib/contract/journal';
import type { ChainBreak } from '$lib/proof/chain';
import type { FileFault } from './check-file';
import type { ProjectedTable } from '$lib/domain/rows';

/** The entry a finding refers to. `act` and `at` (ms) as stored there; null if there is no entry. */
export type Place = {
  readonly seq: number;
  readonly act: string | null;
  readonly at: number | null;
};

export type Finding =
  /** The first entry that was altered or is missing. */
  | { readonly kind: 'broken'; readonly place: Place; readonly because: ChainBreak }
  /** The first entry of the journal is not this till's own enrolment. */
  | { readonly kind: 'not-ours' }
  /** Rows on the disk belong to entries missing from the end of the journal. `last`: the highest such entry. */
  | { readonly kind: 'cut-off'; readonly after: number; readonly last: number }
  /** The relay has signed for another entry at this place. */
  | { readonly kind: 'watermark'; readonly seq: number }
  | { readonly kind: 'proof'; readonly place: Place; readonly because: ProofFault }
  /** The act was made under a policy that this till cannot have had at that time. */
  | {
      readonly kind: 'policy';
      readonly place: Place;
      readonly version: number;
      readonly because: 'older-than-before' | 'newer-than-held';
    }
  | { readonly kind: 'receipt-number'; readonly place: Place; readonly number: number }
  /** The entry says something that no rows can be made from. */
  | { readonly kind: 'unprojectable'; readonly place: Place }
  /** A row that the entry leaves is missing, or has other content. */
  | {
      readonly kind: 'row';
      readonly place: Place;
      readonly table: ProjectedTable;
      readonly because: 'missing' | 'edited';
    }
  /** A row that no entry leaves. `seq`: of the entry it claims to be of; null: it names none. */
  | {
      readonly kind: 'stray-row';
      readonly table: ProjectedTable;
      readonly seq: number | null;
    }
  /** This many entries stand under till ids that this device never had. */
  | { readonly kind: 'foreign-entries'; readonly entries: number }
  /** The journal file differs from the journal from this place on. */
  | { readonly kind: 'file'; readonly place: Place; readonly because: FileFault['because'] }
  /** A dispute that the journal did not open, has closed, or records differently; or one missing from the disk. */
  | { readonly kind: 'dispute'; readonly customer: string }
  /** A card that differs from its newest seal in the journal. */
  | { readonly kind: 'card'; readonly customer: string };

export type ProofFault = 'wrong-signature' | 'other-act' | 'wrong-reserve-code' | 'used-twice';

/** A stored sum that differs from the sum of the journal's steps: minor units, or points. */
export type Difference = {
  readonly customer: string;
  readonly account: AccountEntry['account'];
  readonly kept: number;
  readonly recomputed: number;
};

/** The place an entry claims to have, as far as its fields can be read. */
export function placeOf(entry: unknown): Place {
  const { seq, act, at } = (entry ?? {}) as { readonly [name: string]: unknown };
  return {
    seq: typeof seq === 'number' ? seq : 0,
    act: typeof act === 'string' ? act : null,
    at: typeof at === 'number' ? at : null,
  };
}
