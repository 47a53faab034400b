// What a start of the till has found and repaired, as shown on screen.
import type { BodyOf, Entry } from '$lib/contract/journal';

/** Receipt numbers of this till id that are left out. */
export type NumbersSkipped = BodyOf<'numbers-skipped'> & { readonly till: string };

/** One message after a start. */
export type StartNews =
  /**
   * These acts were on the disk when the till stopped, before the screen showed them as saved. `isVerified`: so were their
   * proofs.
   */
  | {
      readonly kind: 'replayed';
      readonly entries: readonly Entry[];
      readonly isVerified: boolean;
    }
  /** These entries of the journal file are in the journal, but their proofs or numbers do not hold, or they leave no rows. */
  | { readonly kind: 'doubtful'; readonly seqs: readonly number[] }
  /** So many lines of the journal file do not count; it is kept. `seqs`: the entries that are missing for it, if known. */
  | { readonly kind: 'set-aside'; readonly lines: number; readonly seqs: readonly number[] }
  /** The browser lost the database; this many entries were restored from the file. Their proofs are not verified yet. */
  | {
      readonly kind: 'rebuilt';
      readonly entries: number;
      readonly unread: number;
      readonly goods: 'here' | 'lost';
      /** The receipt numbers that were left out, because the file may have lost its last lines. */
      readonly skipped: NumbersSkipped;
    }
  /** Database and file have different entries from `seq` on. */
  | { readonly kind: 'differ'; readonly seq: number }
  /** The relay has entries up to `seq` that are missing here. */
  | { readonly kind: 'behind'; readonly seq: number; readonly skipped: NumbersSkipped }
  /** There is a journal file but no database, and no line that names the till can be read: nothing can be restored from it. */
  | { readonly kind: 'unreadable' }
  /** The goods of an import could not be restored and must be imported again. */
  | { readonly kind: 'goods-lost' };
