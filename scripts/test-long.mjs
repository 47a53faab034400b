// The long run: the tests of `npm test` with many more rounds and random cases, and one table.
//   node scripts/test-long.mjs                      everything; most of a day
//   node scripts/test-long.mjs --rounds=0.05        a share of the rounds
//   node scripts/test-long.mjs --only=kill,laws     some parts
//   node scripts/test-long.mjs --seed=1234          the moments of another run
//   node scripts/test-long.mjs --resume             goes on where a run was interrupted
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fileOf, held, results, table } from './faults-table.mjs';
import { cleanEnv } from './npm.mjs';

process.chdir(join(import.meta.dirname, '..'));
const RESULTS = fileOf('long');
const HISTORY = '.cache/faults/history.jsonl';
/** Factor for the random cases of each law in `npm test`. */
const CASES = 100;
/** The simulation's random schedules: here 10⁵, in `npm test` 60. */
const SCHEDULES = 'tests/simulation/schedules.test.ts';
const SCHEDULES_CASES = 1667;
/** Files that only the long run plays, and files with random cases or sizes that differ here (`tests/support/cases.ts`). */
const LAWS = readdirSync('tests', { recursive: true })
  .map((name) => `tests/${name.replaceAll('\\', '/')}`)
  .filter(
    (name) =>
      name.endsWith('.test.ts') &&
      (name.includes('.long.') || /\b(?:cases|sizeOf)\(/.test(readFileSync(name, 'utf8'))),
  )
  .filter((name) => name !== SCHEDULES);

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
const parts = ['lint', 'stories', 'laws', 'schedules', ...faults];
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

/** Runs tests with many more random cases. `report`: where the counts of tests are written; `files`: of the tests. */
const moreCases = (report, times, files) => ({
  command:
    `vitest run --testTimeout=${3_600_000} --reporter=default --reporter=json ` +
    `--outputFile.json=${report} ${files.join(' ')}`,
  env: { ...env, COUNTERFOIL_CASES: String(times) },
});

/** Writes down what the tests of these reports found. */
function noteTests(promise, reports, { ok, since }) {
  const all = reports.map((report) => JSON.parse(readFileSync(report, 'utf8')));
  const [passed, lost] = ['numPassedTests', 'numFailedTests'].map((name) =>
    all.reduce((sum, report) => sum + report[name], 0),
  );
  note({
    ...{ promise, kind: 'promise', rounds: passed + lost, acknowledged: 0 },
    ...{ lost, doubled: 0, wrong: 0, broken: !ok, seed: 0 },
    ...{ seconds: Math.round((Date.now() - since) / 1000), skipped: null },
  });
  return ok;
}

/** Runs the laws of `npm test` with many more random cases. */
function laws() {
  const report = '.cache/faults/laws.json';
  const times = Math.max(1, Math.round(CASES * share));
  rmSync(report, { force: true });
  const since = Date.now();
  const { command, env } = moreCases(report, times, LAWS);
  const ok = run(command, env);
  return noteTests(`the laws hold (random cases × ${times}, rounds: tests)`, [report], {
    ...{ ok, since },
  });
}

/** Plays random schedules, by other seeds in each process: one for each core. */
async function schedules() {
  const cores = availableParallelism();
  // with one case each process would play the schedules of `npm test`
  const times = Math.max(2, Math.round((SCHEDULES_CASES * share) / cores));
  const reports = Array.from({ length: cores }, (_, n) => `.cache/faults/schedules-${n + 1}.json`);
  const since = Date.now();
  const ends = await Promise.all(
    reports.map((report) => {
      rmSync(report, { force: true });
      const { command, env } = moreCases(report, times, [SCHEDULES]);
      return once(spawn(command, { shell: true, stdio: 'inherit', env }), 'exit');
    }),
  );
  const ok = ends.every(([code]) => code === 0);
  const promise = `all tills agree (random schedules × ${times * cores}, rounds: tests)`;
  return noteTests(promise, reports, { ok, since });
}

function runPart(part) {
  // `npm test` lints components without types, and everything else by oxlint
  if (part === 'lint') return run('eslint .');
  if (part === 'stories') return run('playwright test');
  if (part === 'schedules') return schedules();
  return part === 'laws' ? laws() : run(`playwright test -c tests/faults ${part}.faults`);
}

if (!run('node scripts/setup.mjs --build --browsers --engines')) process.exit(1);
console.log(`seed ${options.seed}, ${share} of the rounds`);
const failed = [];
for (const part of chosen) {
  if (finished.has(part)) continue;
  const ok = await runPart(part);
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
