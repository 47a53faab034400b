// Writes .br and .gz beside each text file in dist/, after the service worker was emitted.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

for (const name of readdirSync('dist', { recursive: true })) {
  const path = join('dist', String(name));
  if (!/\.(html|js|css|svg|json|webmanifest|wasm)$/.test(path) || !statSync(path).isFile())
    continue;
  const raw = readFileSync(path);
  if (raw.length < 1024) continue;
  writeFileSync(`${path}.br`, brotliCompressSync(raw));
  writeFileSync(`${path}.gz`, gzipSync(raw, { level: 9 }));
}
