// Gaps and paddings of every style come from the tokens of `ui/tokens.css`.
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

test('gaps, paddings and margins are tokens', () => {
  expect(hardCoded('a {\n  gap: var(--space-4) 1rem;\n}')).toEqual(['gap: var(--space-4) 1rem;']);
  expect(hardCoded('a {\n  padding-left: 3px;\n  margin: -1px;\n}')).toEqual([
    'padding-left: 3px;',
  ]);
  const styles = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(svelte|css)$/.test(path))
    .map((path) => {
      const text = readFileSync(SRC + path, 'utf8');
      return [path, path.endsWith('.css') ? text : (/<style>(.*)<\/style>/s.exec(text)?.[1] ?? '')];
    });
  expect(styles.length).toBeGreaterThan(100);
  const found = styles.flatMap(([path = '', text = '']) =>
    hardCoded(text).map((declaration) => `${path}: ${declaration}`),
  );
  expect(found).toEqual([]);
});
