// Serves the OpenAPI document without a session.
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { Env } from '../http/request';
import { writeDocument } from './document';

export const DOCUMENT_PATH = '/api/v1/openapi.json';

/** It changes only with the relay's version. */
const CACHE = 'public, max-age=300';

type Written = { readonly text: string; readonly etag: string };

/** `GET /openapi.json`; the document is built at the first request. */
export function documentRoutes(): Hono<Env> {
  let written: Written | null = null;
  return new Hono<Env>().get('/openapi.json', (c) => {
    const { text, etag } = (written ??= write());
    const headers = {
      'Content-Type': 'application/openapi+json; version=3.1',
      'Cache-Control': CACHE,
      ETag: etag,
    };
    const known = c.req.header('if-none-match')?.split(/\s*,\s*/) ?? [];
    if (known.includes(etag)) return c.body(null, 304, headers);
    return c.body(text, 200, headers);
  });
}

function write(): Written {
  const text = writeDocument();
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  return { text, etag: `"${hash}"` };
}
