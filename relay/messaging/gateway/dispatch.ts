// The only outgoing calls of the relay: one request, ten seconds, 64 KiB, no redirects.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { allowedAddresses, ClosedAddress, parseBaseUrl } from './public-address';
import { headerOf, inAddress } from '../../providers/exchange';
import {
  failed,
  type HttpRequest,
  type HttpResponse,
  type ProviderError,
} from '../../providers/provider';

export const TIMEOUT_MS = 10_000;
const MOST_BYTES = 64 * 1024;
/** Pauses before retries; only requests that were surely not sent are retried. */
const RETRY_AFTER_MS = [150, 500] as const;

export type Dispatched = { readonly ok: true; readonly response: HttpResponse } | ProviderError;

/**
 * Sends the request and waits for the whole reply. Never throws.
 * `not_sent`: no byte left (refused, unknown name, TLS); `timeout_unknown`: the request was written, but no answer came;
 * `bad_reply`: an unreadable answer; `bad_request`: an address the relay does not call.
 */
export async function dispatch(
  request: HttpRequest,
  timeoutMs = TIMEOUT_MS,
  addressesOf = allowedAddresses,
): Promise<Dispatched> {
  const deadline = performance.now() + timeoutMs;
  const attempt = (): Promise<Dispatched> =>
    once(request, deadline - performance.now(), addressesOf);
  for (const pause of RETRY_AFTER_MS) {
    const outcome = await attempt();
    const again = !outcome.ok && outcome.kind === 'not_sent';
    if (!again || performance.now() + pause >= deadline) return outcome;
    await new Promise((resume) => setTimeout(resume, pause));
  }
  return attempt();
}

async function once(
  request: HttpRequest,
  timeoutMs: number,
  addressesOf: typeof allowedAddresses,
): Promise<Dispatched> {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  if (url === null || parseBaseUrl(url.origin) === null) return failed('bad_request');
  const started = performance.now();
  try {
    const addresses = await within(timeoutMs, addressesOf(url.hostname));
    // connect to the address that was just checked: a second look-up could differ
    const lookup: LookupFunction = (_host, options, found) => {
      const first = addresses[0];
      if (options.all) found(null, [...addresses]);
      else found(null, first?.address ?? '', first?.family);
    };
    return await exchange(request, url, lookup, timeoutMs - (performance.now() - started));
  } catch (error) {
    const ours = error instanceof ClosedAddress || codeOf(error) === 'ERR_INVALID_CHAR';
    return failed(ours ? 'bad_request' : 'not_sent');
  }
}

function exchange(
  request: HttpRequest,
  url: URL,
  lookup: LookupFunction,
  timeoutMs: number,
): Promise<Dispatched> {
  return new Promise((settle) => {
    const secure = url.protocol === 'https:';
    const body = bodyOf(request);
    let written = false;
    const outgoing = (secure ? httpsRequest : httpRequest)(url, {
      method: request.method,
      agent: false, // a connection of its own: only then is it certain whether bytes left
      lookup,
      headers: {
        ...(headerOf(request.headers, 'accept') === undefined
          ? { Accept: 'application/json' }
          : {}),
        ...request.headers,
        'Accept-Encoding': 'identity',
        ...(body === null ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
      },
    });
    const end = (outcome: Dispatched): void => {
      clearTimeout(timer);
      settle(outcome);
      outgoing.destroy();
    };
    const silent = (): void => end(failed(written ? 'timeout_unknown' : 'not_sent'));
    const timer = setTimeout(silent, Math.max(1, timeoutMs));
    outgoing.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => (written = true));
    });
    outgoing.on('error', (error) => {
      // the reply was not HTTP: an answer, but unreadable
      if (codeOf(error).startsWith('HPE_')) end(failed('bad_reply'));
      else silent();
    });
    outgoing.on('response', (incoming) => read(incoming, end, silent));
    outgoing.end(body ?? undefined);
  });
}

function read(
  incoming: IncomingMessage,
  end: (outcome: Dispatched) => void,
  silent: () => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) end(failed('bad_reply'));
    else chunks.push(chunk);
  });
  incoming.on('error', silent);
  incoming.on('close', () => {
    if (!incoming.complete) silent();
  });
  incoming.on('end', () => {
    if (!incoming.complete) return;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(incoming.headers))
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    const status = incoming.statusCode ?? 0;
    const text = decoded(Buffer.concat(chunks), headers['content-type']);
    // a redirect's target was not checked; of an error reply only the status counts
    const believed = (status < 300 && text !== null) || status >= 400;
    if (believed) end({ ok: true, response: { status, headers, text: text ?? '' } });
    else end(failed('bad_reply', { providerText: `HTTP ${status}` }));
  });
}

/** Decodes UTF-8, or the charset that the reply names; null for invalid bytes. */
function decoded(bytes: Buffer, type = ''): string | null {
  const named = /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  for (const charset of ['utf-8', named])
    try {
      return new TextDecoder(charset, { fatal: true }).decode(bytes);
    } catch {
      continue; // not in this charset, or an unknown charset
    }
  return null;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

function bodyOf({ body }: HttpRequest): string | null {
  if (body.type === 'none') return null;
  if (body.type === 'json') return JSON.stringify(body.json);
  return new URLSearchParams({ ...body.fields }).toString();
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new Error('late')), Math.max(1, timeoutMs));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The text with every secret blanked, also URL-encoded ones. For a provider's words that an administrator reads. */
export function redact(text: string, secrets: readonly string[]): string {
  const spellings = secrets
    .filter((secret) => secret.length > 3)
    .flatMap((secret) => [secret, inAddress(secret)])
    .sort((a, b) => b.length - a.length);
  return spellings.reduce((blanked, secret) => blanked.replaceAll(secret, '···'), text);
}
