// The short benchmark: start, pay, keystroke and download against the ratios of quick.json.
//   npm run bench:quick               builds, measures for some three minutes, prints a table
//   npm run bench:quick -- --save     and stores the new ratios for the next comparison
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

process.chdir(join(import.meta.dirname, '..'));
const BENCHES = ['download', 'keystroke', 'pay', 'start'];
const SAMPLES = '18';
const STORED = 'tests/bench/quick.json';
const RESULTS = '.cache/bench';
/** A row that got worse by more than this share is marked. */
const WORSE = 0.1;

const { values: options } = parseArgs({ options: { save: { type: 'boolean', default: false } } });

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
}

run('npm', ['run', 'build']);
rmSync(RESULTS, { recursive: true, force: true });
run(
  'npx',
  [
    'playwright',
    'test',
    '-c',
    'tests/bench/playwright.config.ts',
    '--grep-invert=on a slow page',
    ...BENCHES.map((name) => `/${name}\\.bench\\.ts$`),
  ],
  { COUNTERFOIL_BENCH_SAMPLES: SAMPLES },
);

const before = JSON.parse(readFileSync(STORED, 'utf8'));
const now = Object.fromEntries(
  readdirSync(RESULTS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const { what, figure } = JSON.parse(readFileSync(join(RESULTS, name), 'utf8'));
      return [what, Number(figure.toPrecision(3))];
    }),
);

console.log('\n| row | before | now | |\n| --- | --- | --- | --- |');
for (const what of Object.keys({ ...before, ...now }).sort()) {
  const was = before[what];
  const is = now[what];
  const change = was && is ? is / was - 1 : 0;
  const words =
    is === undefined
      ? 'not measured'
      : was === undefined
        ? 'new'
        : `${(100 * change).toFixed(0)} %`;
  console.log(
    `| ${what} | ${was ?? '–'} | ${is ?? '–'} | ${change > WORSE ? `**worse: ${words}**` : words} |`,
  );
}
if (options.save) writeFileSync(STORED, `${JSON.stringify(now, null, 2)}\n`);
