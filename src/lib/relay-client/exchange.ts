// One HTTP exchange with the relay, ending in a named outcome.
// Throws only for a body that has no JSON, a bug. Decides by how `fetch` ended, never by message text.
import * as z from 'zod/mini';
import { gateRefusal, type GateRefusal } from '$lib/contract/till';
import { CONTRACT_HEADER, CONTRACT_VERSION } from '$lib/contract/version';

/**
 * No usable reply: a network error, a timeout, a 5xx (`server-error`), or a reply that does not match the contract.
 * `disk-failed`: nothing was sent, because the till cannot read the head of its journal, which it has to sign.
 */
export type Unreachable = {
  readonly kind: 'unreachable';
  readonly because: (typeof BECAUSE)[number];
};

const BECAUSE = [
  ...(['network', 'timeout', 'server-error', 'unexpected-reply', 'disk-failed'] as const),
];

/** True for outcomes without a usable reply. */
export function isUnreachable(outcome: unknown): outcome is Unreachable {
  if (typeof outcome !== 'object' || outcome === null) return false;
  if (!('kind' in outcome && 'because' in outcome) || outcome.kind !== 'unreachable') return false;
  // `unreachable` is also a provider's error kind, so the reason is checked too
  return (BECAUSE as readonly unknown[]).includes(outcome.because);
}

/** True if there was a reply that does not match the contract. */
export const isUnexpected = (outcome: unknown): boolean =>
  isUnreachable(outcome) && outcome.because === 'unexpected-reply';

/** How a call can end: one of its own replies, a refusal common to all calls, or no reply. */
export type Outcome<T> = T | GateRefusal | Unreachable;

export type Call<S extends z.ZodMiniType> = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly reply: S;
  readonly body?: unknown;
  readonly token?: string;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the default timeout. */
  readonly timeoutMs?: number;
  /** Whether the reply may be gzip: `{ kind: 'bytes', bytes }`. */
  readonly mayBeBytes?: true;
  /** The longest reply, characters or bytes, if the contract allows a longer one than usual. */
  readonly largest?: number;
};

export type Wire = {
  readonly fetch: typeof fetch;
  /** Scheme, host and port; the till is served by the relay, so this is its own origin. */
  readonly origin: string;
  readonly timeoutMs: number;
};

/** The longest usual reply, characters or bytes. */
const LARGEST_REPLY = 1_048_576;

/** Sends one request. A reply that matches neither the call's schema nor the common refusals is `unreachable`. */
export async function exchange<S extends z.ZodMiniType>(
  wire: Wire,
  call: Call<S>,
): Promise<Outcome<z.output<S>>> {
  // outside the `try`, because a body that has no JSON is not a network failure
  const body = call.body === undefined ? {} : { body: bodyTextOf(call) };
  const stop = AbortSignal.timeout(call.timeoutMs ?? wire.timeoutMs);
  let status: number;
  let content: string | Uint8Array;
  try {
    const response = await wire.fetch(`${wire.origin}/api/v1${call.path}`, {
      method: call.method,
      headers: {
        [CONTRACT_HEADER]: String(CONTRACT_VERSION),
        ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(call.token === undefined ? {} : { Authorization: `Bearer ${call.token}` }),
        ...call.headers,
      },
      ...body,
      cache: 'no-store',
      redirect: 'error',
      credentials: 'omit',
      signal: stop,
    });
    status = response.status;
    // the timeout covers the body too: a relay that stops half-way must not block the till
    const isGzip = response.headers.get('content-type') === 'application/gzip';
    const reading: Promise<string | Uint8Array> =
      isGzip && call.mayBeBytes
        ? response.arrayBuffer().then((bytes) => new Uint8Array(bytes))
        : response.text();
    content = await Promise.race([reading, refusedAt(stop)]);
  } catch {
    return { kind: 'unreachable', because: stop.aborted ? 'timeout' : 'network' };
  }
  if (status >= 500 && status !== 503) return serverError;
  if (content.length > (call.largest ?? LARGEST_REPLY)) return unexpected;
  const json = status === 204 ? { kind: 'done' } : readContent(content);
  const reply = z.safeParse(call.reply, json);
  if (reply.success) return reply.data;
  const refusal = z.safeParse(gateRefusal, json);
  if (refusal.success) return refusal.data;
  return status >= 500 ? serverError : unexpected;
}

/** Fails at the timeout. Node’s `fetch` with `redirect: 'error'` may forget the signal while a body arrives (nodejs/undici 4627). */
const refusedAt = (stop: AbortSignal): Promise<never> =>
  new Promise((_, refuse) => {
    const late = (): void => refuse(new Error('late'));
    if (stop.aborted) late();
    else stop.addEventListener('abort', late, { once: true });
  });

/** The body as it is sent; empty without one. */
export function bodyTextOf({ body }: Pick<Call<z.ZodMiniType>, 'body'>): string {
  return body === undefined ? '' : JSON.stringify(body);
}

const unexpected: Unreachable = { kind: 'unreachable', because: 'unexpected-reply' };
const serverError: Unreachable = { kind: 'unreachable', because: 'server-error' };

function readContent(content: string | Uint8Array): unknown {
  if (typeof content !== 'string') return { kind: 'bytes', bytes: content };
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
