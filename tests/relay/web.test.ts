// The HTTP side of the relay: one origin, strict JSON, headers, the built till, and nothing leaked.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reinstate, withdraw } from '../../relay/http/withdrawal';
import { NAVIGATION, rawRequest } from '../support/raw-request';
import { startRelay, type RunningRelay, type StartOptions } from '../support/relay';
import { TillClient } from '../support/till-client';

const INDEX = `<!doctype html><title>till</title>${' '.repeat(2000)}`;
let staticDir: string;
let running: RunningRelay;

beforeAll(() => {
  staticDir = mkdtempSync(join(tmpdir(), 'counterfoil-till-'));
  mkdirSync(join(staticDir, 'assets'));
  writeFileSync(join(staticDir, 'index.html'), INDEX);
  writeFileSync(join(staticDir, 'index.html.br'), brotliCompressSync(INDEX));
  writeFileSync(join(staticDir, 'index.html.gz'), gzipSync(INDEX));
  writeFileSync(join(staticDir, 'sw.js'), '/* worker */');
  writeFileSync(join(staticDir, 'assets', 'main-abc123.js'), 'console.info(1)');
  writeFileSync(join(staticDir, '..', 'outside.js'), 'secret');
});
afterAll(() => rmSync(staticDir, { recursive: true }));

const start = async (options: StartOptions = {}): Promise<void> => {
  running = await startRelay({ ...options, config: { staticDir, ...options.config } });
};
beforeEach(() => start());
afterEach(() => running.stop());

const ask = (
  path: string,
  headers: Record<string, string> = {},
  options: { method?: string; body?: string } = {},
) => rawRequest(running.url + path, { headers, ...options });
const port = (): number => running.relay.port();

describe('one origin', () => {
  it.each(['evil.example', 'localhost:1', 'localhost', '127.0.0.1.evil.example:8080'])(
    'a request for the foreign host %s is refused',
    async (host) => {
      const reply = await ask('/api/v1/health', { host });
      expect([reply.status, reply.text]).toEqual([421, '{"kind":"wrong-address"}']);
    },
  );

  it('a page at a foreign host name explains which address to use', async () => {
    const reply = await ask('/', { ...NAVIGATION, host: `192.168.1.5:${port()}` });
    expect(reply.status).toBe(421);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.text).toContain(`href="http://localhost:${port()}/"`);
    expect(reply.text).toContain(`href="http://localhost:${port()}/tablets.html"`);
    expect(reply.text).not.toContain('COUNTERFOIL');
    expect(reply.text).toContain('secure context');
    expect(reply.text).toContain('По этому адресу касса не работает');
    expect(reply.text).not.toContain('<script');
  });

  it('if there is a public address the reader is sent there', async () => {
    await running.stop();
    await start({ env: { COUNTERFOIL_URL: 'https://till.example' } });
    const reply = await ask('/', { ...NAVIGATION, host: `192.168.1.5:${port()}` });
    expect(reply.text).toContain('href="https://till.example/"');
    expect((await ask('/', { ...NAVIGATION, host: 'till.example' })).status).toBe(200);
    expect((await ask('/', { ...NAVIGATION, host: 'till.example:8080' })).status).toBe(421);
  });

  it.each(['127.0.0.1', '[::1]', '127.0.0.2'])(
    'a page opened at %s is redirected to localhost',
    async (name) => {
      const reply = await ask('/some?a=1', { ...NAVIGATION, host: `${name}:${port()}` });
      expect(reply.status).toBe(307);
      expect(reply.headers.location).toBe(`http://localhost:${port()}/some?a=1`);
    },
  );

  it('a path that looks like an address is not followed', async () => {
    const reply = await ask('//evil.example/x', { ...NAVIGATION, host: `127.0.0.1:${port()}` });
    expect(reply.headers.location).toBe(`http://localhost:${port()}//evil.example/x`);
  });

  it('programs on this machine may use the IP address', async () => {
    const reply = await ask('/api/v1/health', { host: `127.0.0.1:${port()}` });
    expect(reply.status).toBe(200);
  });

  it.each([
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-site', 'same-site'],
    ['origin', 'https://evil.example'],
    ['origin', 'null'],
    ['origin', 'http://localhost:1'],
  ])('another page (%s: %s) may request nothing', async (name, value) => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
      const reply = await ask('/api/v1/health', { [name]: value }, { method });
      expect([reply.status, reply.text]).toEqual([403, '{"kind":"cross-origin"}']);
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('a form of another site that posts by navigation is refused', async () => {
    const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' };
    const reply = await ask('/api/v1/tills', headers, { method: 'POST', body: 'a=1' });
    expect(reply.status).toBe(403);
  });

  it('a link from another page opens the till', async () => {
    const reply = await ask('/', { ...NAVIGATION, 'sec-fetch-site': 'cross-site' });
    expect([reply.status, reply.text]).toEqual([200, INDEX]);
  });

  it('the till’s own page may request', async () => {
    const own = { 'sec-fetch-site': 'same-origin', origin: running.url };
    expect((await ask('/api/v1/health', own)).status).toBe(200);
    expect((await ask('/api/v1/health', { origin: running.url })).status).toBe(200);
  });
});

