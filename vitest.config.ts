// Two projects: `node` for rules, wire, proofs and relay, `browser` for disk and screens.
// `browser` is a real Chromium.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { shellLaunch } from './browser.config.ts';

const alias = { $lib: fileURLToPath(new URL('./src/lib', import.meta.url)) };

// in a node environment .svelte.ts compiles for the server and $effect never runs: those tests need the browser
const runeTests = 'tests/**/*.svelte.test.ts';

/** Files that only the long run plays. */
const longTests = process.env.COUNTERFOIL_SCALE === 'long' ? [] : ['tests/**/*.long.*'];

const shared = {
  // a process or page loads modules once: they and the tests keep nothing that another file would notice
  isolate: false,
  // a busy machine makes a test slow, not wrong
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 15_000 } },
};

/**
 * Lets the browser keep modules while it runs. Vite has it ask for each again, and a worker loads up to a hundred: tests that start
 * many workers would mostly load modules. Not where Vitest watches, because files change there.
 */
const cachedModules: Plugin = {
  name: 'cached-modules',
  configResolved({ server }) {
    if (server.watch === null) server.headers['Cache-Control'] = 'max-age=86400';
  },
};

export default defineConfig({
  test: {
    passWithNoTests: true,
    // its own choice on two cores is one, and relay tests mostly wait
    maxWorkers: Math.max(3, availableParallelism()),
    coverage: {
      provider: 'v8',
      reportsDirectory: '.cache/coverage',
      include: ['src/**', 'relay/**'],
    },
    projects: [
      {
        plugins: [svelte()],
        resolve: { alias },
        test: {
          name: 'node',
          ...shared,
          // a thread starts sooner than a process; each loads every module, so there is one per core
          pool: 'threads',
          maxWorkers: availableParallelism(),
          environment: 'node',
          include: ['tests/{domain,contract,proof,relay,house,simulation}/**/*.test.ts'],
          exclude: [runeTests, ...longTests],
        },
      },
      {
        plugins: [svelte(), cachedModules],
        resolve: { alias },
        // what `tests/support/cases.ts` reads
        envPrefix: 'COUNTERFOIL_',
        // a dependency found in mid-test would be optimised then, and that reloads the page
        optimizeDeps: {
          include: [
            'axe-core',
            'canonicalize',
            'dexie',
            'fast-check',
            'jose',
            'libphonenumber-js/max',
            'libphonenumber-js/mobile/examples',
            'papaparse',
            'uqr',
            'uuid',
            'vitest-browser-svelte',
            'workbox-window',
            'zod',
            'zod/mini',
          ],
          exclude: ['@lucide/svelte'],
        },
        test: {
          name: 'browser',
          ...shared,
          include: ['tests/{storage,sync,till}/**/*.test.ts', runeTests],
          exclude: longTests,
          setupFiles: ['tests/support/screen.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            viewport: { width: 1280, height: 800 },
            provider: playwright({ launchOptions: shellLaunch }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
