// Every file begins with a comment of at most 100 characters that says what it owns.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LONGEST = 100;

const files = [
  ...readdirSync(root),
  ...['src', 'relay', 'tests', 'scripts', 'public'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name}`,
    ),
  ),
].filter((name) => /\.(?:ts|js|mjs|svelte)$/.test(name));

/** The text of the comment on the first line; empty: there is none. */
function firstLineOf(file: string): string {
  const [line = ''] = readFileSync(join(root, file), 'utf8').split('\n', 1);
  const [, text = ''] = /^(?:\/\/|<!--|\/\*\*?)\s*(.*?)\s*(?:-->|\*\/)?$/.exec(line) ?? [];
  return text;
}

test('the first line of every file is a sentence of at most 100 characters', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => firstLineOf(file) === '')).toEqual([]);
  expect(files.filter((file) => firstLineOf(file).length > LONGEST)).toEqual([]);
});
