// Runs the steps of `npm run check` and `npm test`, counts what passed, and prints what each took.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { delimiter, join, relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cleanEnv } from './npm.mjs';
import { secondsIn, timed, watch } from './processor-time.mjs';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';

/** How many of the slowest test files are named at the end. */
const SLOWEST = 10;

function hasRoom(folder) {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= 4 * 2 ** 30;
}

export class Run {
  #total = { passed: 0, failed: 0, skipped: 0 };
  /** Of each step: name, seconds, seconds of processor time and number of tests; null if not known. */
  #steps = [];
  /** Of each test file: name and seconds. */
  #files = [];
  #secondTries = [];
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
    const step = await this.#step(name, command, env);
    this.#steps.push({ ...step, tests: null });
    this.#total[step.ok ? 'passed' : 'failed']++;
    if (!step.ok) this.#failures.push(`${name}: see above`);
  }

  /**
   * A test runner that writes its results as JSON to `report`; `resultsOf` reads counts, failures, the seconds of each file and
   * second tries from them. A run that failed without a failed test counts as one failure.
   */
  async tests(name, command, report, resultsOf, env = {}) {
    rmSync(report, { force: true });
    const step = await this.#step(name, command, env);
    let results = { passed: 0, failed: 0, skipped: 0, failures: [], files: [], secondTries: [] };
    try {
      results = resultsOf(JSON.parse(readFileSync(report, 'utf8')));
    } catch (error) {
      console.log(`== ${name}: no report (${error.message})`);
      if (step.ok) results.failed = 1;
    }
    this.#steps.push({ ...step, tests: results.passed + results.failed });
    this.#files.push(...results.files);
    this.#secondTries.push(...results.secondTries);
    if (!step.ok && results.failed === 0) results.failed = 1;
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
        files: json.testResults.map(({ name, startTime, endTime }) => ({
          name: relative('.', name),
          seconds: (endTime - startTime) / 1000,
        })),
        secondTries: [],
      }),
      this.#inMemory(),
    );
  }

  /** Playwright's stories. */
  stories(name, args = '') {
    return this.playwright(name, args, this.#inMemory());
  }

  /** Playwright; the tests that passed only at their second try are named at the end of the run. */
  playwright(name, args = '', env = {}) {
    const report = resolve(`.cache/${name}.json`);
    return this.tests(
      name,
      `playwright test ${args} --reporter=list,json`,
      report,
      ({ stats, suites, config }) => {
        const specs = specsOf(suites, config.rootDir);
        return {
          passed: stats.expected + stats.flaky,
          failed: stats.unexpected,
          skipped: stats.skipped,
          failures: failedStories(specs),
          files: secondsOfFiles(specs),
          secondTries: secondTries(specs),
        };
      },
      { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    );
  }

  /**
   * Prints what each step took, the slowest test files, second tries, what failed and, last, "N passed, N failed"; sets the exit
   * code.
   */
  end() {
    const { passed, failed, skipped } = this.#total;
    const all = {
      name: 'all',
      seconds: (Date.now() - this.#start) / 1000,
      coreSeconds: sum(this.#steps.map(({ coreSeconds }) => coreSeconds)),
      tests: sum(this.#steps.map(({ tests }) => tests)),
    };
    const width = Math.max(...this.#steps.map(({ name }) => name.length));
    console.log(`\n${''.padEnd(width)}  seconds  core-seconds  tests`);
    for (const { name, seconds, coreSeconds, tests } of [...this.#steps, all])
      console.log(
        [name.padEnd(width), whole(seconds, 7), whole(coreSeconds, 12), whole(tests, 5)].join('  '),
      );
    const slowest = this.#files.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
    list(
      'slowest test files',
      slowest.map(({ name, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${name}`),
    );
    list('passed only at the second try', this.#secondTries);
    list('failed', this.#failures);
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

  /** Runs a step's command; returns whether it passed and what it took. */
  async #step(name, command, env = {}) {
    const start = Date.now();
    const title = `\n== ${name}: ${command}`;
    if (this.#isLive) console.log(title);
    const stdio = this.#isLive ? ['inherit', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(timed(command), {
      shell: true,
      stdio: [...stdio, 'pipe'],
      env: { ...this.#env, ...env },
    });
    const used = watch(child.pid);
    let output = '';
    let times = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stdio[3].setEncoding('utf8').on('data', (text) => (times += text));
    const [status, signal] = await once(child, 'close');
    if (!this.#isLive) console.log(`${title}\n${output}`);
    const seconds = (Date.now() - start) / 1000;
    const ok = status === 0;
    console.log(
      `== ${name}: ${ok ? 'ok' : `FAILED (${signal ?? status})`} in ${seconds.toFixed(1)} s`,
    );
    const known = [secondsIn(times), used()].filter((each) => each !== null);
    return { name, ok, seconds, coreSeconds: known.length === 0 ? null : Math.max(...known) };
  }
}

/** The sum of what is known; null if nothing is. */
function sum(numbers) {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b);
}

/** A number without its fraction, or a dash, in a column. */
const whole = (number, width) => (number === null ? '-' : number.toFixed(0)).padStart(width);

/** Prints lines under a heading, if there are any. */
function list(heading, lines) {
  if (lines.length > 0) console.log(`\n${heading}\n  ${lines.join('\n  ')}`);
}

/** Playwright's tests, those of nested suites as well, as `{ title, file, tests }`. */
function specsOf(suites, rootDir) {
  return suites.flatMap(({ specs = [], suites: inner = [] }) => [
    ...specs.map(({ title, file, tests }) => ({
      title,
      file: relative('.', join(rootDir, file)),
      tests,
    })),
    ...specsOf(inner, rootDir),
  ]);
}

/** File and title of each story that failed and then passed. */
function secondTries(specs) {
  return specs
    .filter(({ tests }) => tests.some(({ status }) => status === 'flaky'))
    .map(({ title, file }) => `${file} › ${title}`);
}

/** The seconds of each file's stories and their tries. */
function secondsOfFiles(specs) {
  const files = new Map();
  for (const { file, tests } of specs)
    for (const { duration } of tests.flatMap(({ results }) => results))
      files.set(file, (files.get(file) ?? 0) + duration / 1000);
  return [...files].map(([name, seconds]) => ({ name, seconds }));
}

/** File, title and message of each story that failed. */
function failedStories(specs) {
  return specs.flatMap(({ title, file, tests }) =>
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
