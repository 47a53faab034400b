// Type-checks the tree: svelte-check for the whole, tsc for each room with its stricter environment.
//   node scripts/types.mjs            everything
//   node scripts/types.mjs --cache    a room of which nothing has changed is not checked again
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

process.chdir(join(import.meta.dirname, '..'));
const rooms = [
  'src/lib/contract',
  'src/lib/domain',
  'src/lib/proof',
  'src/lib/search/worker',
  'src/lib/storage/wal/worker',
  'src/lib/storage/secrets/worker',
  'src/lib/sync/worker',
  'src/sw',
  'relay',
];
const hasSource = (room) =>
  existsSync(room) &&
  readdirSync(room, { recursive: true }).some((name) => String(name).endsWith('.ts'));

// by path, because `typescript`, which the linter needs, has an older `tsc` of the same name
const tsc = 'node node_modules/@typescript/native/bin/tsc';
const cached = (room) =>
  process.argv.includes('--cache')
    ? ` --incremental --tsBuildInfoFile ${resolve('.cache/types', room.replaceAll('/', '-'))}.json`
    : '';
const jobs = [
  `svelte-check --tsgo${process.argv.includes('--cache') ? ' --incremental' : ''} --tsconfig ./tsconfig.json --fail-on-warnings`,
  ...rooms.filter(hasSource).map((room) => `${tsc} -p ${room} --noEmit${cached(room)}`),
];

const path = `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`;
const run = (command) =>
  new Promise((done) => {
    const child = spawn(command, { shell: true, env: { ...process.env, PATH: path } });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      console.log(
        `${code === 0 ? 'ok    ' : 'FAILED'} ${command.replace(tsc, 'tsc').split(' --')[0]}`,
      );
      if (code !== 0) console.log(output);
      done(code === 0);
    });
  });

// the whole tree and the rooms run side by side, the rooms one after another: two processes at a time
const [whole, ...each] = jobs;
const results = await Promise.all([
  run(whole),
  (async () => {
    let ok = true;
    for (const job of each) ok = (await run(job)) && ok;
    return ok;
  })(),
]);
process.exit(results.every(Boolean) ? 0 : 1);
