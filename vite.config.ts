// Builds the till into dist/: the app, its manifest and its service worker.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

const alias = {
  $lib: fileURLToPath(new URL('./src/lib', import.meta.url)),
  dexie: 'dexie/dist/modern/dexie.mjs', // its own entry is written for browsers of 2015
};

const { version } = JSON.parse(
  readFileSync(new URL('./package.json', import.meta.url), 'utf8'),
) as { version: string };

/** Subresource integrity of a built file. */
function sealed(url: string): { integrity: string } {
  const bytes = readFileSync(new URL(`./dist/${url}`, import.meta.url));
  return { integrity: `sha256-${createHash('sha256').update(bytes).digest('base64')}` };
}

/** Writes how many bytes each module has in each chunk, before it is minified, for `npm run build -- --report`. */
const chunkReport: Plugin = {
  name: 'chunk-report',
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle).flatMap((file) => {
      if (file.type !== 'chunk') return [];
      const modules = Object.entries(file.modules).map(([id, { renderedLength }]) => [
        relative(import.meta.dirname, id),
        renderedLength,
      ]);
      return [{ file: file.fileName, modules }];
    });
    mkdirSync('.cache', { recursive: true });
    writeFileSync('.cache/chunks.json', JSON.stringify(chunks));
  },
};

const relayUrl = `http://localhost:${process.env.COUNTERFOIL_PORT ?? '8080'}`;

export default defineConfig({
  plugins: [
    svelte(),
    chunkReport,
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/sw',
      filename: 'sw.ts', // emitted as dist/sw.js
      injectRegister: false, // registered by hand: src/lib/state/device/installation.svelte.ts
      registerType: 'prompt',
      injectManifest: {
        globPatterns: ['**/*.{html,js,css,svg,woff2,wasm}'],
        // the plugin adds the manifest's icons itself; screenshots are for the install dialog only
        globIgnores: ['icons/**', 'screenshots/**'],
        // a release that arrives damaged or half is not installed at all
        manifestTransforms: [
          (entries) => ({ manifest: entries.map((entry) => ({ ...entry, ...sealed(entry.url) })) }),
        ],
      },
      manifest: {
        id: '/',
        name: 'Counterfoil',
        short_name: 'Counterfoil',
        description: 'Касса, которая работает без сети и подтверждает долги и баллы кодом.',
        lang: 'ru',
        dir: 'ltr',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        theme_color: '#0b6b4f',
        background_color: '#f4f2ee',
        categories: ['business', 'shopping'],
        icons: [
          { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          {
            src: '/icons/icon-maskable-512.png',
            sizes: '512x512',
            type: 'image/png',
            purpose: 'maskable',
          },
          { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
        ],
        screenshots: [
          {
            src: '/screenshots/till-wide.png',
            sizes: '1280x800',
            type: 'image/png',
            form_factor: 'wide',
            label: 'Касса на планшете',
          },
          {
            src: '/screenshots/till-narrow.png',
            sizes: '390x844',
            type: 'image/png',
            form_factor: 'narrow',
            label: 'Касса на телефоне',
          },
        ],
        shortcuts: [
          { name: 'Касса', url: '/#/till' },
          { name: 'Журнал', url: '/#/journal' },
        ],
      },
    }),
  ],
  resolve: { alias },
  define: { 'import.meta.env.VITE_APP_VERSION': JSON.stringify(version) },
  build: {
    target: 'es2022',
    // without light-dark(): the build writes it out
    cssTarget: ['chrome114', 'firefox125', 'safari17'],
    sourcemap: false,
    assetsDir: 'assets',
    // a file for each module that two screens share would be 70 requests at every start
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // what is needed to sign in, with all that it imports
            { name: 'start', test: /\/src\/(main|lib\/ui\/text\/plural)\.ts$/, priority: 4 },
            // the till, loaded while somebody signs in; then what it shows over itself
            { name: 'till', test: /\/routes\/till\/Till\.svelte$/, priority: 3 },
            { name: 'dialogs', test: /\/routes\/till\/dialogs\.ts$/, priority: 2 },
            // what checks the records once the till is shown
            {
              name: 'checks',
              test: /\/storage\/(recovery\/(repair|check-remote|damaged-lines|erased-cards|unreadable-rows)|database\/indexes)\.ts$/,
              priority: 2,
            },
            // what many of the other screens need
            { name: 'screens', test: /\/src\//, minShareCount: 3, priority: 1 },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': relayUrl, '/demo-phone': relayUrl, '/c/': relayUrl } },
});
