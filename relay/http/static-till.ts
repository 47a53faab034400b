// Serves the built till from memory, loaded at the start: an update appears as a whole.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { Hono, type Context } from 'hono';
import { isNavigation } from './address';
import type { Env } from './request';
import { notBuiltPage } from './pages';
import type { Relay } from '../context';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
};

type Bytes = Uint8Array<ArrayBuffer>;
type Encoding = 'br' | 'gzip';
type BuiltFile = {
  readonly raw: Bytes;
  readonly packed: Readonly<Partial<Record<Encoding, Bytes>>>;
  readonly type: string;
  readonly etag: string;
  readonly cache: string;
};

/** Paths for which the till's page is never served. */
const NOT_THE_TILL = /^\/(assets|api|demo-phone)(\/|$)/;

/** Serves the built till; a navigation to any other path gets its page. */
export function tillRoutes(relay: Relay): Hono<Env> {
  const files = readBuilt(relay.config.staticDir);
  const index = files.get('/index.html');
  return new Hono<Env>().get('*', async (c, next) => {
    const path = c.req.path === '/' ? '/index.html' : c.req.path;
    const file = files.get(path);
    if (file) return send(c, file);
    if (!isNavigation(c) || NOT_THE_TILL.test(path)) return next();
    return index ? send(c, index) : notBuiltPage();
  });
}

function readBuilt(dir: string): ReadonlyMap<string, BuiltFile> {
  const files = new Map<string, BuiltFile>();
  if (!existsSync(dir)) return files;
  for (const name of readdirSync(dir, { recursive: true }).map(String)) {
    const type = TYPES[extname(name)];
    if (type === undefined || !statSync(join(dir, name)).isFile()) continue;
    const path = `/${name.split(sep).join('/')}`;
    const raw = read(join(dir, name));
    if (raw === null) continue;
    const br = read(join(dir, `${name}.br`));
    const gzip = read(join(dir, `${name}.gz`));
    files.set(path, {
      raw,
      packed: { ...(br && { br }), ...(gzip && { gzip }) },
      type,
      etag: `W/"${createHash('sha256').update(raw).digest('base64url').slice(0, 22)}"`,
      // names under /assets/ carry a hash of their content
      cache: path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
  }
  return files;
}

const read = (path: string): Bytes | null =>
  existsSync(path) ? new Uint8Array(readFileSync(path)) : null;

function send(c: Context<Env>, file: BuiltFile): Response {
  const encoding = chooseEncoding(c.req.header('accept-encoding') ?? '', file);
  const headers = new Headers({
    'Content-Type': file.type,
    'Cache-Control': file.cache,
    ETag: file.etag,
    Vary: 'Accept-Encoding',
  });
  if (
    c.req
      .header('if-none-match')
      ?.split(/\s*,\s*/)
      .includes(file.etag)
  )
    return new Response(null, { status: 304, headers });
  if (encoding !== null) headers.set('Content-Encoding', encoding);
  return new Response((encoding !== null && file.packed[encoding]) || file.raw, { headers });
}

function chooseEncoding(accepted: string, file: BuiltFile): Encoding | null {
  const names = accepted
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';', 1)[0]?.trim());
  return (
    (['br', 'gzip'] as const).find((name) => file.packed[name] && names.includes(name)) ?? null
  );
}
