// Runs the steps of `npm run check` and `npm test`, counts what passed, and prints how long each took.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { delimiter, join, relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cleanEnv } from './npm.mjs';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';

function hasRoom(folder) {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= 4 * 2 ** 30;
}

export class Run {
  #total = { passed: 0, failed: 0, skipped: 0 };
  #seconds = [];
  #failures = [];
  #start = Date.now();
  #folder = null;
  /** Whether the output of a step is printed at once, rather than as a whole when the step ends. */
  #isLive = true;
  #env = {
    ...cleanEnv(),
    CI: 'true', // a forgotten .only is an error
    PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`,
    // survives the run, unlike the folder for temporary files
    PWTEST_CACHE_DIR: resolve('.cache/playwright-transform'),
  };

  constructor() {
    mkdirSync('.cache', { recursive: true });
  }

  /** Runs functions that run steps, at the same time. The output of a step is printed when it ends. */
  async lanes(...lanes) {
    this.#isLive = false;
    await Promise.all(lanes.map((lane) => lane()));
    this.#isLive = true;
  }

  /** A step that passes or fails as a whole. */
  async check(name, command, env = {}) {
    const ok = await this.#step(name, command, env);
    this.#total[ok ? 'passed' : 'failed']++;
    if (!ok) this.#failures.push(`${name}: see above`);
  }

  /**
   * A test runner that writes its results as JSON to `report`; `resultsOf` reads counts and failures from them.
   * A run that failed without a failed test counts as one failure.
   */
  async tests(name, command, report, resultsOf, env = {}) {
    rmSync(report, { force: true });
    const ok = await this.#step(name, command, env);
    let results = { passed: 0, failed: 0, skipped: 0, failures: [] };
    try {
      results = resultsOf(JSON.parse(readFileSync(report, 'utf8')));
    } catch (error) {
      console.log(`== ${name}: no report (${error.message})`);
      if (ok) results.failed = 1;
    }
    if (!ok && results.failed === 0) results.failed = 1;
    if (results.failed > 0 && results.failures.length === 0)
      results.failures.push('the step as a whole, see above');
    for (const key of Object.keys(this.#total)) this.#total[key] += results[key];
    this.#failures.push(...results.failures.map((failure) => `${name}: ${failure}`));
  }

  /** Vitest of one project; `filters` are its positional arguments. */
  vitest(project, ...filters) {
    const report = `.cache/vitest-${project}.json`;
    return this.tests(
      `vitest ${project}`,
      `vitest run --project=${project} --reporter=default --reporter=json --outputFile.json=${report} ${filters.join(' ')}`,
      report,
      (json) => ({
        passed: json.numPassedTests,
        failed: json.numFailedTests,
        skipped: json.numPendingTests + json.numTodoTests,
        failures: failedTests(json.testResults),
      }),
      this.#inMemory(),
    );
  }

  /** Playwright's stories; lists those that passed only at their second try. */
  stories(name, args = '') {
    return this.playwright(name, args, this.#inMemory());
  }

  /** Playwright; names tests that passed only at their second try. */
  playwright(name, args = '', env = {}) {
    const report = resolve(`.cache/${name}.json`);
    return this.tests(
      name,
      `playwright test ${args} --reporter=list,json`,
      report,
      ({ stats, suites }) => {
        for (const title of shaky(suites))
          console.log(`== passed only at its second try: ${title}`);
        return {
          passed: stats.expected + stats.flaky,
          failed: stats.unexpected,
          skipped: stats.skipped,
          failures: failedStories(suites),
        };
      },
      { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    );
  }

  /** Prints the seconds of each step, what failed and, last, "N passed, N failed"; sets the exit code. */
  end() {
    const width = Math.max(...this.#seconds.map(([name]) => name.length));
    const all = (Date.now() - this.#start) / 1000;
    console.log('\nseconds');
    for (const [name, seconds] of [...this.#seconds, ['all', all]])
      console.log(`  ${name.padEnd(width)}  ${seconds.toFixed(0).padStart(5)}`);
    const { passed, failed, skipped } = this.#total;
    if (this.#failures.length > 0) console.log(`\nfailed\n  ${this.#failures.join('\n  ')}`);
    console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
    process.exitCode = failed ? 1 : 0;
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * For tests that are not about the disk: puts temporary files in memory if 4 GiB are free there. Relay and till flush every
   * act, so the tests would mostly wait for the disk.
   */
  #inMemory() {
    if (this.#folder === null && hasRoom(MEMORY))
      this.#folder = mkdtempSync(join(MEMORY, 'counterfoil-tests-'));
    return this.#folder === null ? {} : { TMPDIR: this.#folder };
  }

  /** Runs a step's command, and notes how long it took; true if it passed. */
  async #step(name, command, env = {}) {
    const start = Date.now();
    const title = `\n== ${name}: ${command}`;
    if (this.#isLive) console.log(title);
    const stdio = this.#isLive ? 'inherit' : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, { shell: true, stdio, env: { ...this.#env, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    const [status, signal] = await once(child, 'close');
    if (stdio !== 'inherit') console.log(`${title}\n${output}`);
    const seconds = (Date.now() - start) / 1000;
    this.#seconds.push([name, seconds]);
    const ok = status === 0;
    console.log(
      `== ${name}: ${ok ? 'ok' : `FAILED (${signal ?? status})`} in ${seconds.toFixed(1)} s`,
    );
    return ok;
  }
}

/** Playwright's tests, those of nested suites as well, as `{ title, file, tests }`. */
function specsOf(suites = []) {
  return suites.flatMap(({ specs = [], suites: inner }) => [...specs, ...specsOf(inner)]);
}

/** Titles of the stories that failed once and then passed. */
function shaky(suites) {
  return specsOf(suites)
    .filter(({ tests }) => tests.some(({ status }) => status === 'flaky'))
    .map(({ title }) => title);
}

/** File, title and message of each story that failed. */
function failedStories(suites) {
  return specsOf(suites).flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected')
      .map(({ results }) => `${file} › ${title}${because(results.at(-1)?.error?.message)}`),
  );
}

/** File, name and message of each of Vitest's tests that failed, and of files that could not be run. */
function failedTests(files) {
  return files.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative('.', name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [`${file}${because(message)}`] : [];
    return failed.map(
      ({ fullName, failureMessages }) => `${file} › ${fullName}${because(failureMessages[0])}`,
    );
  });
}

/** The first lines of a failure's message, cut to 300 characters; without colours and the stack. */
function because(message) {
  if (!message) return '';
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => `\n    ${line.slice(0, 300)}`);
  return lines.join('');
}
