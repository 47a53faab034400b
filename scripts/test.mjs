// Runs every check and test, cheapest first; the last line is "N passed, N failed".
// It ends with ", N skipped" if any were.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileOf, results, table } from './faults-table.mjs';
import { Run } from './run.mjs';

process.chdir(join(import.meta.dirname, '..'));
const run = new Run();
// lint and types are one busy core each
await run.checks({ lint: 'eslint .', types: 'node scripts/types.mjs' });
run.check('format', 'prettier --check --log-level warn .');
run.check(
  'build',
  'vite build && vite build -c vite.server.config.ts && node scripts/compress.mjs',
);
run.vitest('node');
run.vitest('browser');
run.stories('playwright', '--pass-with-no-tests');
rmSync(fileOf('push'), { force: true });
run.playwright('faults', '-c tests/faults');
console.log(table(results('push')));
run.end();
