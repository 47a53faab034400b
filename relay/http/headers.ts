// Headers of every reply: what the pages of this origin may do.
import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { hostOf, addressee } from './address';
import type { Env } from './request';
import type { Relay } from '../context';

/**
 * The till's policy. No inline style or script: Svelte sets `style:` directives through CSSOM, which is allowed;
 * a `style="…"` attribute in markup would be refused.
 */
const TILL_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** Policy for the relay's own pages with one inline style and nothing else. */
export function pageCsp(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/** Policy for the relay's own pages with a script and a style file, which talk to the relay alone. */
export const SCRIPTED_PAGE_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // the till's own devices: scanner by camera, receipt printer
  'Permissions-Policy':
    'camera=(self), usb=(self), serial=(self), microphone=(), geolocation=(), payment=(), browsing-topics=()',
} as const;

/** Sets the headers; keeps a page's own Content-Security-Policy. */
export function securityHeaders(relay: Relay): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
    if (!c.res.headers.has('Content-Security-Policy'))
      c.res.headers.set('Content-Security-Policy', TILL_CSP);
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
    // never for localhost: a browser would then request https from every local program
    const https = relay.config.tls !== null || c.req.header('x-forwarded-proto') === 'https';
    const isPublic =
      relay.config.url?.startsWith('https:') && addressee(hostOf(c, relay), relay) === 'public';
    if (https && isPublic) c.res.headers.set('Strict-Transport-Security', 'max-age=31536000');
  };
}
