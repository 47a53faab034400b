// The download worker: stores what the other tills wrote.
// It has its own connection to the till's database.
// The page authenticates for it, and receives the outcome of each request.
import { OrderClient } from '$lib/relay-client/order-client';
import { observed, sendSigned, type Bearer } from '$lib/relay-client/session';
import { DatabaseHome } from '$lib/storage/database/database-home';
import { TillDb } from '$lib/storage/database/db';
import { meansDamage, storageErrorOf } from '$lib/storage/storage-error';
import { download } from '$lib/sync/download';
import type { DownloadOrder, DownloadReport } from '$lib/sync/messages';

declare const self: DedicatedWorkerGlobalScope;

type Begin = Extract<DownloadOrder, { kind: 'begin' }>;
type Token = Extract<DownloadOrder, { kind: 'token' }>['token'];

const TIMEOUT_MS = 15_000;

const report = (message: DownloadReport) => self.postMessage(message);

const wanted = new Map<number, (token: Token) => void>();
let number = 0;

/** Uses the page's session, because a till has only one. */
const bearer: Bearer = {
  token: () =>
    new Promise((resolve) => {
      number += 1;
      wanted.set(number, resolve);
      report({ kind: 'token-wanted', number });
    }),
  drop: (token) => report({ kind: 'token-dropped', token }),
};

function clientOf(origin: string): OrderClient {
  const wire = {
    origin,
    timeoutMs: TIMEOUT_MS,
    fetch: ((input, init) => fetch(input, init)) as typeof fetch,
  };
  const send = observed(wire, (outcome, began) =>
    report({ kind: 'exchanged', outcome, elapsedMs: performance.now() - began }),
  );
  return new OrderClient((call) => sendSigned(call, bearer, send));
}

let begun: { readonly db: Promise<TillDb>; readonly client: OrderClient } | null = null;

function begin({ origin, database, bucket, lifeLock }: Begin): void {
  // never resolves: the lock becomes free when this worker ends, for whatever reason
  void navigator.locks.request(lifeLock, () => {
    report({ kind: 'alive' });
    return new Promise<never>(() => undefined);
  });
  const home = DatabaseHome.at(bucket);
  // not flushed to the disk, because rows lost in a power cut are downloaded again
  const db = home.then((place) => new TillDb(database, place, 'relaxed'));
  // errors are handled where it is awaited
  db.catch(() => undefined);
  begun = { db, client: clientOf(origin) };
}

async function run(waitMs: number): Promise<void> {
  try {
    if (begun === null) throw new Error('not begun');
    const applied = () => Promise.resolve(report({ kind: 'applied' }));
    const outcome = await download(await begun.db, begun.client, waitMs, applied);
    report({ kind: 'ended', outcome });
  } catch (error) {
    const failure = storageErrorOf(error);
    if (failure === null) report({ kind: 'failed', because: String(error) });
    else report({ kind: 'disk-failed', because: failure.kind, isDamage: meansDamage(error) });
  }
}

self.onmessage = ({ data: order }: MessageEvent<DownloadOrder>) => {
  if (order.kind === 'begin') begin(order);
  else if (order.kind === 'download') void run(order.waitMs);
  else {
    wanted.get(order.number)?.(order.token);
    wanted.delete(order.number);
  }
};
