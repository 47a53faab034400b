// The adapter for any other service, driven by a manager's description (generic-spec.ts).
import {
  balanceOf,
  basicToken,
  digits,
  exchangesOf,
  freeText,
  home,
  headerOf,
  inAddress,
  isSuccess,
  kindOfStatus,
  NotOffered,
  receiptOf,
  refused,
  setting,
} from './exchange';
import {
  readSpec,
  type Call,
  type GenericSpec,
  type Reading,
  type Template,
  placeInReply,
  PLACEHOLDER,
  placesOf,
} from './generic-spec';
import { at, decimalOf, Numeral, readJson, textOf, type Json } from './json-text';
import type {
  ChannelCapability,
  Config,
  HttpRequest,
  HttpResponse,
  Provider,
  Result,
  SendReceipt,
  SendRequest,
} from './provider';
import { replyPattern } from './reply-pattern';

export const genericHttp: Provider = {
  id: 'generic_http',
  name: 'HTTP',
  refusesRepeats: false,
  resendAfterMs: 30_000,
  configFields: [
    { key: 'spec', kind: 'text', required: true },
    { key: 'secret', kind: 'secret', required: false },
    { key: 'login', kind: 'text', required: false },
    { key: 'password', kind: 'secret', required: false },
    { key: 'sender', kind: 'text', required: false },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  /** The capabilities by the description; none where it is missing or invalid. */
  capabilities: (config): readonly ChannelCapability[] => {
    const read = readSpec(setting(config, 'spec'));
    if (!read.ok) return [];
    const { channel, codeOrigin, send } = read.spec;
    const places = placesOf(send);
    return [
      {
        ...freeText,
        channel,
        codeOrigin,
        // a code that is the calling number has four digits
        codeDigits: { min: 4, max: channel === 'call' && codeOrigin === 'ours' ? 4 : 8 },
        text: places.has('text') ? 'free' : 'none',
        sender: places.has('sender') ? 'optional' : 'none',
        costInSendReply: 'cost' in send.extract,
        evidence: 'unverified',
      },
    ];
  },

  send: (request, config) => {
    const spec = specOf(config);
    if (request.channel !== spec.channel)
      throw new NotOffered(`this service is described for ${spec.channel} alone`);
    const read = (reply: Success): Result<SendReceipt> => {
      const code = spec.codeOrigin === 'provider' ? chosenCode(reply) : undefined;
      if (code === null) return refused('bad_reply');
      return receiptOf(reply.text('providerMessageId', 'id'), refused('bad_reply'), {
        codeChosenByProvider: code,
        cost: decimalOf(reply.value('cost', 'cost')),
        balanceAfter: decimalOf(reply.value('balanceAfter', 'balance')),
      });
    };
    return exchangeOf(spec.send)(config, filledIn(spec.send, config, request), read, request);
  },

  /** Only where the description has a balance block. */
  balance: (config) => {
    const { balance } = specOf(config);
    if (balance === null) throw new NotOffered('no balance is described');
    return exchangeOf(balance)(config, filledIn(balance, config), (reply) =>
      balanceOf(
        reply.value('amount', 'amount'),
        refused('bad_reply'),
        reply.text('currency', 'currency'),
      ),
    );
  },
};

const exchangeOf = (call: Call) =>
  exchangesOf((response) => opened(response, call), ['secret', 'password']);

function specOf(config: Config): GenericSpec {
  const read = readSpec(setting(config, 'spec'));
  if (!read.ok) throw new NotOffered(`the description is wrong at ${read.at}: ${read.because}`);
  return read.spec;
}

type Fill = (template: string, coding: 'plain' | 'url') => string;

function filledIn(call: Call, config: Config, sent?: SendRequest): HttpRequest {
  const [login, password] = [setting(config, 'login'), setting(config, 'password')];
  const values: Readonly<Record<string, string>> = {
    phone: digits(sent?.phone ?? ''),
    phonePlus: sent?.phone ?? '',
    text: sent?.text ?? '',
    code: sent?.code ?? '',
    sender: sent?.sender ?? setting(config, 'sender'),
    secret: setting(config, 'secret'),
    login,
    password,
    basic: basicToken(login, password),
  };
  // one pass: a placeholder inside a value is not replaced
  const fill: Fill = (template, coding) =>
    template.replace(PLACEHOLDER, (_, name: string, own?: string) => {
      const value = values[name] ?? '';
      return own === ':url' || coding === 'url' ? inAddress(value) : value;
    });
  const headers = Object.fromEntries(
    Object.entries(call.headers).map(([name, value]) => [name, oneLine(fill(value, 'plain'))]),
  );
  return {
    method: call.method,
    url: moved(fill(call.url, 'url'), config),
    headers: withType(headers, call),
    body: bodyOf(call, fill),
  };
}

/** Removes line breaks: they would begin another header. */
// eslint-disable-next-line no-control-regex -- control signs are what is taken out
const oneLine = (value: string): string => value.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();

/** Replaces the described origin by a proxy's or a test's. */
function moved(url: string, config: Config): string {
  const origin = /^https:\/\/[^/?#]*/i.exec(url)?.[0] ?? '';
  return home(config, origin) + url.slice(origin.length);
}

function withType(
  headers: Readonly<Record<string, string>>,
  { body }: Call,
): HttpRequest['headers'] {
  if (body === null || headerOf(headers, 'content-type') !== undefined) return headers;
  const type = body.type === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  return { ...headers, 'Content-Type': type };
}

function bodyOf({ body }: Call, fill: Fill): HttpRequest['body'] {
  if (body === null) return { type: 'none' };
  if (body.type === 'json') return { type: 'json', json: filledValue(body.template, fill) };
  const fields = Object.entries(body.template).map(([key, value]) => [
    key,
    typeof value === 'string' ? fill(value, 'plain') : JSON.stringify(value),
  ]);
  return { type: 'form', fields: Object.fromEntries(fields) as Record<string, string> };
}

/** Fills in value by value before serialising, so that a quote or line break in a text cannot break out. */
function filledValue(value: Template, fill: Fill): Template {
  if (typeof value === 'string') return fill(value, 'plain');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: Template) => filledValue(one, fill));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, filledValue(one, fill)]),
  );
}

