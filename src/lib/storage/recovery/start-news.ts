// What a start of the till has found and repaired, as shown on screen.
import type { Entry } from '$lib/contract/journal';

/** One message after a start. */
export type StartNews =
  /** These acts were on the disk when the till stopped, before the screen showed them as saved. */
  | { readonly kind: 'replayed'; readonly entries: readonly Entry[] }
  /** The browser lost the database; this many entries were restored from the file. */
  | {
      readonly kind: 'rebuilt';
      readonly entries: number;
      readonly unread: number;
      readonly goods: 'here' | 'lost';
    }
  /** Database and file have different entries from `seq` on. */
  | { readonly kind: 'differ'; readonly seq: number }
  /** The relay has entries up to `seq` that are missing here. */
  | { readonly kind: 'behind'; readonly seq: number }
  /** There is a journal file but no database, and its first line is unreadable: nothing can be restored from it. */
  | { readonly kind: 'unreadable' }
  /** The goods of an import could not be restored and must be imported again. */
  | { readonly kind: 'goods-lost' };
