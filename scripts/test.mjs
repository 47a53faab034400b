// Runs every check and test; the last line is "N passed, N failed".
// It ends with ", N skipped" if any were.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileOf, results, table } from './faults-table.mjs';
import { Run } from './run.mjs';

process.chdir(join(import.meta.dirname, '..'));
const run = new Run();
// four lanes keep both cores busy to the end; the stories run alone afterwards, because they need all cores
await run.lanes(
  async () => {
    await run.check(
      'build',
      'vite build && vite build -c vite.server.config.ts && node scripts/compress.mjs',
    );
    rmSync(fileOf('push'), { force: true });
    await run.playwright('faults', '-c tests/faults');
  },
  () => run.vitest('node'),
  () => run.vitest('browser'),
  async () => {
    await run.check('types', 'node scripts/types.mjs');
    await run.check('lint', 'node scripts/lint.mjs');
    await run.check('format', 'prettier --check --log-level warn .');
  },
);
await run.stories('playwright', '--pass-with-no-tests');
console.log(table(results('push')));
run.end();
