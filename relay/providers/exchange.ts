// What adapters share: addresses, bodies, credentials, and the meaning of HTTP statuses.
import { readJson } from './json-text';
import {
  failed,
  type Config,
  type Delivery,
  type ErrorKind,
  type Exchange,
  type HttpRequest,
  type HttpResponse,
  type ProviderError,
  type Result,
  type SendRequest,
} from './provider';

/** Asked for what this service cannot do with these settings: a mistake of the caller, who looks at the capabilities first. */
export class NotOffered extends Error {}

/** A setting as typed, without the spaces and line breaks that pasting brings along; '' where it is not set. */
export const setting = (config: Config, key: string): string => (config[key] ?? '').trim();

export const isOn = (config: Config, key: string): boolean =>
  ['1', 'true', 'on', 'yes'].includes(setting(config, key).toLowerCase());

/** Before there are any settings at all, capabilities tell what the service could do: the settings window asks so. */
export const isBlank = (config: Config): boolean => Object.keys(config).length === 0;

/** Where requests go: the vendor's own address, or the manager's override. */
export const home = (config: Config, vendor: string): string =>
  (setting(config, 'baseUrl') || vendor).replace(/\/+$/, '');

export const digits = (phone: string): string => phone.replace(/\D/g, '');

/** The code of a channel that takes it as a number; a leading zero would be lost on the way. */
export function numericCode(request: SendRequest): number {
  const code = ourCode(request);
  if (!/^[1-9]\d{0,14}$/.test(code)) throw new NotOffered('a code here cannot begin with 0');
  return Number(code);
}

/** A free text: one with our code in it, or a notice that carries none. */
export function needText(request: SendRequest): void {
  if (!request.text && !request.code) throw new NotOffered('neither text nor code to send');
}

export function ourCode(request: SendRequest): string {
  if (request.code === undefined || request.code === '') throw new NotOffered('no code to send');
  return request.code;
}

export function formPost(
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: { type: 'form', fields },
  };
}

export function jsonPost(
  url: string,
  json: object,
  headers: Readonly<Record<string, string>>,
): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: { type: 'json', json },
  };
}

export function get(url: string, headers: Readonly<Record<string, string>>): HttpRequest {
  return { method: 'GET', url, headers, body: { type: 'none' } };
}

export const bearer = (token: string): Record<string, string> => ({
  Authorization: `Bearer ${token}`,
});

export const basic = (user: string, password: string): Record<string, string> => ({
  Authorization: `Basic ${basicToken(user, password)}`,
});

export function basicToken(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return btoa(String.fromCharCode(...bytes));
}

/** As it stands in an address. Half an emoji, cut by a field's length, is no reason not to send. */
export const inAddress = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));

/** What must be blanked in any log: credentials, also as they stand in headers and addresses; number, code and text of the message. */
export function secretsOf(
  request: HttpRequest,
  credentials: readonly string[],
  sent?: SendRequest,
): readonly string[] {
  const header = request.headers['Authorization']?.replace(/^\w+ /, '') ?? '';
  const message = [digits(sent?.phone ?? ''), sent?.code ?? '', sent?.text ?? ''];
  const all = [...credentials, header, ...message];
  return [...new Set(all.flatMap((it) => [it, inAddress(it)]))].filter((it) => it !== '');
}

type Opened = { readonly ok: true };

/**
 * How all exchanges of one service are made: the same credentials are hidden, and the same `open` looks at every reply first,
 * so that only what is no refusal is read.
 */
export function exchangesOf<R extends Opened>(
  open: (response: HttpResponse) => R | ProviderError,
  credentials: readonly string[],
) {
  return <T>(
    config: Config,
    request: HttpRequest,
    read: (reply: R, response: HttpResponse) => Result<T>,
    sent?: SendRequest,
  ): Exchange<T> => ({
    request,
    secrets: secretsOf(
      request,
      credentials.map((key) => setting(config, key)),
      sent,
    ),
    parse: (response) => {
      const reply = open(response);
      const result = reply.ok ? read(reply, response) : reply;
      return result.ok ? result : byHttp(result, response);
    },
  });
}

/** Kinds that say less than HTTP's own "too many requests". */
const SAYS_LITTLE: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'unknown',
  'bad_reply',
  'bad_request',
  'temporary',
]);

/** A refusal with what HTTP tells of it: 429 is a limit where the body names nothing better, and Retry-After holds whatever the reason. */
function byHttp(refusal: ProviderError, response: HttpResponse): ProviderError {
  const isLimit = response.status === 429 && SAYS_LITTLE.has(refusal.kind);
  const retryAfterSec = refusal.retryAfterSec ?? retryAfter(response);
  return {
    ...refusal,
    ...(isLimit ? { kind: 'rate_limit_account' } : {}),
    ...known({ retryAfterSec }),
  };
}

/** A refusal by this code says that the service does not know the message: an answer like others. */
export function orNotFound(result: Result<Delivery>, code: string): Result<Delivery> {
  return !result.ok && result.providerCode === code ? { ok: true, state: 'not_found' } : result;
}

/** Only what is known, without empty places. */
export function known<T extends Readonly<Record<string, unknown>>>(
  fields: T,
): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}

/** An entry of a table; names every object has (`constructor`) are none. */
export function entry<T>(table: Readonly<Record<string, T>>, key: string | null): T | undefined {
  return key !== null && Object.hasOwn(table, key) ? table[key] : undefined;
}

type Words = {
  readonly code?: string | null;
  readonly text?: string | null;
  readonly retryAfterSec?: number | null;
};

export function refused(kind: ErrorKind, words: Words = {}): ProviderError {
  return failed(
    kind,
    known({
      providerCode: words.code,
      providerText: words.text?.slice(0, 500),
      retryAfterSec: words.retryAfterSec,
    }),
  );
}

/** What an HTTP status means where the body adds nothing; null where it means nothing by itself. */
export function kindOfStatus(status: number): ErrorKind | null {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'no_money';
  if (status === 408) return 'temporary';
  if (status === 429) return 'rate_limit_account';
  return status >= 500 ? 'temporary' : null;
}

/** A reply nobody can read: the status may still tell something, otherwise it is garbage. */
export function unreadable(response: HttpResponse): ProviderError {
  return refused(kindOfStatus(response.status) ?? 'bad_reply', {
    text: `HTTP ${response.status}`,
  });
}

/** The same for services that answer HTTP 200 to everything: there a page with 401 or 403 comes from something in between. */
export function garbled(response: HttpResponse): ProviderError {
  const theirs =
    response.status === 429 || response.status >= 500 || readJson(response.text) !== undefined;
  return theirs ? unreadable(response) : refused('bad_reply', { text: `HTTP ${response.status}` });
}

/** Seconds from a Retry-After header; a date there counts from the reply's own date, since clocks differ. */
function retryAfter({ headers }: HttpResponse): number | null {
  const value = headerOf(headers, 'retry-after')?.trim() ?? '';
  if (/^\d{1,6}$/.test(value)) return Number(value);
  // only a date: `Date.parse` takes "-5" for a year
  const wait = /GMT$/.test(value)
    ? Date.parse(value) - Date.parse(headerOf(headers, 'date') ?? '')
    : NaN;
  return Number.isNaN(wait) ? null : Math.max(0, Math.ceil(wait / 1000));
}

/** A header whatever its capitals. */
export function headerOf(
  headers: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

export const isSuccess = (response: HttpResponse): boolean =>
  response.status >= 200 && response.status < 300;
