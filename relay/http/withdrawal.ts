// Withdraws a bad till from browsers: `/sw.js` becomes a worker that unregisters itself.
// Never touches what a till has stored.
import { Hono } from 'hono';
import type { Env } from './request';
import type { Relay } from '../context';
import { forget, keep, kept } from '../store/kv';
import worker from './withdrawal/worker.js?raw';

const NAME = 'till-withdrawn';

/** From now on, also after restarts, no browser keeps the till offline: each page comes from the relay. */
export function withdraw({ db, now }: Pick<Relay, 'db' | 'now'>): void {
  keep(db, NAME, Buffer.from(String(now())));
}

/** Browsers may install the current build of the till again. */
export function reinstate({ db }: Pick<Relay, 'db'>): void {
  forget(db, NAME);
}

/** Read for each request, as another process sets it. */
export function isWithdrawn({ db }: Pick<Relay, 'db'>): boolean {
  return kept(db, NAME) !== null;
}

/** To be mounted before the built till's routes. No `Clear-Site-Data` header: it could erase the shop's records. */
export function withdrawalRoutes(relay: Relay): Hono<Env> {
  return new Hono<Env>().get('/sw.js', (c, next) => {
    if (!isWithdrawn(relay)) return next();
    return c.body(worker, 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-cache',
    });
  });
}
