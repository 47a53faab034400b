// Parses a manager's JSON description of a messaging service that has no adapter.
import type { DescriptionProblem } from '$lib/contract/provider';
import { mistakeIn } from './json-text';
import type { Channel, CodeOrigin, ErrorKind } from './provider';
import { replyPattern } from './reply-pattern';

/** Compared as text, so `true`, `0` and `"0"` match what they look like. */
export type Expected = Readonly<Record<string, string>>;

export type Reading = {
  /** Any of these; empty: any 2xx. */
  readonly httpStatus: readonly number[];
  readonly jsonEquals: Expected;
  readonly bodyRegex: string | null;
};
type Failure = Reading & { readonly kind: ErrorKind };
export type Template = string | number | boolean | null | readonly Template[] | TemplateRecord;
type TemplateRecord = { readonly [key: string]: Template };

export type Call = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly type: 'form' | 'json'; readonly template: TemplateRecord } | null;
  readonly success: Reading;
  /** Name of a result → its path in the JSON (`$.data.id`, `$.list[0].id`). */
  readonly extract: Readonly<Record<string, string>>;
  readonly errors: readonly Failure[];
};

export type GenericSpec = {
  readonly channel: Channel;
  readonly codeOrigin: CodeOrigin;
  readonly send: Call;
  readonly balance: Call | null;
};

/** Where the description is wrong (`send.url`; line and column for invalid JSON), and how. */
export type SpecProblem = {
  readonly at: string;
  readonly because: DescriptionProblem;
};

type SpecRead =
  { readonly ok: true; readonly spec: GenericSpec } | ({ readonly ok: false } & SpecProblem);

/** Placeholders of a template; `:url` percent-encodes (implied in a URL). */
export const PLACEHOLDER = /\{([A-Za-z]+)(:[A-Za-z]+)?\}/g;
const PLACES = [
  ...(['phone', 'phonePlus', 'text', 'code', 'sender'] as const),
  ...(['secret', 'login', 'password', 'basic'] as const), // `basic`: login and password in the form of the header
];
export type Place = (typeof PLACES)[number];

const MOST_CHARS = 20_000;
/** All patterns of a call may be tried on one reply. */
const MOST_PATTERNS = 20;
const CHANNELS = ['sms', 'viber', 'whatsapp', 'call', 'telegram'] as const;
/** Without `timeout_unknown` and `not_sent`: only the relay knows them, and `not_sent` would be sent again. */
const KINDS = [
  ...['auth', 'account_not_ready', 'account_blocked', 'no_money', 'bad_phone', 'unreachable'],
  ...['recipient_blocked', 'region_forbidden', 'rate_limit_recipient', 'rate_limit_account'],
  ...['fraud_guard', 'duplicate', 'text_forbidden', 'text_not_approved', 'text_too_long'],
  ...['sender_not_approved', 'bad_request', 'temporary', 'bad_reply', 'unknown'],
] as readonly ErrorKind[];

/** Keys of each block. Others are refused: an ignored `sucess` would accept every reply. */
const WORDS = {
  whole: ['id', 'name', 'channel', 'codeOrigin', 'send', 'balance'], // `id` and `name` are for people
  call: ['method', 'url', 'headers', 'body', 'success', 'extract', 'errors'],
  body: ['type', 'template'],
  reading: ['httpStatus', 'jsonEquals', 'bodyRegex'],
  failure: ['httpStatus', 'jsonEquals', 'bodyRegex', 'kind'],
  results: {
    send: ['providerMessageId', 'cost', 'balanceAfter', 'codeChosenByProvider'],
    balance: ['amount', 'currency'],
  },
} as const;

class Wrong extends Error {
  constructor(
    readonly at: string,
    readonly because: SpecProblem['because'],
  ) {
    super(`${at}: ${because}`);
  }
}

/** Parses and checks a description. Pure; never throws; private addresses are refused at sending. */
export function readSpec(text: string): SpecRead {
  try {
    if (text.length > MOST_CHARS) throw new Wrong('', 'too-long');
    return { ok: true, spec: whole(parsed(text)) };
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, at: error.at, because: error.because };
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const before = text.slice(0, mistakeIn(text)).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw new Wrong(`${before.length}:${column}`, 'not-json');
  }
}

