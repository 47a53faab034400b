// What the page and the download worker say to each other.
import type { Bearer, ExchangeSeen } from '$lib/relay-client/session';
import type { StorageErrorKind } from '$lib/storage/storage-error';
import type { DownloadOutcome } from './download';

type Token = Awaited<ReturnType<Bearer['token']>>;

export type DownloadOrder =
  /** First. `bucket`: where the database is, as in `DatabaseHome`; `lifeLock`: the lock that the worker holds while it lives. */
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
  /** It holds its lock from here on. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'token-wanted'; readonly number: number }
  | { readonly kind: 'token-dropped'; readonly token: string }
  /** `elapsedMs`: since the request began; the clocks of page and worker start at different times. */
  | {
      readonly kind: 'exchanged';
      readonly outcome: Parameters<ExchangeSeen>[0];
      readonly elapsedMs: number;
    }
  /** Something of another till is stored. */
  | { readonly kind: 'applied' }
  | { readonly kind: 'ended'; readonly outcome: DownloadOutcome }
  | { readonly kind: 'disk-failed'; readonly because: StorageErrorKind }
  /** A bug. */
  | { readonly kind: 'failed'; readonly because: string };
