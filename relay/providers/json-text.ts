// Parses a provider's JSON strictly; numbers keep the text they were written in.
import { visit } from 'jsonc-parser';
import type { Decimal } from './provider';

/** A JSON number, exactly as written in the reply. */
export class Numeral {
  constructor(readonly text: string) {}
}

export type JsonRecord = { readonly [key: string]: Json };
export type Json = null | boolean | string | Numeral | readonly Json[] | JsonRecord;

/** No provider nests deeper; deeper input would attack the stack. */
const MOST_DEPTH = 64;

/** Stops at the first mistake: the parser itself would continue, and go deeper. */
class Mistake extends Error {
  constructor(readonly at: number) {
    super();
  }
}

/** The text as JSON; undefined where it is invalid, nested too deep, or repeats a key. Never throws. */
export function readJson(text: string): Json | undefined {
  const read = parsed(text.startsWith('\ufeff') ? text.slice(1) : text);
  return read instanceof Mistake ? undefined : read;
}

/** Offset of the first invalid token, in characters; the length of the text where it is valid JSON. */
export function mistakeIn(text: string): number {
  const read = parsed(text);
  return read instanceof Mistake ? read.at : text.length;
}

/** An open list or record, and the key of its next value. */
type Open = { readonly into: Json[] | Record<string, Json>; key: string };

function parsed(text: string): Json | Mistake {
  const whole: Json[] = [];
  let here: Open = { into: whole, key: '' };
  const outer: Open[] = [];
  const add = (value: Json, at: number): void => {
    if (outer.length > MOST_DEPTH) throw new Mistake(at);
    if (Array.isArray(here.into)) here.into.push(value);
    else here.into[here.key] = value;
  };
  const enter = (into: Open['into'], at: number): void => {
    add(into, at);
    outer.push(here);
    here = { into, key: '' };
  };
  const leave = (): void => void (here = outer.pop() ?? here);
  try {
    visit(
      text,
      {
        // no prototype: `__proto__` is then a key like any other
        onObjectBegin: (at) => enter(Object.create(null) as Record<string, Json>, at),
        onObjectEnd: leave,
        onArrayBegin: (at) => enter([], at),
        onArrayEnd: leave,
        onObjectProperty: (key, at) => {
          // a repeated key is ambiguous: refuse both values
          if (Object.hasOwn(here.into, key)) throw new Mistake(at);
          here.key = key;
        },
        onLiteralValue: (value: null | boolean | string | number, at, length) =>
          add(typeof value === 'number' ? new Numeral(text.slice(at, at + length)) : value, at),
        onError: (_, at) => {
          throw new Mistake(at);
        },
      },
      { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false },
    );
  } catch (error) {
    if (error instanceof Mistake) return error;
    throw error;
  }
  return whole[0] ?? null;
}

export const isRecord = (value: Json | undefined): value is JsonRecord =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Numeral);

/** The value at a path of keys and indexes; undefined where there is none. */
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

/** A string or number as text: sources disagree about the type of ids and codes. Null for blank text. */
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

/** `1e-7` is a serialiser's spelling of 0.0000001. */
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
