// Reads a provider's JSON with every number kept as the text it was written in: money never becomes a float, long ids keep all their digits.
import type { Decimal } from './provider';

/** A JSON number exactly as it stood in the reply. */
export class Numeral {
  constructor(readonly text: string) {}
}

export type JsonRecord = { readonly [key: string]: Json };
export type Json = null | boolean | string | Numeral | readonly Json[] | JsonRecord;

/** No provider nests deeper; what does is an attack on the stack. */
const MOST_DEPTH = 64;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex -- JSON forbids bare control characters in strings
const STRING = /"[^"\\\u0000-\u001f]*(?:\\.[^"\\\u0000-\u001f]*)*"/y;
const WORD = /true|false|null/y;

class NotJson extends Error {}

/** The text as JSON; undefined where it is none (or nested beyond reason). Never throws. */
export function readJson(text: string): Json | undefined {
  try {
    return new Reading(text).whole();
  } catch {
    return undefined; // not JSON: the caller says what that means
  }
}

/** How much of the text is JSON, in characters: the place of its first mistake. */
export function readUntil(text: string): number {
  const reading = new Reading(text);
  try {
    reading.whole();
  } catch {
    // the place is what is asked for
  }
  return reading.at;
}

class Reading {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  get at(): number {
    return this.#at;
  }

  whole(): Json {
    const value = this.#value(0);
    this.#take(SPACE);
    if (this.#at !== this.#text.length) throw new NotJson();
    return value;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  #sign(sign: string): boolean {
    this.#take(SPACE);
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #value(depth: number): Json {
    if (depth > MOST_DEPTH) throw new NotJson();
    if (this.#sign('{')) return this.#record(depth);
    if (this.#sign('[')) return this.#list(depth);
    if (this.#text[this.#at] === '"') return this.#string();
    const word = this.#take(WORD);
    if (word !== null) return word === 'null' ? null : word === 'true';
    const number = this.#take(NUMBER);
    if (number === null) throw new NotJson();
    return new Numeral(number);
  }

  #string(): string {
    const quoted = this.#take(STRING);
    if (quoted === null) throw new NotJson();
    return JSON.parse(quoted) as string;
  }

  #record(depth: number): JsonRecord {
    // no prototype: a reply's key named __proto__ is a key like any other
    const record = Object.create(null) as Record<string, Json>;
    if (this.#sign('}')) return record;
    do {
      this.#take(SPACE);
      const key = this.#string();
      // a key said twice says two things: neither is believed
      if (!this.#sign(':') || Object.hasOwn(record, key)) throw new NotJson();
      record[key] = this.#value(depth + 1);
    } while (this.#sign(','));
    if (!this.#sign('}')) throw new NotJson();
    return record;
  }

  #list(depth: number): readonly Json[] {
    const list: Json[] = [];
    if (this.#sign(']')) return list;
    do list.push(this.#value(depth + 1));
    while (this.#sign(','));
    if (!this.#sign(']')) throw new NotJson();
    return list;
  }
}

export function isRecord(value: Json | undefined): value is JsonRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Numeral)
  );
}

/** What stands at a path of keys and indexes; undefined where the reply has no such place. */
export function at(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Json | undefined {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here)) here = (here as readonly Json[])[Number(step)];
    else if (isRecord(here) && Object.hasOwn(here, step)) here = here[step];
    else return undefined;
  }
  return here;
}

/** A string or a number as text; sources disagree about which of the two an id or a code is. Blank text is none. */
export function textOf(value: Json | undefined): string | null {
  const text = value instanceof Numeral ? value.text : value;
  return typeof text === 'string' && text.trim() !== '' ? text : null;
}

/** A number, or text that is one, as plain decimal text; null for anything else. */
export function decimalOf(value: Json | undefined): Decimal | null {
  const text = textOf(value)?.trim();
  if (text === undefined || text.length > 40) return null;
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return text;
  const scientific = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,2})$/.exec(text);
  return scientific === null ? null : unfolded(scientific);
}

/** `1e-7` is how a serialiser writes 0.0000001. */
function unfolded(parts: RegExpExecArray): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const point = whole.length + Number(exponent);
  const digits = (whole + fraction).padStart(whole.length + fraction.length - point + 1, '0');
  const moved = point + digits.length - (whole.length + fraction.length);
  const padded = digits.padEnd(moved, '0');
  const before = padded.slice(0, Math.max(moved, 1)).replace(/^0+(?=\d)/, '');
  const after = padded.slice(Math.max(moved, 1));
  return `${sign}${before}${after === '' ? '' : `.${after}`}`;
}

/** A count above zero (segments, parts); null for anything else. */
export function countOf(value: Json | undefined): number | null {
  const text = textOf(value);
  return text !== null && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : null;
}
