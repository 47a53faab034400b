// Gaps and paddings of every style are tokens, and its form factors attributes of the root.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

const DECLARATION = /^\s*(?:--)?(?:[a-z]+-)*(?:gap|padding|margin|pad)(?:-[a-z]+)*:([^;]*);/gm;
/** A hard-coded length; not a border's 1px, nor the `0px` that `env()` needs. */
const LENGTH = /(?<![\w.])(?!(?:0|1)px)[\d.]+(?:rem|em|px)\b/;

function hardCoded(style: string): string[] {
  return [...style.matchAll(DECLARATION)]
    .filter(([, value = '']) => LENGTH.test(value))
    .map(([found]) => found.trim());
}

/** Every style: of a `.css` file, or the block of a component. */
const styles = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(svelte|css)$/.test(path))
  .map((path) => {
    const text = readFileSync(SRC + path, 'utf8');
    const style = path.endsWith('.css') ? text : (/<style>(.*)<\/style>/s.exec(text)?.[1] ?? '');
    return { path, style };
  });

test('gaps, paddings and margins are tokens', () => {
  expect(hardCoded('a {\n  gap: var(--space-4) 1rem;\n}')).toEqual(['gap: var(--space-4) 1rem;']);
  expect(hardCoded('a {\n  padding-left: 3px;\n  margin: -1px;\n}')).toEqual([
    'padding-left: 3px;',
  ]);
  expect(styles.length).toBeGreaterThan(100);
  const found = styles.flatMap(({ path, style }) =>
    hardCoded(style).map((declaration) => `${path}: ${declaration}`),
  );
  expect(found).toEqual([]);
});

/** A query for a size: `ui/form-factor.ts` decides that, for all styles alike. */
const SIZE_QUERY = /@container\b|@media[^{]*\b(?:width|height|orientation)\b/;

test('styles ask for the form factor, not for a width or a height', () => {
  expect('@media (max-width: 30em) {').toMatch(SIZE_QUERY);
  expect('@container pay (min-height: 30rem) {').toMatch(SIZE_QUERY);
  expect('@media (hover: hover) {').not.toMatch(SIZE_QUERY);
  expect(styles.filter(({ style }) => SIZE_QUERY.test(style)).map(({ path }) => path)).toEqual([]);
});
