// Parses the JSON body, path and query of a request strictly; refuses the rest as `malformed`.
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type * as z from 'zod/mini';
import { id } from '$lib/contract/values';
import { Refused, type Env } from './request';

/** Largest body of an ordinary request, bytes. */
export const BODY_LIMIT = 64 * 1024;
export const DEPTH_LIMIT = 16;
const UNSAFE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** How large, in bytes, and how deep a body may be. */
export type BodyBounds = {
  readonly bytes: number;
  readonly depth: number;
  /** Name of a list in which unsafe or too deep parts are removed; anywhere else they make the body refused. */
  readonly pruned?: string;
};
const ORDINARY: BodyBounds = { bytes: BODY_LIMIT, depth: DEPTH_LIMIT };

/** Parses the JSON body by a strict schema; refuses anything else as `malformed`. */
export async function readBody<S extends z.ZodMiniType>(
  c: Context<Env>,
  schema: S,
  bounds: BodyBounds = ORDINARY,
): Promise<z.output<S>> {
  const parsed = schema.safeParse(await readJson(c, bounds));
  if (!parsed.success) throw malformed(pathOf(parsed.error.issues[0]));
  return parsed.data;
}

/** The id in the path; throws `malformed` where it is invalid. */
export function pathId(c: Context<Env>, name = 'id'): string {
  const parsed = id.safeParse(c.req.param(name));
  if (!parsed.success) throw malformed(name);
  return parsed.data;
}

/** A time in the path, ms; throws `malformed` unless it is a whole number. */
export function pathTime(c: Context<Env>, name: string): number {
  const given = c.req.param(name) ?? '';
  if (!/^\d{1,15}$/.test(given)) throw malformed(name);
  return Number(given);
}

/** The refusal of input that does not fit the contract. `path` names the place, never the value. */
export const malformed = (path: string, status: ContentfulStatusCode = 400): Refused =>
  new Refused(status, { kind: 'malformed', path });

async function readJson(c: Context<Env>, { bytes, depth, pruned }: BodyBounds): Promise<unknown> {
  const type = (c.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  // an HTML form of another site cannot send this type
  if (type !== 'application/json') throw malformed('content-type', 415);
  let json: unknown;
  try {
    json = JSON.parse(await readText(c, bytes));
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw malformed('');
  }
  if (pruned !== undefined) json = pruneList(json, pruned, depth);
  if (!isSafe(json, depth)) throw malformed('');
  return json;
}

function pruneList(json: unknown, name: string, depth: number): unknown {
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]: [string, unknown]) => [
      key,
      key === name && Array.isArray(value) ? value.map((each) => prune(each, depth - 2)) : value,
    ]),
  );
}

/** The value without keys that could reach a prototype, and with null for what is nested too deep. */
function prune(value: unknown, depth: number): unknown {
  if (isSafe(value, depth)) return value;
  if (depth === 0) return null;
  if (Array.isArray(value)) return value.map((each) => prune(each, depth - 1));
  return Object.fromEntries(
    Object.entries(value as object)
      .filter(([key]) => !UNSAFE_KEYS.has(key))
      .map(([key, inner]) => [key, prune(inner, depth - 1)]),
  );
}

/** The body as text, read up to `limit` bytes; throws `too-large` beyond, `TypeError` for broken UTF-8. */
export async function readText(c: Context<Env>, limit: number): Promise<string> {
  const read: string | undefined = c.get('bodyText');
  if (read !== undefined) return read;
  const text = await readStream(c, limit);
  c.set('bodyText', text);
  return text;
}

async function readStream(c: Context<Env>, limit: number): Promise<string> {
  const tooLarge = new Refused(413, { kind: 'too-large' });
  if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge;
  const parts: Uint8Array[] = [];
  let size = 0;
  // the stream of Node: the one of `Request` costs more than the rest of an ordinary request
  const incoming: AsyncIterable<Uint8Array> = c.env.incoming.iterator({ destroyOnReturn: false });
  for await (const part of incoming) {
    size += part.length;
    if (size > limit) throw tooLarge;
    parts.push(part);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
}

/** Whether it is nested at most `depth` deep and no key can reach a prototype. */
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
