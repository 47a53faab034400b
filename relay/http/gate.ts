// The gate: session, elevation, strict JSON. What passes is typed; what doesn't gets a named refusal.
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler, Next } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type * as z from 'zod/mini';
import type { Right } from '$lib/contract/policy';
import { id } from '$lib/contract/values';
import { may } from '$lib/domain/policy';
import { hear } from '../tills/former-names';
import type { Relay } from '../relay';
import type { Session } from '../tills/sessions';
import { minuteOf } from '../store/presence';
import { tillById, type TillRow } from '../store/tills';

export type Env = {
  Bindings: HttpBindings;
  Variables: {
    relay: Relay;
    /** Set by `needSession` (and by `mayHaveSession` where there is one). */
    till: TillRow;
    session: Session;
    /** Set by `needElevation`. */
    operator: string;
  };
};

/** Largest body of an ordinary request, bytes. */
export const BODY_LIMIT = 64 * 1024;
const DEPTH_LIMIT = 16;
const UNSAFE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Ends the request with a named refusal, from anywhere inside it. */
export class Refused extends HTTPException {
  constructor(status: ContentfulStatusCode, reply: { kind: string; [field: string]: unknown }) {
    super(status, { res: Response.json(reply, { status }) });
  }
}

/** What a middleware of this file requires of a request. */
export type Requirement =
  | { readonly kind: 'session' }
  | { readonly kind: 'optional-session' }
  | { readonly kind: 'elevation'; readonly anyOf: readonly Right[] }
  | { readonly kind: 'body'; readonly schema: z.ZodMiniType };

const requirements = new WeakMap<object, Requirement>();

/** What this handler requires; null for any handler that was not made here. Compared with the API's document. */
export function requirementOf(handler: object): Requirement | null {
  return requirements.get(handler) ?? null;
}

function requiring<H extends object>(requirement: Requirement, handler: H): H {
  requirements.set(handler, requirement);
  return handler;
}

/** Lets only an enrolled till with a living session through; sets `till` and `session`. */
export const needSession: MiddlewareHandler<Env> = requiring(
  { kind: 'session' },
  async (c: Context<Env>, next: Next) => {
    const found = findSession(c);
    if (found === null) throw new Refused(401, { kind: 'session-unknown' });
    await next();
  },
);

/** Sets `till` and `session` when the request carries a bearer; one that is not known is refused all the same. */
export const mayHaveSession: MiddlewareHandler<Env> = requiring(
  { kind: 'optional-session' },
  async (c: Context<Env>, next: Next) => {
    if (c.req.header('authorization') !== undefined && findSession(c) === null)
      throw new Refused(401, { kind: 'session-unknown' });
    await next();
  },
);

function findSession(c: Context<Env>): Session | null {
  const relay = c.get('relay');
  const bearer = /^Bearer ([\w-]{43})$/.exec(c.req.header('authorization') ?? '');
  const session = bearer?.[1] ? relay.sessions.find(bearer[1], relay.now()) : null;
  if (!session) return null;
  // read each time: revoking must hold from the very next request
  const till = tillById(relay.db, session.till);
  if (till === null) throw new Refused(401, { kind: 'unknown-till' });
  if (till.revokedAt !== null) throw new Refused(401, { kind: 'revoked' });
  const minute = minuteOf(relay.now());
  if (session.heardIn !== minute) {
    hear(relay, till.id);
    session.heardIn = minute;
  }
  c.set('till', till);
  c.set('session', session);
  return session;
}

/**
 * The operator who has shown his PIN to the relay in this session, if the newest policy gives him one of the rights;
 * with no rights named, whoever he is. Otherwise ends the request.
 */
export function elevatedOperator(c: Context<Env>, anyOf: readonly Right[]): string {
  const relay = c.get('relay');
  const { elevation } = c.get('session');
  const kept = relay.policy();
  if (elevation === null || elevation.until <= relay.now() || kept === null)
    throw new Refused(403, { kind: 'elevation-needed' });
  const { operatorId } = elevation;
  if (anyOf.length > 0 && !anyOf.some((right) => may(kept.policy, operatorId, right)))
    throw new Refused(403, { kind: 'no-right' });
  return operatorId;
}

