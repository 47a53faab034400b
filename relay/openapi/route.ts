// Serves the OpenAPI document without a session.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { OPEN, reply, route, type Route } from '../http/route';
import { writeDocument, type Api } from './document';

export const DOCUMENT_PATH = '/api/v1/openapi.json';

/** It changes only with the relay's version. */
const CACHE = 'public, max-age=300';

type Written = { readonly text: string; readonly etag: string };

/** The document, which is built at the first request. */
export function documentRoutes(api: () => Api): Route[] {
  let written: Written | null = null;
  return [
    route('GET /openapi.json', {
      id: 'getDocument',
      summary: 'This document',
      description: 'Needs no contract header. Sent with an `ETag`; may be cached.',
      access: OPEN,
      replies: [
        reply(200, z.looseObject({ openapi: z.string() }), 'An OpenAPI 3.1 document.'),
        reply(304, null, 'The document with the `ETag` of `If-None-Match` is still the newest.'),
      ],
    }).handle(({ c }) => {
      const { text, etag } = (written ??= write(api()));
      const headers = {
        'Content-Type': 'application/openapi+json; version=3.1',
        'Cache-Control': CACHE,
        ETag: etag,
      };
      const known = c.req.header('if-none-match')?.split(/\s*,\s*/) ?? [];
      return known.includes(etag) ? c.body(null, 304, headers) : c.body(text, 200, headers);
    }),
  ];
}

function write(api: Api): Written {
  const text = writeDocument(api);
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  return { text, etag: `"${hash}"` };
}
