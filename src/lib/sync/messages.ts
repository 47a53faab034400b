// The messages between the page and the download worker.
import type { Bearer, ExchangeSeen } from '$lib/relay-client/session';
import type { StorageErrorKind } from '$lib/storage/storage-error';
import type { DownloadOutcome } from './download';

type Token = Awaited<ReturnType<Bearer['token']>>;

export type DownloadOrder =
  /**
   * The first message. `bucket`: location of the database, as in `DatabaseHome`; `lifeLock`: the lock that the worker holds
   * until it ends.
   */
  | {
      readonly kind: 'begin';
      readonly origin: string;
      readonly database: string;
      readonly bucket: string | null;
      readonly lifeLock: string;
    }
  | { readonly kind: 'download'; readonly waitMs: number }
  /** The reply to `token-wanted`. */
  | { readonly kind: 'token'; readonly number: number; readonly token: Token };

export type DownloadReport =
  /** The worker holds its lock from here on. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'token-wanted'; readonly number: number }
  | { readonly kind: 'token-dropped'; readonly token: string }
  /** `elapsedMs`: duration of the request. It is relative, because the clocks of page and worker start at different times. */
  | {
      readonly kind: 'exchanged';
      readonly outcome: Parameters<ExchangeSeen>[0];
      readonly elapsedMs: number;
    }
  /** Something of another till was stored. */
  | { readonly kind: 'applied' }
  | { readonly kind: 'ended'; readonly outcome: DownloadOutcome }
  /** `isDamage`: the database is damaged, which only the worker's connection has met. */
  | {
      readonly kind: 'disk-failed';
      readonly because: StorageErrorKind;
      readonly isDamage: boolean;
    }
  /** A bug. */
  | { readonly kind: 'failed'; readonly because: string };