describe('the contract', () => {
  it.each([undefined, '0', '2', 'one', '1, 1'])(
    'a till of contract %s is asked to update',
    async (version) => {
      const headers = version === undefined ? {} : { 'counterfoil-contract': version };
      const reply = await ask('/api/v1/policy', headers);
      expect([reply.status, reply.text]).toEqual([426, '{"kind":"contract-mismatch","relay":1}']);
    },
  );

  it('an unknown route is reported as such, with and without the contract header', async () => {
    const reply = await ask('/api/v1/surprise', { 'counterfoil-contract': '1' });
    expect([reply.status, reply.text]).toEqual([404, '{"kind":"not-found"}']);
    expect((await ask('/api/v2/health')).text).toBe('{"kind":"not-found"}');
  });
});

describe('strict JSON', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    ask(
      '/api/v1/sessions',
      { 'counterfoil-contract': '1', 'content-type': 'application/json', ...headers },
      { method: 'POST', body },
    );

  it.each([
    ['broken JSON', '{"tillId":'],
    ['nothing', ''],
    ['a prototype', '{"__proto__":{"polluted":1}}'],
    ['a constructor further in', '{"a":[{"constructor":1}]}'],
    ['seventeen levels', '['.repeat(17) + ']'.repeat(17)],
    ['thirty thousand levels', '['.repeat(30_000) + ']'.repeat(30_000)],
  ])('%s is malformed', async (_, text) => {
    const reply = await post(text);
    expect([reply.status, reply.text]).toEqual([400, '{"kind":"malformed","path":""}']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('the place of an error is named, its value is not', async () => {
    const till = await TillClient.make(running.url);
    till.shopId = till.id;
    const request = await till.sessionRequest();
    const extra = await post(JSON.stringify({ ...request, surprise: 'canary' }));
    expect(extra.text).toBe('{"kind":"malformed","path":"surprise"}');
    const wrong = await post(JSON.stringify({ ...request, nonce: 'canary' }));
    expect(wrong.text).toBe('{"kind":"malformed","path":"nonce"}');
  });

  it('64 KiB are read, one byte more is refused', async () => {
    const padded = (size: number): string => `{"a":"${'x'.repeat(size - 8)}"}`;
    expect((await post(padded(65_536))).status).toBe(400);
    const reply = await post(padded(65_537));
    expect([reply.status, reply.text]).toEqual([413, '{"kind":"too-large"}']);
    const chunked = await post(padded(200_000), { 'transfer-encoding': 'chunked' });
    expect([chunked.status, chunked.text]).toEqual([413, '{"kind":"too-large"}']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'the content type "%s" is refused: a form of another site could send it',
    async (type) => {
      const reply = await post('{}', { 'content-type': type });
      expect([reply.status, reply.text]).toEqual([
        415,
        '{"kind":"malformed","path":"content-type"}',
      ]);
    },
  );
});

describe('headers', () => {
  it('every reply carries them', async () => {
    const names = [
      'content-security-policy',
      'cross-origin-opener-policy',
      'cross-origin-resource-policy',
      'permissions-policy',
      'referrer-policy',
      'strict-transport-security',
      'x-content-type-options',
      'x-frame-options',
    ];
    const pick = (headers: Record<string, unknown>) =>
      Object.fromEntries(names.map((name) => [name, headers[name]]));
    const page = pick((await ask('/', NAVIGATION)).headers);
    expect(page).toMatchInlineSnapshot(`
      {
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(self), usb=(self), serial=(self), microphone=(), geolocation=(), payment=(), browsing-topics=()",
        "referrer-policy": "no-referrer",
        "strict-transport-security": undefined,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      }
    `);
    for (const path of ['/api/v1/health', '/api/v1/nothing', '/assets/main-abc123.js', '/none'])
      expect(pick((await ask(path)).headers)).toEqual(page);
  });

  it('the relay’s own page allows its one style and nothing else', async () => {
    const reply = await ask('/', { ...NAVIGATION, host: 'evil.example' });
    expect(reply.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
  });

  it('HSTS is sent for the public address over https only, never for localhost', async () => {
    await running.stop();
    await start({ env: { COUNTERFOIL_URL: 'https://till.example', COUNTERFOIL_TRUST_PROXY: '1' } });
    const hsts = async (headers: Record<string, string>) =>
      (await ask('/api/v1/health', headers)).headers['strict-transport-security'];
    const https = { 'x-forwarded-proto': 'https' };
    expect(await hsts({ host: 'till.example', ...https })).toBe('max-age=31536000');
    expect(await hsts({ host: 'till.example' })).toBeUndefined();
    expect(await hsts({ host: `localhost:${port()}`, ...https })).toBeUndefined();
  });

  it('no reply of the API is cached by the browser', async () => {
    expect((await ask('/api/v1/health')).headers['cache-control']).toBe('no-store');
  });
});

describe('the built till', () => {
  it('the page is revalidated each time, and an unchanged one gets a short reply', async () => {
    const reply = await ask('/', NAVIGATION);
    expect([reply.status, reply.headers['cache-control'], reply.text]).toEqual([
      200,
      'no-cache',
      INDEX,
    ]);
    const again = await ask('/', { ...NAVIGATION, 'if-none-match': String(reply.headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await ask('/sw.js')).headers['cache-control']).toBe('no-cache');
  });

  it('while it is withdrawn its worker unregisters itself, and nothing else changes', async () => {
    await withdraw(running.relay);
    const worker = await ask('/sw.js');
    expect([
      worker.status,
      worker.headers['cache-control'],
      worker.headers['content-type'],
    ]).toEqual([200, 'no-cache', 'text/javascript; charset=utf-8']);
    expect(worker.text).toContain('registration.unregister()');
    expect(worker.text).not.toMatch(/indexedDB|getDirectory|clients\.claim/);
    expect(worker.headers['clear-site-data']).toBeUndefined();
    expect((await ask('/', NAVIGATION)).text).toBe(INDEX);
    await running.restart();
    expect((await ask('/sw.js')).text).toBe(worker.text);
    await reinstate(running.relay);
    expect((await ask('/sw.js')).text).toBe('/* worker */');
  });

  it('files with a hash in their name are cached for a year', async () => {
    const reply = await ask('/assets/main-abc123.js');
    expect(reply.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(reply.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('it is sent with a compression that the browser accepts', async () => {
    const packed = async (accept: string) => {
      const reply = await fetch(`${running.url}/`, { headers: { 'accept-encoding': accept } });
      expect(await reply.text()).toBe(INDEX);
      return reply.headers.get('content-encoding');
    };
    expect(await packed('gzip, deflate, br')).toBe('br');
    expect(await packed('gzip')).toBe('gzip');
    expect(await packed('br;q=0, gzip;q=0.5')).toBe('gzip');
    expect(await packed('identity')).toBeNull();
    expect(brotliDecompressSync(brotliCompressSync(INDEX)).toString()).toBe(INDEX);
  });

  it('a page opened at any other path is the till; anything else there is not found', async () => {
    expect((await ask('/anything/else', NAVIGATION)).text).toBe(INDEX);
    expect((await ask('/anything/else')).status).toBe(404);
  });

  it.each(['/assets/gone.js', '/api/v1/x', '/api', '/demo-phone/x'])(
    '%s does not get the till’s page',
    async (path) => {
      const reply = await ask(path, { ...NAVIGATION, 'counterfoil-contract': '1' });
      expect([reply.status, reply.text]).toEqual([404, '{"kind":"not-found"}']);
    },
  );

  it.each([
    '/../outside.js',
    '/%2e%2e/outside.js',
    '/..%2foutside.js',
    '/assets/..\\..\\outside.js',
  ])('nothing outside the built till is read: %s', async (path) => {
    const reply = await ask(path);
    expect(reply.status).toBe(404);
    expect(reply.text).not.toContain('secret');
  });

  it('before it is built a page explains what to do', async () => {
    await running.stop();
    await start({ config: { staticDir: join(staticDir, 'none') } });
    const reply = await ask('/', NAVIGATION);
    expect(reply.status).toBe(503);
    expect(reply.text).toContain('npm start');
  });
});

it('an internal error leaks nothing: a named failure, and no message in the log', async () => {
  const till = await TillClient.make(running.url);
  await till.enrol();
  const { db } = running.relay;
  await db.run('ALTER TABLE tills RENAME TO canary_of_the_store');
  const reply = await till.signIn();
  expect([reply.status, reply.json]).toEqual([500, { kind: 'relay-failed' }]);
  const line = running.log.find((each) => each.event === 'request-failed');
  expect(line).toMatchObject({ method: 'POST', error: 'SqliteError' });
  expect(JSON.stringify(line)).not.toContain('canary_of_the_store');
  await db.run('ALTER TABLE canary_of_the_store RENAME TO tills');
});
