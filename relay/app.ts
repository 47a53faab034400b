// Assembles the app: checks for every request, the API, the pages, the built till.
import { Hono, type MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { CONTRACT_HEADER, CONTRACT_VERSION } from '$lib/contract/version';
import {
  addressee,
  hostOf,
  isCrossOrigin,
  isForwarded,
  isNavigation,
  localOrigin,
} from './http/address';
import { apiOf } from './api';
import { customerPageRoutes } from './challenges/customer-page';
import type { Relay } from './context';
import { securityHeaders } from './http/headers';
import { wrongAddressPage } from './http/pages';
import { Refused, type Env } from './http/request';
import { routerOf } from './http/router';
import { tillRoutes as staticTillRoutes } from './http/static-till';
import { withdrawalRoutes } from './http/withdrawal';
import { demoPhoneRoutes } from './messaging/demo/demo-phone';
import { CALLBACKS } from './messaging/gateway/callbacks';
import { DOCUMENT_PATH } from './openapi/route';

/** The whole relay as one Hono app; the caller closes `relay`. */
export function createApp(relay: Relay): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    relay.log({ event: 'request-failed', method: c.req.method, ...traceOf(error) });
    return c.json({ kind: 'relay-failed' }, 500);
  });
  app.notFound((c) => c.json({ kind: 'not-found' }, 404));
  app.use(securityHeaders(relay), checkAddress(relay), async (c, next) => {
    c.set('relay', relay);
    await next();
  });
  app
    .use('/api/v1/*', checkContract)
    .route('/api/v1', routerOf(Object.values(apiOf(relay)).flat()));
  app.route('/', demoPhoneRoutes(relay));
  app.route('/', customerPageRoutes(relay));
  app.route('/', withdrawalRoutes(relay));
  app.route('/', staticTillRoutes(relay));
  return app;
}

/** Refuses a foreign `Host` (DNS rebinding) and requests from pages of other origins. */
function checkAddress(relay: Relay): MiddlewareHandler<Env> {
  return async (c, next) => {
    const to = addressee(hostOf(c, relay), relay);
    const navigation = isNavigation(c);
    if (to === 'foreign') {
      if (navigation) return wrongAddressPage(relay.config.url ?? localOrigin(relay));
      throw new Refused(421, { kind: 'wrong-address' });
    }
    if (to === 'local-by-number' && navigation && !isForwarded(c)) {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(localOrigin(relay) + pathname + search, 307);
    }
    const foreign = !navigation && !c.req.path.startsWith(CALLBACKS) && isCrossOrigin(c, relay);
    if (foreign) throw new Refused(403, { kind: 'cross-origin' });
    return next();
  };
}

/** Routes that a client of any version may call. */
const UNVERSIONED: ReadonlySet<string> = new Set(['/api/v1/health', DOCUMENT_PATH]);

const checkContract: MiddlewareHandler<Env> = async (c, next) => {
  const free = UNVERSIONED.has(c.req.path) || c.req.path.startsWith(CALLBACKS);
  if (!free && c.req.header(CONTRACT_HEADER) !== String(CONTRACT_VERSION))
    throw new Refused(426, { kind: 'contract-mismatch', relay: CONTRACT_VERSION });
  await next();
};

/** Name and stack positions of an error. Its message may quote a customer or provider and is never logged. */
function traceOf(error: Error): { error: string; trace: string } {
  const places = error.stack?.match(/^\s+at .*$/gm) ?? [];
  return {
    error: error.name,
    trace: places
      .slice(0, 4)
      .map((place) => place.trim())
      .join(' < '),
  };
}