/** Whether the session's operator is elevated and has the right: for what is left out for everybody else, not refused. */
export function isElevated(c: Context<Env>, right: Right): boolean {
  const relay = c.get('relay');
  const { elevation } = c.get('session');
  const kept = relay.policy();
  if (elevation === null || elevation.until <= relay.now() || kept === null) return false;
  return may(kept.policy, elevation.operatorId, right);
}

/** After `needSession`: lets only an elevated operator with one of the rights through; sets `operator`. */
export function needElevation(...anyOf: readonly [Right, ...Right[]]): MiddlewareHandler<Env> {
  return requiring({ kind: 'elevation', anyOf }, async (c: Context<Env>, next: Next) => {
    c.set('operator', elevatedOperator(c, anyOf));
    await next();
  });
}

type JsonOf<S extends z.ZodMiniType> = { in: { json: z.input<S> }; out: { json: z.output<S> } };

/** How large, in bytes, and how deep a body may be. */
export type BodyBounds = { readonly bytes: number; readonly depth: number };
const ORDINARY: BodyBounds = { bytes: BODY_LIMIT, depth: DEPTH_LIMIT };

/** Reads the JSON body by a strict schema; then `c.req.valid('json')` is its value. Anything else is `malformed`. */
export function body<S extends z.ZodMiniType>(
  schema: S,
  boundsOf: (c: Context<Env>) => BodyBounds = () => ORDINARY,
): MiddlewareHandler<Env, string, JsonOf<S>> {
  return requiring({ kind: 'body', schema }, async (c: Context<Env>, next: Next) => {
    const json = await readJson(c, boundsOf(c));
    const parsed = schema.safeParse(json);
    if (!parsed.success) throw malformed(pathOf(parsed.error.issues[0]));
    c.req.addValidatedData('json', parsed.data as object);
    await next();
  });
}

/** The id in the path; `malformed` where it is none. */
export function pathId(c: Context<Env>, name = 'id'): string {
  const parsed = id.safeParse(c.req.param(name));
  if (!parsed.success) throw malformed(name);
  return parsed.data;
}

/** A cursor in the query, 0 where there is none; `malformed` where it is no whole number. */
export function cursorOf(c: Context<Env>, name: string): number {
  const given = c.req.query(name) ?? '0';
  if (!/^\d{1,15}$/.test(given)) throw malformed(name);
  return Number(given);
}

/** The refusal for what does not fit the contract. `path` names the place, never the value. */
export function malformed(path: string, status: ContentfulStatusCode = 400): Refused {
  return new Refused(status, { kind: 'malformed', path });
}

async function readJson(c: Context<Env>, { bytes, depth }: BodyBounds): Promise<unknown> {
  const type = (c.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  // also what keeps a foreign form from posting here
  if (type !== 'application/json') throw malformed('content-type', 415);
  let json: unknown;
  try {
    json = JSON.parse(await readText(c, bytes));
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw malformed('');
  }
  if (!isSafe(json, depth)) throw malformed('');
  return json;
}

/** The body as text, read no further than `limit` bytes: beyond it the request is refused with `too-large`. */
export async function readText(c: Context<Env>, limit: number): Promise<string> {
  const tooLarge = new Refused(413, { kind: 'too-large' });
  if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge;
  const body = c.req.raw.body as ReadableStream<Uint8Array> | null;
  const reader = body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.length;
    if (size > limit) throw tooLarge;
    parts.push(read.value);
  }
  // a lone surrogate or other broken UTF-8 is not JSON
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
}

/** Whether no nesting goes deeper and no key could reach a prototype. */
function isSafe(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  return Object.entries(value).every(
    ([key, inner]) => !UNSAFE_KEYS.has(key) && isSafe(inner, depth - 1),
  );
}

function pathOf(issue: z.core.$ZodIssue | undefined): string {
  if (!issue) return '';
  const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return [...issue.path, ...keys].map(String).join('.').slice(0, 200);
}
