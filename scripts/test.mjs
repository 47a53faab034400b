// Everything, cheapest first; the last line is "N passed, N failed", with ", N skipped" if any were.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileOf, results, table } from './faults-table.mjs';
import { cleanEnv } from './npm.mjs';

process.chdir(join(import.meta.dirname, '..'));
mkdirSync('.cache', { recursive: true });

const total = { passed: 0, failed: 0, skipped: 0 };
const env = {
  ...cleanEnv(),
  CI: 'true', // a forgotten .only is an error
  PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`,
};

function step(name, command, more = {}) {
  const start = Date.now();
  console.log(`\n== ${name}: ${command}`);
  const { status, signal } = spawnSync(command, {
    shell: true,
    stdio: 'inherit',
    env: { ...env, ...more },
  });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(
    `== ${name}: ${status === 0 ? 'ok' : `FAILED (${signal ?? status})`} in ${seconds} s`,
  );
  return status === 0;
}

function check(name, command) {
  total[step(name, command) ? 'passed' : 'failed']++;
}

/** Runs a test runner that writes its counts as JSON to `report`; a run that failed without a failed test counts as one. */
function tests(name, command, report, more, countsOf) {
  rmSync(report, { force: true });
  const ok = step(name, command, more);
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = countsOf(JSON.parse(readFileSync(report, 'utf8')));
  } catch (error) {
    console.log(`== ${name}: no report (${error.message})`);
    if (ok) counts.failed = 1;
  }
  if (!ok && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
}

/** Counts of Playwright's report. */
const counted = ({ stats, suites }) => {
  for (const title of shaky(suites)) console.log(`== passed only at its second try: ${title}`);
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  };
};

/** Titles of the stories that failed once and then passed. */
function shaky(suites = []) {
  return suites.flatMap(({ specs = [], suites: inner }) => [
    ...specs
      .filter(({ tests }) => tests.some(({ status }) => status === 'flaky'))
      .map((s) => s.title),
    ...shaky(inner),
  ]);
}

function vitest(project) {
  const report = `.cache/vitest-${project}.json`;
  tests(
    `vitest ${project}`,
    `vitest run --project=${project} --reporter=default --reporter=json --outputFile.json=${report}`,
    report,
    {},
    (json) => ({
      passed: json.numPassedTests,
      failed: json.numFailedTests,
      skipped: json.numPendingTests + json.numTodoTests,
    }),
  );
}

check('format', 'prettier --check --log-level warn .');
check('lint', 'eslint .');
check('check', 'node scripts/check.mjs');
check('build', 'vite build && vite build -c vite.server.config.ts && node scripts/compress.mjs');
vitest('node');
vitest('browser');
tests(
  'playwright',
  'playwright test --pass-with-no-tests --reporter=list,json',
  '.cache/playwright.json',
  { PLAYWRIGHT_JSON_OUTPUT_NAME: '.cache/playwright.json' },
  counted,
);
rmSync(fileOf('push'), { force: true });
tests(
  'faults',
  'playwright test -c tests/faults --reporter=list,json',
  '.cache/faults.json',
  { PLAYWRIGHT_JSON_OUTPUT_NAME: resolve('.cache/faults.json') },
  counted,
);
console.log(table(results('push')));

const skipped = total.skipped ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed ? 1 : 0;
