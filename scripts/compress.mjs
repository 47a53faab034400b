// Writes .br and .gz beside each text file in dist/, and refuses a build over its budget of bytes.
//   npm run build -- --report      also prints which folders and packages each chunk is made of
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Bytes of gzip. What a till loads before its first sale has a budget for each file; `all` is the whole till. */
const BUDGETS = {
  'start.js': 202_000,
  'start.css': 6_000,
  'till.js': 39_500,
  'till.css': 7_400,
  'dialogs.js': 28_000,
  'core.js': 46_000,
  all: 870_000,
};

const bytes = { all: 0 };

for (const name of readdirSync('dist', { recursive: true })) {
  const path = join('dist', String(name));
  if (!/\.(html|js|css|svg|json|webmanifest|wasm)$/.test(path) || !statSync(path).isFile())
    continue;
  const raw = readFileSync(path);
  const packed = gzipSync(raw, { level: 9 });
  // both languages have a file of the same name
  const part = path.replace(/^.*\/([a-z]+)-[\w-]+\.(js|css)$/, '$1.$2');
  bytes[part] = (bytes[part] ?? 0) + packed.length;
  bytes.all += packed.length;
  if (raw.length < 1024) continue;
  writeFileSync(`${path}.br`, brotliCompressSync(raw));
  writeFileSync(`${path}.gz`, packed);
}

if (process.argv.includes('--report')) {
  for (const { file, modules } of JSON.parse(readFileSync('.cache/chunks.json', 'utf8'))) {
    const sums = {};
    for (const [id, size] of modules) {
      const [, named] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id) ?? [];
      const folder = named ?? id.split('/').slice(0, -1).join('/');
      sums[folder] = (sums[folder] ?? 0) + size;
    }
    const largest = Object.entries(sums).sort(([, a], [, b]) => b - a);
    console.log(`\n${file}`);
    for (const [folder, size] of largest.slice(0, 30))
      console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${folder}`);
  }
}

for (const [part, most] of Object.entries(BUDGETS)) {
  const has = bytes[part] ?? 0;
  console.log(`${part}: ${has} of ${most} bytes, gzip`);
  if (has === 0 || has > most) {
    console.error(`${part} is over its budget; see BUDGETS in scripts/compress.mjs`);
    process.exitCode = 1;
  }
}
