// Builds the lab: the product's modules and their peers, as scripts that can be put into any page.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '../../..');
const OUT = join(ROOT, '.cache/bench/lab');

export const LABS = {
  lab: 'lab.ts',
  order: 'order.ts',
  minisearch: 'minisearch.js',
  floor: 'floor.ts',
} as const;

/** Runs before all benchmarks; refuses to measure without a production build of the product. */
export default async function buildLabs(): Promise<void> {
  if (!existsSync(join(ROOT, 'dist/sw.js'))) throw new Error('run `npm run build` first');
  for (const [name, entry] of Object.entries(LABS)) {
    await build({
      root: ROOT,
      configFile: false,
      publicDir: false,
      logLevel: 'warn',
      plugins: [svelte()],
      resolve: { alias: { $lib: join(ROOT, 'src/lib') } },
      build: {
        outDir: OUT,
        emptyOutDir: false,
        target: 'es2022',
        lib: {
          entry: join(import.meta.dirname, entry),
          formats: ['iife'],
          name,
          fileName: () => `${name}.js`,
        },
      },
    });
  }
}

/** The built script; it defines `window.<name>`. */
export function labScript(name: keyof typeof LABS): string {
  return readFileSync(join(OUT, `${name}.js`), 'utf8');
}
