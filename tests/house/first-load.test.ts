// What the till loads at the start: the first words only, without what a sale can load later.
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

const files = new Set([join(SRC, 'main.ts')]);
for (const file of files) for (const found of importsOf(file)) files.add(found);
const first = [...files].map((file) => [relative(SRC, file), readFileSync(file, 'utf8')] as const);

test('no file loaded at the start uses words that are loaded later', () => {
  const later = new RegExp(`\\bt\\(\\)\\.(?:${Object.keys(admin).join('|')})\\b`);
  expect(first.length).toBeGreaterThan(100);
  expect(first.filter(([, text]) => later.test(text)).map(([path]) => path)).toEqual([]);
});

test('no screen except the till and the sign-in is loaded at the start', () => {
  const screens = first.map(([path]) => /^routes\/([^/]+)\//.exec(path)?.[1]);
  expect(new Set(screens)).toEqual(new Set([undefined, 'frame', 'shared', 'till', 'sign-in']));
});

test('the libraries for phone numbers, price lists and QR codes are loaded later', () => {
  const heavy = /from '(libphonenumber-js[^']*|papaparse|uqr)'/;
  expect(first.filter(([, text]) => heavy.test(text)).map(([path]) => path)).toEqual([]);
});