function whole(value: unknown): GenericSpec {
  const given = block(value, '', WORDS.whole);
  const channel = oneOf(CHANNELS, given['channel'] ?? 'sms', 'channel');
  const codeOrigin = oneOf(
    ['ours', 'provider'] as const,
    given['codeOrigin'] ?? 'ours',
    'codeOrigin',
  );
  if (given['send'] === undefined) throw new Wrong('send', 'missing');
  const send = call(given['send'], 'send');
  const places = placesOf(send);
  if (codeOrigin === 'ours' && !places.has('text') && !places.has('code'))
    throw new Wrong('send', 'code-not-sent');
  if (!places.has('phone') && !places.has('phonePlus')) throw new Wrong('send', 'phone-not-sent');
  demand(send, 'providerMessageId', 'id', 'send.extract', 'message-id-not-read');
  if (codeOrigin === 'provider')
    demand(send, 'codeChosenByProvider', 'code', 'send.extract', 'code-not-read');
  const balance = given['balance'] === undefined ? null : call(given['balance'], 'balance');
  if (balance) demand(balance, 'amount', 'amount', 'balance.extract', 'amount-not-read');
  return { channel, codeOrigin, send, balance };
}

/** Requires a result that the relay needs: from the JSON, or a named group of the pattern. */
function demand(
  { extract, success }: Call,
  key: string,
  group: string,
  at: string,
  because: SpecProblem['because'],
): void {
  const names = success.bodyRegex === null ? [] : (replyPattern(success.bodyRegex)?.names ?? []);
  if (!Object.hasOwn(extract, key) && !names.includes(group) && !names.includes(key))
    throw new Wrong(at, because);
}

function call(value: unknown, at: 'send' | 'balance'): Call {
  const given = block(value, at, WORDS.call);
  const method = oneOf(['GET', 'POST'] as const, given['method'], `${at}.method`);
  const body = given['body'] === undefined ? null : bodyOf(given['body'], `${at}.body`);
  if (method === 'GET' && body !== null) throw new Wrong(`${at}.body`, 'body-with-get');
  const listed = given['errors'] ?? [];
  if (!Array.isArray(listed)) throw new Wrong(`${at}.errors`, 'wrong-type');
  const errors = listed.map((one: unknown, i) => failure(one, `${at}.errors[${i}]`));
  if (errors.filter(({ bodyRegex }) => bodyRegex !== null).length > MOST_PATTERNS)
    throw new Wrong(`${at}.errors`, 'too-long');
  const extract = block(given['extract'] ?? {}, `${at}.extract`, WORDS.results[at]);
  return {
    method,
    url: address(given['url'], `${at}.url`),
    headers: headers(given['headers'] ?? {}, `${at}.headers`),
    body,
    success: reading(given['success'] ?? {}, `${at}.success`, WORDS.reading),
    extract: paths(extract, `${at}.extract`, 'values'),
    errors,
  };
}

