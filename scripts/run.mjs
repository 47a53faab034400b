// Runs the steps of `npm run check` and `npm test`, counts what passed, and prints how long each took.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
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
  #start = Date.now();
  #folder = null;
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

  /** A step that passes or fails as a whole. */
  check(name, command) {
    this.#total[this.#step(name, command) ? 'passed' : 'failed']++;
  }

  /** Steps of that kind at the same time, as `{ name: command }`; what each printed comes when it ends. */
  async checks(commands) {
    await Promise.all(
      Object.entries(commands).map(async ([name, command]) => {
        const start = Date.now();
        const { ok, output } = await finished(command, this.#env);
        console.log(`\n== ${name}: ${command}\n${output}`);
        this.#total[this.#ended(name, start, ok ? 0 : 'see above') ? 'passed' : 'failed']++;
      }),
    );
  }

  /**
   * A test runner that writes its counts as JSON to `report`; `countsOf` reads them.
   * A run that failed without a failed test counts as one failure.
   */
  tests(name, command, report, countsOf, env = {}) {
    rmSync(report, { force: true });
    const ok = this.#step(name, command, env);
    let counts = { passed: 0, failed: 0, skipped: 0 };
    try {
      counts = countsOf(JSON.parse(readFileSync(report, 'utf8')));
    } catch (error) {
      console.log(`== ${name}: no report (${error.message})`);
      if (ok) counts.failed = 1;
    }
    if (!ok && counts.failed === 0) counts.failed = 1;
    for (const key of Object.keys(this.#total)) this.#total[key] += counts[key];
  }

  /** Vitest of one project; `filters` are its positional arguments. */
  vitest(project, ...filters) {
    const report = `.cache/vitest-${project}.json`;
    this.tests(
      `vitest ${project}`,
      `vitest run --project=${project} --reporter=default --reporter=json --outputFile.json=${report} ${filters.join(' ')}`,
      report,
      (json) => ({
        passed: json.numPassedTests,
        failed: json.numFailedTests,
        skipped: json.numPendingTests + json.numTodoTests,
      }),
      this.#inMemory(),
    );
  }

  /** Playwright's stories; names those that passed only at their second try. */
  stories(name, args = '') {
    this.playwright(name, args, this.#inMemory());
  }

  /** Playwright; names tests that passed only at their second try. */
  playwright(name, args = '', env = {}) {
    const report = resolve(`.cache/${name}.json`);
    this.tests(
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
        };
      },
      { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    );
  }

  /** Prints the seconds of each step and, last, "N passed, N failed"; sets the exit code. */
  end() {
    const width = Math.max(...this.#seconds.map(([name]) => name.length));
    const all = (Date.now() - this.#start) / 1000;
    console.log('\nseconds');
    for (const [name, seconds] of [...this.#seconds, ['all', all]])
      console.log(`  ${name.padEnd(width)}  ${seconds.toFixed(0).padStart(5)}`);
    const { passed, failed, skipped } = this.#total;
    console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
    process.exitCode = failed ? 1 : 0;
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * For tests that are not about the disk: temporary files in memory, if it has 4 GiB of room.
   * Relay and till flush every act, and the tests would mostly wait for the disk.
   */
  #inMemory() {
    if (this.#folder === null && hasRoom(MEMORY))
      this.#folder = mkdtempSync(join(MEMORY, 'counterfoil-tests-'));
    return this.#folder === null ? {} : { TMPDIR: this.#folder };
  }

  #step(name, command, env = {}) {
    const start = Date.now();
    console.log(`\n== ${name}: ${command}`);
    const { status, signal } = spawnSync(command, {
      shell: true,
      stdio: 'inherit',
      env: { ...this.#env, ...env },
    });
    return this.#ended(name, start, signal ?? status);
  }

  /** Notes how long a step took; true if it passed. */
  #ended(name, start, status) {
    const seconds = (Date.now() - start) / 1000;
    this.#seconds.push([name, seconds]);
    console.log(
      `== ${name}: ${status === 0 ? 'ok' : `FAILED (${status})`} in ${seconds.toFixed(1)} s`,
    );
    return status === 0;
  }
}

/** Runs a command to its end. */
function finished(command, env) {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('close', (status) => resolve({ ok: status === 0, output }));
  });
}

/** Titles of the stories that failed once and then passed. */
function shaky(suites = []) {
  return suites.flatMap(({ specs = [], suites: inner }) => [
    ...specs
      .filter(({ tests }) => tests.some(({ status }) => status === 'flaky'))
      .map((s) => s.title),
    ...shaky(inner),
  ]);
}
