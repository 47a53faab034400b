// The kinds of findings of a journal check.
import type { Account } from '$lib/contract/rows';
import type { ChainBreak } from '$lib/proof/chain';
import type { EntryFault, Place } from '$lib/storage/journal/entry-checks';
import type { FileFault } from './check-file';
import type { ProjectedTable } from '$lib/domain/rows';

export type Finding =
  /** The first entry that was altered or is missing. */
  | { readonly kind: 'broken'; readonly place: Place; readonly because: ChainBreak }
  /** The first entry of the journal is not this till's own enrolment. */
  | { readonly kind: 'not-ours' }
  /** Rows on the disk belong to entries missing from the end of the journal. `last`: the highest such entry. */
  | { readonly kind: 'cut-off'; readonly after: number; readonly last: number }
  /** The relay has signed for another entry at this place. */
  | { readonly kind: 'watermark'; readonly seq: number }
  | EntryFault
  | {
      readonly kind: 'receipt-number';
      readonly place: Place;
      readonly till: string;
      readonly number: number;
    }
  /** The entry has a body that cannot be projected into rows. */
  | { readonly kind: 'unprojectable'; readonly place: Place }
  /** A row that the entry projects to is missing or has different content. */
  | {
      readonly kind: 'row';
      readonly place: Place;
      readonly table: ProjectedTable;
      readonly because: 'missing' | 'edited';
    }
  /** A row that no entry projects to. `seq`: number of the entry it claims to come from; null: it names none. */
  | {
      readonly kind: 'stray-row';
      readonly table: ProjectedTable;
      readonly seq: number | null;
    }
  /** This many entries have a till id that this device never had. */
  | { readonly kind: 'foreign-entries'; readonly entries: number }
  /** The journal file differs from the journal from this place on. */
  | { readonly kind: 'file'; readonly place: Place; readonly because: FileFault['because'] }
  /** A dispute is missing on the disk, or the disk has one that the journal did not open, has closed, or records differently. */
  | { readonly kind: 'dispute'; readonly customer: string }
  /** A card that differs from its newest hash in the journal. */
  | { readonly kind: 'card'; readonly customer: string };

/** A stored sum that differs from the sum of the journal's steps. Unit: minor units, or points. */
export type Difference = {
  readonly customer: string;
  readonly account: Account;
  readonly kept: number;
  readonly recomputed: number;
};
