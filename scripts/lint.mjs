// The quick lint: oxlint for TypeScript with types and for tests, ESLint for components and rooms.
// `npm run lint` applies the same rules and those for components with types, all by ESLint.
//   node scripts/lint.mjs            everything
//   node scripts/lint.mjs --cache    ESLint skips what has not changed
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { typeAware, untyped } from '../eslint.config.js';

process.chdir(join(import.meta.dirname, '..'));
const env = {
  ...process.env,
  PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`,
  COUNTERFOIL_LINT: 'quick',
};
const passes = (command) => spawnSync(command, { shell: true, stdio: 'inherit', env }).status === 0;

const oxlint = resolve('.cache/oxlint.json');
const named = (rules) =>
  Object.fromEntries(
    Object.entries(rules).map(([rule, how]) => [
      rule.replace('@typescript-eslint/', 'typescript/'),
      how,
    ]),
  );
mkdirSync('.cache', { recursive: true });
writeFileSync(
  oxlint,
  JSON.stringify({
    plugins: ['typescript'],
    categories: { correctness: 'off' },
    options: { typeAware: true },
    rules: named(typeAware),
    overrides: [{ files: ['**/tests/**'], rules: named(untyped) }],
  }),
);

const cache = process.argv.includes('--cache')
  ? '--cache --cache-strategy content --cache-location .cache/eslint'
  : '';
const results = [
  passes(`oxlint -c ${oxlint} --ignore-pattern '**/*.{svelte,js,mjs}' src relay tests *.ts`),
  passes(`eslint ${cache} .`),
];
process.exit(results.every(Boolean) ? 0 : 1);
