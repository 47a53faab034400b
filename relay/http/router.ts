// Registers routes by their descriptions: lets a request in, reads its input, sends the reply.
import { Hono, type Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { admit } from './auth';
import { malformed, pathId, readBody } from './json-body';
import type { Env } from './request';
import { kindsOf, type Route } from './route';

/** The routes with their handlers. */
export function routerOf(routes: readonly Route[]): Hono<Env> {
  const router = new Hono<Env>();
  for (const route of routes) {
    const { method, path, access, body, bounds, query = {}, handle } = route;
    const statuses = statusesOf(route);
    router.on(method, path, async (c) => {
      await admit(c, access);
      const read = body && (await readBody(c, body, bounds?.(c)));
      const answer = await handle({
        c,
        till: c.get('till'),
        operator: c.get('operator'),
        body: read,
        id: path.includes('/:id') ? pathId(c) : '',
        query: Object.fromEntries(
          Object.entries(query).map(([name, { read }]) => {
            const value = read(c.req.query(name));
            if (value === undefined) throw malformed(name);
            return [name, value];
          }),
        ),
      });
      return respond(c, answer, statuses);
    });
  }
  return router;
}

/** The status of each kind of reply; that of a reply without a kind is at `''`. */
function statusesOf({ replies }: Route): ReadonlyMap<string, number> {
  const statuses = new Map<string, number>();
  for (const { status, schema } of replies) {
    const kinds = schema === null || typeof schema === 'string' ? [] : kindsOf(schema);
    for (const kind of ['', ...kinds]) if (!statuses.has(kind)) statuses.set(kind, status);
  }
  return statuses;
}

function respond(
  c: Context<Env>,
  answer: unknown,
  statuses: ReadonlyMap<string, number>,
): Response {
  if (answer instanceof Response) return answer;
  if (answer === null) return c.body(null, 204);
  const { kind = '' } = answer as { readonly kind?: string };
  const status = statuses.get(kind);
  if (status === undefined) throw new Error(`a reply that its route does not describe: ${kind}`);
  return c.json(answer, status as ContentfulStatusCode);
}
