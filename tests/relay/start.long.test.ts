// The relay as a process: prints its address, ends on TERM, says in one line why it cannot start.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { TillClient } from '../support/till-client';

// inside the project: the built file looks for the SQLite binding relative to itself
const BUILT = join('.cache', `relay-under-test-${process.pid}`);
let dir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  await build({
    configFile: 'vite.server.config.ts',
    logLevel: 'error',
    build: { outDir: BUILT, emptyOutDir: true },
  });
}, 60_000);
afterAll(() => rmSync(BUILT, { recursive: true, force: true }));
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'counterfoil-start-'));
});
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  rmSync(dir, { recursive: true, force: true });
});

type Run = { readonly child: ChildProcess; readonly text: () => string };

function run(env: Record<string, string> = {}, ...words: string[]): Run {
  const child = spawn(process.execPath, [join(BUILT, 'main.js'), ...words], {
    env: { PATH: process.env.PATH, COUNTERFOIL_PORT: '0', COUNTERFOIL_DATA: dir, ...env },
  });
  children.push(child);
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  child.stderr.on('data', (part: Buffer) => (text += part.toString()));
  return { child, text: () => text };
}

/** Waits until the process has printed it; fails with its output if it ends first. */
function printed({ child, text }: Run, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const match = pattern.exec(text());
      if (match) resolve(match);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () => reject(new Error(`ended without it: ${text()}`)));
    look();
  });
}

const READY = /http:\/\/localhost:(\d+)\//;

/** Exit code and output of a run that ends by itself. */
async function ended(started: Run): Promise<{ code: number | null; text: string }> {
  const [code] = (await once(started.child, 'close')) as [number | null];
  return { code, text: started.text() };
}

it('it prints its address once it answers there, with a token for a second browser, and ends cleanly on TERM', async () => {
  const started = run();
  const [address] = await printed(started, READY);
  const [, token] = await printed(started, /until \d\d:\d\d: ([0-9A-Z]{10})\n/);
  expect((await fetch(`${address}api/v1/health`)).status).toBe(200);
  const till = await TillClient.make(address.slice(0, -1));
  expect((await till.enrol(token)).json.kind).toBe('enrolled');
  started.child.kill('SIGTERM');
  expect((await ended(started)).code).toBe(0);
});

it('TERM ends it while a browser keeps its connection open', async () => {
  const started = run();
  const [address] = await printed(started, READY);
  await fetch(`${address}api/v1/health`, { headers: { connection: 'keep-alive' } });
  started.child.kill('SIGTERM');
  expect((await ended(started)).code).toBe(0);
});

it('with a public address it prints link and QR; the command enrol does the same while it runs', async () => {
  const env = { COUNTERFOIL_URL: 'https://till.example' };
  const started = run(env);
  await printed(started, /https:\/\/till\.example\/#enrol=[0-9A-Z]{10}\n/);
  await printed(started, /[▀▄█]{10}/);
  await printed(started, /http:\/\/localhost:\d+\/demo-phone\?key=[\w-]{22}\n/);
  const [address] = await printed(started, READY);
  const word = await ended(run(env, 'enrol'));
  const token = /#enrol=([0-9A-Z]{10})\n/.exec(word.text)?.[1];
  expect(word.code).toBe(0);
  const till = await TillClient.make(address.slice(0, -1));
  expect((await till.enrol(token)).json.kind).toBe('enrolled');
});

it('once the shop is set up no token is printed at the start; enrol and elevate make one', async () => {
  const first = run();
  const [address] = await printed(first, READY);
  await TillClient.ready(address.slice(0, -1));
  first.child.kill('SIGTERM');
  await ended(first);
  const second = run();
  await printed(second, READY);
  second.child.kill('SIGTERM');
  expect((await ended(second)).text).not.toMatch(/[0-9A-Z]{10}/);
  expect((await ended(run({}, 'enrol'))).text).toMatch(/: [0-9A-Z]{10}\n$/);
  expect((await ended(run({}, 'elevate'))).text).toMatch(
    /^Token in place of the code.*: [0-9A-Z]{10}\n$/,
  );
});

it('kill -9 loses nothing that was acknowledged', async () => {
  const first = run();
  const [address, port] = await printed(first, READY);
  const till = await TillClient.ready(address.slice(0, -1));
  first.child.kill('SIGKILL');
  await ended(first);
  await printed(run({ COUNTERFOIL_PORT: port! }), READY);
  await till.signIn();
  expect((await till.policy()).version).toBe(1);
});

it('a port in use is one clear line', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  expect(await ended(run({ COUNTERFOIL_PORT: String(port) }))).toEqual({
    code: 1,
    text: `Counterfoil: Port ${port} is in use by another program (is Counterfoil running already?): stop it, or give another with COUNTERFOIL_PORT.\n`,
  });
  other.close();
});

it('a data folder that cannot be created or written is one clear line', async () => {
  const file = join(dir, 'file');
  writeFileSync(file, '');
  const inFile = await ended(run({ COUNTERFOIL_DATA: join(file, 'data') }));
  expect(inFile.code).toBe(1);
  expect(inFile.text).toMatch(
    /^Counterfoil: The data folder .* cannot be written \(ENOTDIR\): [^\n]*\n$/,
  );
});

it.skipIf(process.getuid?.() === 0)('a data folder of another user is one clear line', async () => {
  const closed = join(dir, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  expect((await ended(run({ COUNTERFOIL_DATA: closed }))).text).toMatch(
    /^Counterfoil: The data folder .* cannot be written \(EACCES\): [^\n]*\n$/,
  );
});

it.each([
  [{ COUNTERFOIL_HOST: '0.0.0.0' }, 'COUNTERFOIL_HOST'],
  [{ COUNTERFOIL_PORT: 'http' }, 'COUNTERFOIL_PORT'],
  [{ COUNTERFOIL_HOST: '192.0.2.1', COUNTERFOIL_URL: 'https://till.example' }, 'COUNTERFOIL_HOST'],
  [{ COUNTERFOIL_TLS_CERT: '/none.pem', COUNTERFOIL_TLS_KEY: '/none.pem' }, '/none.pem'],
])('%o is refused in one line that names it', async (env, named) => {
  const { code, text } = await ended(run(env));
  expect(code).toBe(1);
  expect(text).toMatch(/^Counterfoil: [^\n]+\n$/);
  expect(text).toContain(named);
});

it('an unknown command is one clear line', async () => {
  expect(await ended(run({}, 'constructor'))).toEqual({
    code: 1,
    text: 'Counterfoil: There is no "constructor": say enrol, elevate, restore, withdraw, reinstate, or nothing to start the relay.\n',
  });
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

it.skipIf(!hasOpenssl())('it serves https with certificate files', async () => {
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      ...subject,
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  );
  const started = run({ COUNTERFOIL_TLS_CERT: cert, COUNTERFOIL_TLS_KEY: key });
  const [address] = await printed(started, /https:\/\/localhost:\d+\//);
  const asked = request(`${address}api/v1/health`, {
    rejectUnauthorized: false,
    agent: false,
  }).end();
  const [reply] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
  reply.resume();
  expect(reply.statusCode).toBe(200);
});
