// Withdraws a bad till from browsers: `/sw.js` becomes a worker that unregisters itself.
// Never touches what a till has stored.
import { Hono } from 'hono';
import type { Env } from './request';
import type { Relay } from '../context';
import { removeValue, putValue, getValue } from '../store/kv';
import worker from './withdrawal/worker.js?raw';

const NAME = 'till-withdrawn';

/** From now on, also after restarts, no browser keeps the till offline: each page comes from the relay. */
export async function withdraw({ db, now }: Pick<Relay, 'db' | 'now'>): Promise<void> {
  await putValue(db, NAME, Buffer.from(String(now())));
}

/** Browsers may install the current build of the till again. */
export async function reinstate({ db }: Pick<Relay, 'db'>): Promise<void> {
  await removeValue(db, NAME);
}

/** Read for each request, as another process sets it. */
export const isWithdrawn = async ({ db }: Pick<Relay, 'db'>): Promise<boolean> =>
  (await getValue(db, NAME)) !== null;

/** To be mounted before the built till's routes. No `Clear-Site-Data` header: it could erase the shop's records. */
export const withdrawalRoutes = (relay: Relay): Hono<Env> =>
  new Hono<Env>().get('/sw.js', async (c, next) => {
    if (!(await isWithdrawn(relay))) return next();
    return c.body(worker, 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-cache',
    });
  });
