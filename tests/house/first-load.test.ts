// What the till loads before its first sale: the first words only, without what can be loaded later.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { admin } from '$lib/ui/text/ru/admin';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Files of ours that a file imports statically; `import()` and type-only imports are left out. */
function importsOf(path: string): string[] {
  const found = readFileSync(path, 'utf8').matchAll(
    /^\s*import (?!type)(?:[^';]* from )?'([$.][^']*)';/gm,
  );
  return [...found].flatMap(([, name = '']) => {
    const at = name.startsWith('$lib') ? join(SRC, name.slice(1)) : join(dirname(path), name);
    return [at, `${at}.ts`].filter((file) => /\.(ts|svelte)$/.test(file) && existsSync(file));
  });
}

/** What these files need, with their texts. */
function loadedBy(...names: string[]): (readonly [string, string])[] {
  const files = new Set(names.map((name) => join(SRC, name)));
  for (const file of files) for (const found of importsOf(file)) files.add(found);
  return [...files].map((file) => [relative(SRC, file), readFileSync(file, 'utf8')] as const);
}

const start = loadedBy('main.ts');
const first = loadedBy('main.ts', 'routes/till/Till.svelte', 'routes/till/dialogs.ts');

test('no file loaded for the sign-in and the till uses words that are loaded later', () => {
  const later = new RegExp(`\\bt\\(\\)\\.(?:${Object.keys(admin).join('|')})\\b`);
  expect(first.length).toBeGreaterThan(100);
  expect(first.filter(([, text]) => later.test(text)).map(([path]) => path)).toEqual([]);
});

const screensOf = (files: typeof first) =>
  new Set(files.flatMap(([path]) => /^routes\/([^/]+)\//.exec(path)?.[1] ?? []));

test('the start loads no screen except the sign-in, and the till no other screen', () => {
  expect(screensOf(start)).toEqual(new Set(['frame', 'shared', 'sign-in']));
  expect(screensOf(first)).toEqual(new Set(['frame', 'shared', 'sign-in', 'till']));
});

test('the till is shown before its dialogues are loaded', () => {
  const shown = loadedBy('routes/till/Till.svelte').map(([path]) => path);
  expect(shown).toContain('routes/till/TenderPane.svelte');
  expect(shown.filter((path) => /^routes\/till\/.*Dialog\.svelte$/.test(path))).toEqual([]);
});

test('the libraries for phone numbers, price lists and QR codes are loaded later', () => {
  const heavy = /from '(libphonenumber-js[^']*|papaparse|uqr)'/;
  expect(first.filter(([, text]) => heavy.test(text)).map(([path]) => path)).toEqual([]);
});
