// The kinds of findings that a check of the journal can have, and where.
import type { ChainBreak } from '$lib/proof/chain';
import type { FileFault } from './check-file';
import type { StrayRow } from './final-checks';
import type { RowTable } from './expected-rows';

/** An entry a finding is about. `act` and `at` (ms) as they stand there; null where nothing stands there. */
export type Place = {
  readonly seq: number;
  readonly act: string | null;
  readonly at: number | null;
};

export type Finding =
  /** The first entry that is not what was written there, or is not there. */
  | { readonly kind: 'broken'; readonly place: Place; readonly because: ChainBreak }
  /** The journal does not begin with this till's own enrolment. */
  | { readonly kind: 'not-ours' }
  /** Acts left rows on the disk, and their entries are gone from the end. `last`: the highest of them. */
  | { readonly kind: 'cut-off'; readonly after: number; readonly last: number }
  /** The relay has signed for another entry at this place. */
  | { readonly kind: 'watermark'; readonly seq: number }
  | { readonly kind: 'proof'; readonly place: Place; readonly because: ProofFault }
  /** Made under other settings than this till can have had then. */
  | {
      readonly kind: 'policy';
      readonly place: Place;
      readonly version: number;
      readonly because: 'older-than-before' | 'newer-than-held';
    }
  | { readonly kind: 'receipt-number'; readonly place: Place; readonly number: number }
  | {
      readonly kind: 'row';
      readonly place: Place;
      readonly table: RowTable | 'unconfirmed';
      readonly because: 'missing' | 'edited';
    }
  /** A row no entry made. */
  | ({ readonly kind: 'stray-row' } & StrayRow)
  /** The journal file is not the journal from this place on. */
  | { readonly kind: 'file'; readonly place: Place; readonly because: FileFault['because'] }
  /** A customer's dispute that the journal did not open, has closed, or tells otherwise; or one that is gone. */
  | { readonly kind: 'dispute'; readonly customer: string }
  /** A card that is not what the journal's newest seal of it is over. */
  | { readonly kind: 'card'; readonly customer: string };

export type ProofFault = 'wrong-signature' | 'other-act' | 'wrong-reserve-code' | 'used-twice';