/** https with a literal host: no setting and no text may choose whom the relay calls. */
function address(value: unknown, at: string): string {
  const url = string(value, at);
  if (!/^https:\/\//i.test(url)) throw new Wrong(at, 'needs-https');
  const origin = /^https:\/\/[^/?#]*/i.exec(url)?.[0] ?? '';
  if (/[{}@\s\\]/.test(origin)) throw new Wrong(at, 'address-not-fixed');
  checkPlaces(url, at);
  if (!URL.canParse(url.replace(PLACEHOLDER, '0'))) throw new Wrong(at, 'address-not-fixed');
  return url;
}

function headers(value: unknown, at: string): Record<string, string> {
  const given = Object.entries(record(value, at));
  return Object.fromEntries(
    given.map(([name, template]) => {
      const here = `${at}.${name}`;
      if (!/^[\w-]{1,64}$/.test(name)) throw new Wrong(here, 'unknown-word');
      const text = string(template, here);
      // a line break would begin another header
      if (/[^\u0020-\u00ff]/.test(text)) throw new Wrong(here, 'wrong-type');
      const places = checkPlaces(text, here);
      if (places.includes('text')) throw new Wrong(here, 'placeholder-not-here');
      return [name, text];
    }),
  );
}

function bodyOf(value: unknown, at: string): Call['body'] {
  const given = block(value, at, WORDS.body);
  const type = oneOf(['form', 'json'] as const, given['type'], `${at}.type`);
  const template = Object.fromEntries(
    Object.entries(record(given['template'] ?? {}, `${at}.template`)).map(([key, one]) => [
      key,
      filled(one, `${at}.template.${key}`, 0),
    ]),
  );
  const flat = Object.values(template).every((one) => typeof one !== 'object' || one === null);
  if (type === 'form' && !flat) throw new Wrong(`${at}.template`, 'wrong-type');
  return { type, template };
}

function filled(value: unknown, at: string, depth: number): Template {
  if (depth > 10) throw new Wrong(at, 'too-long');
  if (typeof value === 'string') checkPlaces(value, at);
  if (Array.isArray(value)) return value.map((one, i) => filled(one, `${at}[${i}]`, depth + 1));
  if (typeof value === 'object' && value !== null) {
    const all = Object.entries(value as Readonly<Record<string, unknown>>);
    return Object.fromEntries(
      all.map(([key, one]) => [key, filled(one, `${at}.${key}`, depth + 1)]),
    );
  }
  return value as Template;
}

function reading(value: unknown, at: string, words: readonly string[]): Reading {
  const given = block(value, at, words);
  const status = given['httpStatus'] ?? [];
  const httpStatus: readonly unknown[] = Array.isArray(status) ? status : [status];
  if (!httpStatus.every((one) => Number.isInteger(one)))
    throw new Wrong(`${at}.httpStatus`, 'wrong-type');
  const pattern = given['bodyRegex'];
  const bodyRegex = pattern === undefined ? null : string(pattern, `${at}.bodyRegex`);
  if (bodyRegex !== null && replyPattern(bodyRegex) === null)
    throw new Wrong(`${at}.bodyRegex`, 'wrong-pattern');
  const jsonEquals = paths(given['jsonEquals'] ?? {}, `${at}.jsonEquals`, 'keys');
  return { httpStatus: httpStatus as readonly number[], jsonEquals, bodyRegex };
}

function failure(value: unknown, at: string): Failure {
  const given = record(value, at);
  const read = reading(given, at, WORDS.failure);
  const says = read.httpStatus.length + Object.keys(read.jsonEquals).length;
  // an error that matches every reply would hide every success
  if (says === 0 && read.bodyRegex === null) throw new Wrong(at, 'missing');
  return { ...read, kind: oneOf(KINDS, given['kind'], `${at}.kind`) };
}

/** Paths in a reply: the keys of `jsonEquals`, the values of `extract`. */
function paths(value: unknown, at: string, paths: 'keys' | 'values'): Record<string, string> {
  const given = Object.entries(record(value, at)).map(([key, one]): [string, string] => {
    const plain = typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean';
    if (!plain && one !== null) throw new Wrong(`${at}.${key}`, 'wrong-type');
    const pair: [string, string] = [key, String(one)];
    if (placeInReply(paths === 'keys' ? pair[0] : pair[1]) === null)
      throw new Wrong(`${at}.${key}`, 'wrong-path');
    return pair;
  });
  return Object.fromEntries(given);
}

const checkPlaces = (template: string, at: string): readonly Place[] =>
  [...template.matchAll(PLACEHOLDER)].map(([, name, coding]) => {
    const place = PLACES.find((one) => one === name);
    if (place === undefined || (coding !== undefined && coding !== ':url'))
      throw new Wrong(at, 'unknown-placeholder');
    return place;
  });

/** A record with these keys alone. */
function block(
  value: unknown,
  at: string,
  words: readonly string[],
): Readonly<Record<string, unknown>> {
  const given = record(value, at);
  const unknown = Object.keys(given).find((key) => !words.includes(key));
  if (unknown !== undefined)
    throw new Wrong([at, unknown].filter(Boolean).join('.'), 'unknown-word');
  return given;
}

function record(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Wrong(at, value === undefined ? 'missing' : 'wrong-type');
  return value as Readonly<Record<string, unknown>>;
}

function string(value: unknown, at: string): string {
  if (value === undefined || value === '') throw new Wrong(at, 'missing');
  if (typeof value !== 'string') throw new Wrong(at, 'wrong-type');
  return value;
}

function oneOf<T extends string>(words: readonly T[], value: unknown, at: string): T {
  if (value === undefined) throw new Wrong(at, 'missing');
  const word = words.find((one) => one === value);
  if (word === undefined) throw new Wrong(at, 'unknown-word');
  return word;
}

/** The placeholders of a call. */
export function placesOf({ url, headers: named, body }: Call): ReadonlySet<string> {
  const text = [url, ...Object.values(named), JSON.stringify(body?.template ?? null)].join(' ');
  return new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name ?? ''));
}

/** `$.data.list[0]['id']` as steps; null for anything else. */
export function placeInReply(path: string): readonly (string | number)[] | null {
  if (!/^\$(?:\.[\w-]+|\[\d{1,4}\]|\['[^']*'\])*$/.test(path)) return null;
  const steps = path.matchAll(/\.([\w-]+)|\[(\d{1,4})\]|\['([^']*)'\]/g);
  return [...steps].map(([, key, index, quoted]) =>
    index === undefined ? (key ?? quoted ?? '') : Number(index),
  );
}
