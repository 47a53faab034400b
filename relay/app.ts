// Puts the relay together: checks that hold for every request, the API under /api/v1, and the built till.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { CONTRACT_HEADER, CONTRACT_VERSION } from '$lib/contract/version';
import { BODY_LIMIT, Refused, type Env } from './gate';
import type { Relay } from './relay';
import { sessionRoutes } from './sessions';

/** The whole relay as one Hono app; `relay` stays the caller's to close. */
export function createApp(relay: Relay): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    relay.log({ event: 'request-failed', method: c.req.method, error: error.name });
    return c.json({ kind: 'relay-failed' }, 500);
  });
  app.notFound((c) => c.json({ kind: 'not-found' }, 404));
  app.use(async (c, next) => {
    c.set('relay', relay);
    await next();
  });
  app.route('/api/v1', api(relay));
  return app;
}

function api(relay: Relay): Hono<Env> {
  const api = new Hono<Env>();
  api.use(async (c, next) => {
    const free = c.req.path === '/api/v1/health' || c.req.path.startsWith('/api/v1/callbacks/');
    if (!free && c.req.header(CONTRACT_HEADER) !== String(CONTRACT_VERSION))
      throw new Refused(426, { kind: 'contract-mismatch', relay: CONTRACT_VERSION });
    await next();
  });
  api.use(bodyLimit({ maxSize: BODY_LIMIT, onError: (c) => c.json({ kind: 'too-large' }, 413) }));
  api.route('/', sessionRoutes(relay));
  // developer B: api.route('/', challengeRoutes(relay)) and the others go here; the demo phone goes into createApp
  return api;
}
