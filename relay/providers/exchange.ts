// Shared parts of adapters: addresses, bodies, credentials, HTTP statuses.
import { decimalOf, readJson, type Json } from './json-text';
import {
  failed,
  type Balance,
  type Config,
  type Delivery,
  type DeliveryState,
  type ErrorKind,
  type Exchange,
  type HttpRequest,
  type HttpResponse,
  type ProviderError,
  type Result,
  type SendReceipt,
  type SendRequest,
} from './provider';

/** A channel for the shop's own text with our code in it; each service says what is different. */
export const freeText = {
  codeOrigin: 'ours',
  codeDigits: { min: 4, max: 8 },
  leadingZero: true,
  text: 'free',
  sender: 'optional',
  testMode: false,
  statusPull: false,
  statusPush: false,
  costInSendReply: false,
  evidence: 'documented',
} as const;

/** A call whose code the service chooses. */
export const codeCall = {
  ...freeText,
  channel: 'call',
  codeOrigin: 'provider',
  codeDigits: { min: 4, max: 4 },
  text: 'none',
  sender: 'none',
} as const;

/** The service cannot do this with these settings. A bug of the caller, who has to check the capabilities first. */
export class NotOffered extends Error {}

/** A setting without the spaces and line breaks of pasting; '' where it is not set. */
export const setting = (config: Config, key: string): string => (config[key] ?? '').trim();

export const isOn = (config: Config, key: string): boolean =>
  ['1', 'true', 'on', 'yes'].includes(setting(config, key).toLowerCase());

/** Whether there are no settings at all: capabilities then list everything the service could do, for the settings screen. */
export const isBlank = (config: Config): boolean => Object.keys(config).length === 0;

/** The base URL: the vendor's, or the manager's override. */
export const home = (config: Config, vendor: string): string =>
  (setting(config, 'baseUrl') || vendor).replace(/\/+$/, '');

export const digits = (phone: string): string => phone.replace(/\D/g, '');

/** Our code, for a channel that takes it as a number. Throws `NotOffered` for a leading zero, which would be lost. */
export function numericCode(request: SendRequest): number {
  const code = ourCode(request);
  if (!/^[1-9]\d{0,14}$/.test(code)) throw new NotOffered('a code here cannot begin with 0');
  return Number(code);
}

/** Requires a text or a code; a notice has no code. */
export function needText(request: SendRequest): void {
  if (!request.text && !request.code) throw new NotOffered('neither text nor code to send');
}

export function ourCode(request: SendRequest): string {
  if (request.code === undefined || request.code === '') throw new NotOffered('no code to send');
  return request.code;
}

export const formPost = (
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): HttpRequest => ({
  method: 'POST',
  url,
  headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
  body: { type: 'form', fields },
});

export const jsonPost = (
  url: string,
  json: object,
  headers: Readonly<Record<string, string>> = {},
): HttpRequest => ({
  method: 'POST',
  url,
  headers: { ...headers, 'Content-Type': 'application/json' },
  body: { type: 'json', json },
});

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

/**
 * Percent-encodes text. Lone surrogates, as a field's length limit can leave them, are replaced: they must not prevent
 * sending.
 */
export const inAddress = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));

/** What logs must blank: credentials, also as they appear in headers and URLs; number, code and text of the message. */
function secretsOf(
  request: HttpRequest,
  credentials: readonly string[],
  sent?: SendRequest,
): readonly string[] {
  const header = request.headers['Authorization']?.replace(/^\w+ /, '') ?? '';
  const message = [digits(sent?.phone ?? ''), sent?.code ?? '', sent?.text ?? ''];
  const all = [...credentials, header, ...message];
  return [...new Set(all.flatMap((it) => [it, inAddress(it)]))].filter((it) => it !== '');
}

/**
 * Makes the exchanges of one service: hides the same credentials, and runs `open` on every reply first, so that `read` sees
 * no refusals.
 */
export const exchangesOf =
  <R>(open: (response: HttpResponse) => Result<R>, credentials: readonly string[]) =>
  <T>(
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

/** Kinds less specific than HTTP's own "too many requests". */
const SAYS_LITTLE: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'unknown',
  'bad_reply',
  'bad_request',
  'temporary',
]);

/** Adds what HTTP says: 429 is a limit where the body names nothing more specific; Retry-After applies to every reason. */
function byHttp(refusal: ProviderError, response: HttpResponse): ProviderError {
  const isLimit = response.status === 429 && SAYS_LITTLE.has(refusal.kind);
  const retryAfterSec = refusal.retryAfterSec ?? retryAfter(response);
  return {
    ...refusal,
    ...(isLimit ? { kind: 'rate_limit_account' } : {}),
    ...known({ retryAfterSec }),
  };
}

