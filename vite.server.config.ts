// Builds the relay into dist-relay/main.js: Node 20 has no type stripping.
// All is bundled but the native SQLite binding.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const alias = { $lib: fileURLToPath(new URL('./src/lib', import.meta.url)) };

export default defineConfig({
  publicDir: false,
  resolve: { alias },
  ssr: { noExternal: true, external: ['better-sqlite3'] },
  build: {
    ssr: 'relay/main.ts',
    outDir: 'dist-relay',
    target: 'node20',
    minify: false,
    sourcemap: false,
    rolldownOptions: { output: { entryFileNames: 'main.js' } },
  },
});
