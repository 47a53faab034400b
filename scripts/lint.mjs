// The quick lint: oxlint for TypeScript, ESLint for components and JavaScript.
// `npm run lint` applies the same rules and those for components with types, all by ESLint.
//   node scripts/lint.mjs            everything
//   node scripts/lint.mjs --cache    ESLint skips what has not changed
import { spawnSync } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

process.chdir(join(import.meta.dirname, '..'));
const env = {
  ...process.env,
  PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`,
  COUNTERFOIL_LINT: 'quick',
};
const passes = (command) => spawnSync(command, { shell: true, stdio: 'inherit', env }).status === 0;

const cache = process.argv.includes('--cache')
  ? '--cache --cache-strategy content --cache-location .cache/eslint'
  : '';
const results = [
  passes(
    "oxlint -c oxlint.config.mjs --ignore-pattern '**/*.{svelte,js,mjs}' src relay tests *.ts",
  ),
  passes(`eslint ${cache} .`),
];
process.exit(results.every(Boolean) ? 0 : 1);
