// What a device downloads before its first sale, in best gzip, against Svelte and Dexie alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, signIn, test } from './bench';
import { labScript } from './lab/build';
import { tell, tellFigure } from './measure';

const kilobytes = (content: Buffer | string) => gzipSync(content, { level: 9 }).length / 1000;

// what the worker caches in advance is downloaded later, and not awaited
test.use({ serviceWorkers: 'block' });

test('the first download', async ({ till, page }) => {
  const fetched = new Set<string>();
  page.context().on('response', (response) => fetched.add(new URL(response.url()).pathname));
  await till.open();
  await signIn(till);
  await expect(page.locator('.tiles button').first()).toBeVisible();
  const files = [...fetched].filter((path) => path === '/' || /\.(?:js|css)$/.test(path));
  const weights = files.map((path): [string, number] => [
    path,
    kilobytes(readFileSync(join('dist', path === '/' ? 'index.html' : path))),
  ]);
  console.log(weights.map(([path, weight]) => `${path} ${weight.toFixed(1)} kB`).join('\n'));
  const ours = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const pair = { ours: [ours], limit: [kilobytes(labScript('floor'))] };
  // 100 kB
  tell('first download to ring up, kB gz, vs Svelte + Dexie alone', pair, { atMost: 2.5 });

  const app = readdirSync('dist', { recursive: true })
    .map(String)
    .filter((path) => /\.(?:html|js|css|svg|webmanifest)$/.test(path));
  const whole = app.reduce((sum, path) => sum + kilobytes(readFileSync(join('dist', path))), 0);
  tellFigure('the whole app, kB gz', [whole], 500);
});
