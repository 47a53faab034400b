// Runs the quick checks: format, lint, types and the pure rules. For every commit.
import { join } from 'node:path';
import { Run } from './run.mjs';

process.chdir(join(import.meta.dirname, '..'));
const run = new Run();
await run.lanes(
  () =>
    run.check(
      'format',
      'prettier --check --log-level warn --cache --cache-location .cache/prettier .',
    ),
  () => run.check('lint', 'node scripts/lint.mjs --cache'),
  async () => {
    await run.check('types', 'node scripts/types.mjs --cache');
    await run.vitest('node', 'tests/domain', 'tests/contract', 'tests/proof', 'tests/house');
  },
);
run.end();