type Success = {
  /** A result by its name in `extract`, or by a named group of the pattern. */
  readonly value: (key: string, group: string) => Json | undefined;
  readonly text: (key: string, group: string) => string | null;
};

/** Described errors are checked before success: a reply that fits both does not count as success. */
function opened(reply: HttpResponse, call: Call): Result<Success> {
  const response = { ...reply, text: reply.text.replace(/^\ufeff/, '') };
  const json = readJson(response.text);
  const words = { text: response.text.trim() };
  const error = call.errors.find((one) => fits(response, json, one));
  if (error !== undefined) return refused(error.kind, words);
  const groups = found(response, call.success);
  const { httpStatus } = call.success;
  const statusFits = httpStatus.length > 0 || isSuccess(response);
  if (!statusFits || groups === null || !fits(response, json, call.success)) {
    const readable = json !== undefined || Object.keys(call.success.jsonEquals).length === 0;
    return refused(kindOfStatus(response.status) ?? (readable ? 'unknown' : 'bad_reply'), words);
  }
  const value = (key: string, group: string): Json | undefined => {
    const path = Object.hasOwn(call.extract, key) ? call.extract[key] : undefined;
    const steps = path === undefined ? null : placeInReply(path);
    return steps === null ? (groups.get(key) ?? groups.get(group)) : at(json, ...steps);
  };
  return { ok: true, value, text: (key, group) => textOf(value(key, group)) };
}

function fits(response: HttpResponse, json: Json | undefined, reading: Reading): boolean {
  const { httpStatus, jsonEquals } = reading;
  return (
    (httpStatus.length === 0 || httpStatus.includes(response.status)) &&
    Object.entries(jsonEquals).every(([path, expected]) => equals(json, path, expected)) &&
    found(response, reading) !== null
  );
}

/** Named groups of the match; an empty map without a pattern, null without a match. */
function found(response: HttpResponse, { bodyRegex }: Reading): ReadonlyMap<string, string> | null {
  if (bodyRegex === null) return new Map();
  return replyPattern(bodyRegex)?.match(response.text) ?? null;
}

/** Compares as text: a service may write true, "true", 0 or "0". */
function equals(json: Json | undefined, path: string, expected: string): boolean {
  const value = at(json, ...(placeInReply(path) ?? []));
  if (value === null || typeof value === 'boolean') return String(value) === expected;
  return value instanceof Numeral ? value.text === expected : value === expected;
}

/** The code the service chose. One that came as a number has lost its leading zeros; a call has four digits. */
function chosenCode(reply: Success): string | null {
  const value = reply.value('codeChosenByProvider', 'code');
  const text = textOf(value)?.trim() ?? '';
  if (!/^\d{1,10}$/.test(text)) return null;
  return text.padStart(value instanceof Numeral ? 4 : 0, '0');
}
