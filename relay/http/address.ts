// The origin of a request and the address it names: socket, Host, Origin, Sec-Fetch-*.
import type { Context } from 'hono';
import { isLoopbackName } from '../config';
import type { Env } from './request';
import type { Relay } from '../context';

type Asked = Context<Env>;
type Addressed = Pick<Relay, 'config' | 'port'>;

/** Headers that proxies and content networks add. No browser sends one that begins with `x-`. */
const FORWARDING =
  /^(?:x-.+|forwarded|via|cdn-loop|cf-.+|fly-.+|fastly-.+|client-ip|true-client-ip)$/i;

/** The one origin of this machine, `http://localhost:8080`. */
export const localOrigin = (relay: Addressed): string =>
  new URL(`${relay.config.tls ? 'https' : 'http'}://localhost:${relay.port()}`).origin;

/** Every origin at which the till may be opened. */
export function ownOrigins(relay: Addressed): string[] {
  const { url } = relay.config;
  return url === null ? [localOrigin(relay)] : [localOrigin(relay), url];
}

/** `Host` as the browser sent it; a trusted proxy may forward it in another header. */
export function hostOf(c: Asked, relay: Addressed): string {
  const forwarded = relay.config.trustProxy ? c.req.header('x-forwarded-host') : undefined;
  return (forwarded ?? c.req.header('host') ?? '').trim().toLowerCase();
}

/** The kinds of `Host`. */
type Addressee = 'local' | 'local-by-number' | 'public' | 'foreign';

/** Classifies a `Host`: a loopback name with our port, the public address, or a foreign name (DNS rebinding). */
export function addressee(host: string, relay: Addressed): Addressee {
  const { url, tls } = relay.config;
  if (url !== null && host === new URL(url).host) return 'public';
  const match = /^(.+?)(?::(\d+))?$/.exec(host.replace(/^(\[[^\]]*\])$/, '$1'));
  if (!match?.[1] || !isLoopbackName(match[1])) return 'foreign';
  const port = match[2] === undefined ? (tls ? 443 : 80) : Number(match[2]);
  if (port !== relay.port()) return 'foreign';
  return match[1] === 'localhost' ? 'local' : 'local-by-number';
}

/** Whether the browser navigates, as opposed to a request made by a page. */
export function isNavigation(c: Asked): boolean {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return false;
  const mode = c.req.header('sec-fetch-mode');
  if (mode !== undefined) return mode === 'navigate';
  return (c.req.header('accept') ?? '').includes('text/html');
}

/** Whether a proxy forwarded the request: it has forwarding headers, or HTTP/1.0, which nginx uses by default and no browser does. */
export function isForwarded(c: Asked): boolean {
  if (c.env.incoming.httpVersionMajor === 1 && c.env.incoming.httpVersionMinor === 0) return true;
  return Object.keys(c.req.header()).some((name) => FORWARDING.test(name));
}

/** Whether a page of another origin makes the request. Browsers always send these headers; other programs may not. */
export function isCrossOrigin(c: Asked, relay: Addressed): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = c.req.header('origin');
  return origin !== undefined && !ownOrigins(relay).includes(origin.toLowerCase());
}

/** Client address for counting tries: the socket's, or behind a trusted proxy the last one it names. */
export function clientAddress(c: Asked, relay: Addressed): string {
  const forwarded = relay.config.trustProxy ? c.req.header('x-forwarded-for') : undefined;
  const last = forwarded?.split(',').at(-1)?.trim();
  return last || (c.env.incoming.socket.remoteAddress ?? 'unknown');
}

/**
 * Whether the request was made on this machine: socket and `Host` are loopback, it was not forwarded, and it does not come
 * from a page of another machine. Never with a public address or a trusted proxy: a proxy on this machine can pass on a
 * stranger's request so that it looks like one made here.
 */
export function isFromThisMachine(c: Asked, relay: Addressed): boolean {
  if (!mayBeLocal(relay.config) || isForwarded(c)) return false;
  const socket = c.env.incoming.socket.remoteAddress?.replace(/^::ffff:/i, '') ?? '';
  if (!isLoopbackName(socket)) return false;
  const to = addressee(hostOf(c, relay), relay);
  if (to !== 'local' && to !== 'local-by-number') return false;
  // a proxy that rewrites Host and adds nothing still forwards the Origin of the page
  const origin = c.req.header('origin');
  return origin === undefined || (URL.canParse(origin) && isLoopbackName(new URL(origin).hostname));
}

/** Whether a request can count as made on this machine at all. */
export const mayBeLocal = ({ url, trustProxy }: Relay['config']): boolean =>
  url === null && !trustProxy;
