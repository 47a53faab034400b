// The relay's statements use only SQL that both SQLite and PostgreSQL have; migrations may differ.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const STORE = 'relay/store';
/** SQL of one engine only, with its portable form. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/\bjson_\w+\s*\(/i, 'a list as a value; read JSON as text and parse it'],
  [/\bTOTAL\s*\(/i, 'SUM(CAST(… AS DOUBLE PRECISION))'],
  [/\b(?:MIN|MAX)\s*\([^()]*,/i, 'CASE WHEN … THEN … ELSE … END'],
  [
    /\b(?:SUM|MAX|MIN)\s*\(\s*(?!CASE\b)[^()]*(?:[=<>]|\bBETWEEN\b)/i,
    'CASE WHEN … THEN 1 ELSE 0 END',
  ],
  [/\bIS(?:\s+NOT)?\s+[@?]/i, '= or <>, with IS NULL beside it'],
  [/\bINSERT\s+OR\b/i, 'ON CONFLICT (…) DO …'],
  [/\bON CONFLICT DO UPDATE\b/i, 'ON CONFLICT (…) DO UPDATE'],
  [/\bx'/i, 'a value'],
  [/\browid\b/i, 'a column'],
  [/\bPRAGMA\b/i, 'open-database'],
];
const SCHEMA = /\b(?:CREATE|ALTER|DROP)\s+(?:TABLE|INDEX|UNIQUE|TRIGGER)\b/;

/** The texts of a file: template and quoted literals with a statement in them, without schemas. */
function statementsIn(text: string): string[] {
  const code = text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  const texts = [...code.matchAll(/`[^`]*`|'[^'\n]*'|"[^"\n]*"/g)].map(([found]) => found);
  return texts.filter((found) => /[A-Z]{2}/.test(found) && !SCHEMA.test(found));
}

test('no statement is in SQL of one engine alone', () => {
  const found = readdirSync(STORE).flatMap((file) => {
    const text = readFileSync(join(STORE, file), 'utf8');
    const statements = file === 'open-database.ts' ? [] : statementsIn(text);
    return statements.flatMap((statement) =>
      REFUSED.filter(([pattern]) => pattern.test(statement)).map(
        ([, instead]) => `${file}: ${statement.trim().slice(0, 200)} (${instead})`,
      ),
    );
  });
  expect(found).toEqual([]);
});

test('the rule finds what it refuses', () => {
  const bad = [
    "const sql = 'SELECT MIN(a, b) FROM t';",
    "const sql = 'SELECT a FROM t WHERE a IS NOT @x';",
    'const sql = `SELECT SUM(a = @b) FROM t`;',
    'const sql = `SELECT value FROM json_each(@x)`;',
  ];
  const good = 'const sql = `SELECT MAX(a), SUM(CASE WHEN a = @b THEN 1 ELSE 0 END) FROM t`;';
  const refuses = (code: string): boolean =>
    statementsIn(code).some((one) => REFUSED.some(([pattern]) => pattern.test(one)));
  expect(bad.map(refuses)).toEqual(bad.map(() => true));
  expect(refuses(good)).toBe(false);
});
