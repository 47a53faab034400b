// What a start has found and done, for a person to read.
import type { Entry } from '$lib/contract/journal';

/** What a person has to be told after a start. */
export type StartNews =
  /** These were on the disk just before the till stopped, though nobody was told. */
  | { readonly kind: 'replayed'; readonly entries: readonly Entry[] }
  /** The browser lost the database; so many entries came back from the file. */
  | {
      readonly kind: 'rebuilt';
      readonly entries: number;
      readonly unread: number;
      readonly goods: 'here' | 'lost';
    }
  /** Database and file tell different stories from `seq` on. */
  | { readonly kind: 'differ'; readonly seq: number }
  /** The relay holds entries up to `seq` that are not here. */
  | { readonly kind: 'behind'; readonly seq: number }
  /** There is a journal file and no database, and the file's beginning cannot be read: what was here cannot be told from it. */
  | { readonly kind: 'unreadable' }
  /** An import's goods could not be brought back: they have to be imported again. */
  | { readonly kind: 'goods-lost' };