/** Turns a refusal with this code, which means that the service does not know the message, into a delivery state. */
export function orNotFound(exchange: Exchange<Delivery>, code: string): Exchange<Delivery> {
  const parse = (response: HttpResponse): Result<Delivery> => {
    const result = exchange.parse(response);
    return !result.ok && result.providerCode === code ? { ok: true, state: 'not_found' } : result;
  };
  return { ...exchange, parse };
}

type Unknown<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** The receipt with this id and what else is known; without an id, `otherwise`. */
export const receiptOf = (
  id: string | null,
  otherwise: ProviderError,
  rest: Unknown<Omit<SendReceipt, 'providerMessageId'>> = {},
): Result<SendReceipt> =>
  id === null ? otherwise : { ok: true, providerMessageId: id, ...known(rest) };

/** The balance in a reply; without an amount, `otherwise`. */
export function balanceOf(
  amount: Json | undefined,
  otherwise: ProviderError,
  currency: string | null,
): Result<Balance> {
  const decimal = decimalOf(amount);
  return decimal === null ? otherwise : { ok: true, amount: decimal, ...known({ currency }) };
}

/** Drops fields that are null, undefined or ''. */
export const known = <T extends Readonly<Record<string, unknown>>>(
  fields: T,
): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => (value ?? '') !== '')) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

/** A service's table of codes, from lists of all codes with the same meaning. */
function byCode<T extends string>(codes: {
  readonly [meaning in T]?: readonly (string | number)[];
}): Readonly<Record<string, T>> {
  const lists = Object.entries(codes) as [T, readonly (string | number)[]][];
  return Object.fromEntries(lists.flatMap(([meaning, list]) => list.map((it) => [it, meaning])));
}
export const kindsByCode = byCode<ErrorKind>;
export const statesByCode = byCode<DeliveryState>;

/** An entry of a table; never an inherited name such as `constructor`. */
export const entry = <T>(table: Readonly<Record<string, T>>, key: string | null): T | undefined =>
  key !== null && Object.hasOwn(table, key) ? table[key] : undefined;

type Words = {
  readonly code?: string | null;
  readonly text?: string | null;
  readonly retryAfterSec?: number | null;
};

export const refused = (kind: ErrorKind, words: Words = {}): ProviderError =>
  failed(
    kind,
    known({
      providerCode: words.code,
      providerText: words.text?.slice(0, 500),
      retryAfterSec: words.retryAfterSec,
    }),
  );

/** The meaning of an HTTP status where the body adds nothing; null where it means nothing by itself. */
export function kindOfStatus(status: number): ErrorKind | null {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'no_money';
  if (status === 408) return 'temporary';
  if (status === 429) return 'rate_limit_account';
  return status >= 500 ? 'temporary' : null;
}

/** An unreadable reply: judged by its status, otherwise `bad_reply`. */
export const unreadable = (response: HttpResponse): ProviderError =>
  refused(kindOfStatus(response.status) ?? 'bad_reply', {
    text: `HTTP ${response.status}`,
  });

/** The same for services that always answer HTTP 200: a page with 401 or 403 comes from a proxy or firewall in between. */
export function garbled(response: HttpResponse): ProviderError {
  const theirs =
    response.status === 429 || response.status >= 500 || readJson(response.text) !== undefined;
  return theirs ? unreadable(response) : refused('bad_reply', { text: `HTTP ${response.status}` });
}

/** Seconds from a Retry-After header; a date is compared with the reply's own date, as clocks differ. */
function retryAfter({ headers }: HttpResponse): number | null {
  const value = headerOf(headers, 'retry-after')?.trim() ?? '';
  if (/^\d{1,6}$/.test(value)) return Number(value);
  // only dates: `Date.parse` reads "-5" as a year
  const wait = /GMT$/.test(value)
    ? Date.parse(value) - Date.parse(headerOf(headers, 'date') ?? '')
    : NaN;
  return Number.isNaN(wait) ? null : Math.max(0, Math.ceil(wait / 1000));
}

/** A header by its name, case-insensitive. */
export const headerOf = (
  headers: Readonly<Record<string, string>>,
  name: string,
): string | undefined =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];

export const isSuccess = (response: HttpResponse): boolean =>
  response.status >= 200 && response.status < 300;
