// Replies are parsed as strict JSON, with numbers as text, in time linear in their length.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mistakeIn, Numeral, readJson, type Json } from '../../relay/providers/json-text';
import { cases } from '../support/cases';
import { cpuTimeOf } from '../support/cpu-time';

const BOM = '\ufeff';
const nested = (depth: number, leaf = '') => '['.repeat(depth) + leaf + ']'.repeat(depth);

/** The result of JSON.parse for the same text. */
function asParsed(value: Json): unknown {
  if (value instanceof Numeral) return Number(value.text);
  if (Array.isArray(value)) return (value as readonly Json[]).map(asParsed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asParsed(one)]));
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON
  }
}

const members = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : Object.values(value).reduce<number>(
        (sum, one) => sum + members(one),
        Array.isArray(value) ? 0 : Object.keys(value).length,
      );
const colons = (text: string): number =>
  text.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;

const bits = fc.constantFrom(
  ...['{', '}', '[', ']', ',', ':', '"', '\\', '\\u', '0', '-', '1', '.', 'e', '+', 'true', 'nul'],
  ...[' ', '\n', '\r', '\t', '\f', '\v', '\0', '\u00a0', BOM, '\u2028', '//', '/*', '*/', "'"],
  ...['"a":1,', '"a":[],', '"\\u0061":1,', '"__proto__":{},', '1e999', 'NaN', '\ud800', '😀'],
);
const bent = fc
  .tuple(
    fc.oneof(
      fc.json(),
      fc.constant('{"a":[1,{"b":null}],"c":"\\u0041","id":12345678901234567890,"cost":0.50}'),
    ),
    fc.array(fc.tuple(fc.nat(), bits, fc.nat(3)), { maxLength: 3 }),
  )
  .map(([text, changes]) =>
    changes.reduce((said, [place, bit, cut]) => {
      const at = place % (said.length + 1);
      return said.slice(0, at) + bit + said.slice(at + cut);
    }, text),
  );

test('a text is JSON if the language parses it and no key is repeated, and has the same value', () => {
  fc.assert(
    fc.property(bent, (text) => {
      const theirs = parsedOrNothing(text);
      const ours = readJson(text);
      if (text.startsWith(BOM)) return;
      const believed = theirs !== undefined && members(theirs) === colons(text);
      expect(ours !== undefined).toBe(believed);
      if (ours !== undefined) {
        expect(JSON.stringify(asParsed(ours))).toBe(JSON.stringify(theirs));
        expect(mistakeIn(text)).toBe(text.length);
      } else expect(mistakeIn(text)).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: cases(3000) },
  );
});

describe('is refused', () => {
  test.for([
    ['a key said twice', '{"a":1,"a":2}'],
    ['a key said twice the same', '{"a":1,"a":1}'],
    ['a key said twice in two spellings', '{"a":1,"\\u0061":1}'],
    ['a key said twice within', '[{"x":{"a":[],"a":{}}}]'],
    ['__proto__ said twice', '{"__proto__":{},"__proto__":{}}'],
    ['two marks of byte order', `${BOM}${BOM}{}`],
    ['a mark of byte order behind', `{}${BOM}`],
    ['a comment', '{}// fine'],
    ['a comment within', '[/* none */1]'],
    ['a comma too much', '[1,]'],
    ['a comma too much in a record', '{"a":1,}'],
    ['a bare key', '{a:1}'],
    ['single quotes', "{'a':1}"],
    ['a bare control character', '"a\tb"'],
    ['an unknown escape', '"\\x41"'],
    ['a leading zero', '01'],
    ['a plus', '+1'],
    ['a point without digits', '1.'],
    ['NaN', 'NaN'],
    ['nothing', ''],
    ['spaces alone', ' \n'],
  ] as const)('%s', ([, text]) => expect(readJson(text)).toBeUndefined());

  test('nesting deeper than 64 levels, records and lists alike', () => {
    expect(readJson(nested(64, '1'))).toBeDefined();
    expect(readJson(nested(65, '1'))).toBeUndefined();
    expect(readJson(`${'{"a":'.repeat(64)}1${'}'.repeat(64)}`)).toBeDefined();
    expect(readJson(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toBeUndefined();
  });
});

test('a byte order mark at the beginning is ignored', () => {
  expect(readJson(`${BOM}[1.50]`)).toEqual([new Numeral('1.50')]);
});

test.for(['12345678901234567890', '0.50', '-0', '1e999', '5E-324', '9'.repeat(50_000)])(
  'the number %s keeps its text',
  (written) => expect(readJson(`{"a":${written}}`)).toMatchObject({ a: new Numeral(written) }),
);

test.for([
  ['open lists', '['.repeat(65_000)],
  ['closed lists', nested(32_000)],
  ['open records', '{"a":'.repeat(13_000)],
  ['a long string', `"${'x'.repeat(65_000)}"`],
  ['a string without end', `"${'x'.repeat(65_000)}`],
  ['escapes', `"${'\\n'.repeat(32_000)}"`],
  ['digits', '9'.repeat(65_000)],
  ['minus signs', '-'.repeat(65_000)],
  ['spaces', ' '.repeat(65_000)],
  ['lines', '\n'.repeat(65_000)],
  ['comments', '/*'.repeat(32_000)],
  ['numbers', `[${'0,'.repeat(32_000)}0]`],
  ['records', `[${'{},'.repeat(21_000)}{}]`],
  ['keys', `{${Array.from({ length: 6000 }, (_, i) => `"${i}":0`).join()}}`],
  ['one key', `{${'"a":0,'.repeat(10_000)}"a":0}`],
] as const)('64 KiB of %s are read or refused at once', ([, text]) => {
  const took = cpuTimeOf(() => {
    readJson(text);
    mistakeIn(text);
  });
  expect(took).toBeLessThan(1000);
});

test.for([
  ['{\n  "send": {,', 13],
  ['{"a":1,}', 7],
  ['{"a":tru}', 5],
  ['{"a":"x', 5],
  ['[1 2]', 3],
  ['{}x', 2],
  ['{"a":1,"a":2}', 7],
] as const)('%j has its mistake at %i', ([text, at]) => {
  expect(mistakeIn(text)).toBe(at);
});
