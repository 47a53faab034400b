// The long run: the tests of `npm test` with many more rounds and random cases, and one table.
//   node scripts/test-long.mjs                      everything; hours
//   node scripts/test-long.mjs --rounds=0.05        a share of the rounds
//   node scripts/test-long.mjs --only=kill,laws     some parts
//   node scripts/test-long.mjs --seed=1234          the moments of another run
//   node scripts/test-long.mjs --resume             goes on where a run was interrupted
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fileOf, held, results, table } from './faults-table.mjs';
import { cleanEnv } from './npm.mjs';

process.chdir(join(import.meta.dirname, '..'));
const RESULTS = fileOf('long');
const HISTORY = '.cache/faults/history.jsonl';
/** Factor for the random cases of each law in `npm test`. */
const CASES = 100;
/** Tests whose laws have random cases. */
const LAWS = readdirSync('tests', { recursive: true })
  .map((name) => `tests/${name.replaceAll('\\', '/')}`)
  .filter((name) => name.endsWith('.test.ts') && readFileSync(name, 'utf8').includes(' cases('));

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    only: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    resume: { type: 'boolean', default: false },
  },
});
const share = Number(options.rounds);
const faults = readdirSync('tests/faults')
  .filter((name) => name.endsWith('.faults.ts'))
  .map((name) => name.replace('.faults.ts', ''));
const parts = ['lint', 'laws', ...faults];
const chosen = options.only?.split(',') ?? parts;
const unknown = chosen.filter((part) => !parts.includes(part));
if (unknown.length > 0 || !(share > 0)) {
  console.error(
    unknown.length > 0
      ? `There is no part called ${unknown.join(', ')}: there are ${parts.join(', ')}.`
      : `--rounds=${options.rounds} is not a share of the rounds, such as 0.1.`,
  );
  process.exit(2);
}

mkdirSync('.cache/faults', { recursive: true });
if (!options.resume) rmSync(RESULTS, { force: true });
const finished = new Set(results('long').flatMap(({ finished }) => finished ?? []));

const env = {
  ...cleanEnv(),
  CI: 'true',
  PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`,
  COUNTERFOIL_SCALE: 'long',
  COUNTERFOIL_ROUNDS: String(share),
  COUNTERFOIL_SEED: options.seed,
};
const run = (command, more = {}) =>
  spawnSync(command, { shell: true, stdio: 'inherit', env: { ...env, ...more } }).status === 0;
const note = (line) => appendFileSync(RESULTS, `${JSON.stringify(line)}\n`);

/** Runs the laws of `npm test` with many more random cases. */
function laws() {
  const report = '.cache/faults/laws.json';
  const times = Math.max(1, Math.round(CASES * share));
  rmSync(report, { force: true });
  const since = Date.now();
  const ok = run(
    `vitest run --project=node --testTimeout=${3_600_000} --reporter=default --reporter=json --outputFile.json=${report} ${LAWS.join(' ')}`,
    { COUNTERFOIL_CASES: String(times) },
  );
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  note({
    promise: `the laws hold (random cases × ${times}, rounds: tests)`,
    ...{ kind: 'promise', rounds: numPassedTests + numFailedTests, acknowledged: 0 },
    ...{ lost: numFailedTests, doubled: 0, wrong: 0, broken: !ok, seed: 0 },
    ...{ seconds: Math.round((Date.now() - since) / 1000), skipped: null },
  });
  return ok;
}

function runPart(part) {
  // `npm test` lints components without types, and everything else by oxlint
  if (part === 'lint') return run('eslint .');
  return part === 'laws' ? laws() : run(`playwright test -c tests/faults ${part}.faults`);
}

if (!run('node scripts/setup.mjs --build --browsers')) process.exit(1);
console.log(`seed ${options.seed}, ${share} of the rounds`);
const failed = [];
for (const part of chosen) {
  if (finished.has(part)) continue;
  const ok = runPart(part);
  if (ok) note({ finished: part });
  else failed.push(part);
}

const rows = results('long').filter(({ promise }) => promise !== undefined);
console.log(`\n${table(rows)}\n`);
for (const row of rows)
  appendFileSync(HISTORY, `${JSON.stringify({ at: Date.now(), share, ...row })}\n`);
const broken = rows.filter((row) => held(row) === false);
if (failed.length > 0 || broken.length > 0) {
  const what = [...failed, ...broken.map(({ promise }) => promise)];
  console.log(`BROKEN: ${what.join('; ')}. Repeat with --seed=${options.seed}`);
  process.exitCode = 1;
} else console.log('Every promise held.');
