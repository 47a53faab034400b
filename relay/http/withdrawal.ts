// Withdraws a bad till from browsers: `/sw.js` becomes a worker that unregisters itself.
// Never touches what a till has stored.
// Never touches what a till has stored.
// Never touches what a till has stored.
import { Hono } from 'hono';
import type { Env } from './request';
import type { Relay } from '../context';
import { forget, keep, kept } from '../store/kv';
import worker from './withdrawal/worker.js?raw';

const NAME = 'till-withdrawn';

/** From now on, and over restarts, no browser keeps the till for itself: each page comes from the relay. */
export function withdraw({ db, now }: Pick<Relay, 'db' | 'now'>): void {
  keep(db, NAME, Buffer.from(String(now())));
}

/** Browsers may install the till again, the one that is built now. */
export function reinstate({ db }: Pick<Relay, 'db'>): void {
  forget(db, NAME);
}

/** Asked anew each time: the word is given by another process. */
export function isWithdrawn({ db }: Pick<Relay, 'db'>): boolean {
  return kept(db, NAME) !== null;
}

/** Before the built till's own routes. No `Clear-Site-Data`: one word more in it would erase the shop's records. */
export function withdrawalRoutes(relay: Relay): Hono<Env> {
  return new Hono<Env>().get('/sw.js', (c, next) => {
    if (!isWithdrawn(relay)) return next();
    return c.body(worker, 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-cache',
    });
  });
}
