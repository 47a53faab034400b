// The environment: defaults, and one clear line for each wrong value.
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, isLoopbackName, readConfig } from '../../relay/config';

const key = Buffer.alloc(32, 7).toString('base64');

it('with nothing set the relay serves this machine only', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 8080,
    url: null,
    dataDir: resolve('data'),
    key: null,
    tls: null,
    trustProxy: false,
    staticDir: resolve('dist'),
  });
});

it('every setting is used as written', () => {
  const config = readConfig({
    COUNTERFOIL_HOST: '[::]',
    COUNTERFOIL_PORT: '443',
    COUNTERFOIL_URL: 'https://Till.Example:8443/',
    COUNTERFOIL_DATA: '/var/lib/counterfoil',
    COUNTERFOIL_KEY: key,
    COUNTERFOIL_TLS_CERT: '/etc/cert.pem',
    COUNTERFOIL_TLS_KEY: '/etc/key.pem',
    COUNTERFOIL_TRUST_PROXY: 'true',
  });
  expect(config).toEqual({
    host: '::',
    port: 443,
    url: 'https://till.example:8443',
    dataDir: '/var/lib/counterfoil',
    key: new Uint8Array(32).fill(7),
    tls: { cert: '/etc/cert.pem', key: '/etc/key.pem' },
    trustProxy: true,
    staticDir: resolve('dist'),
  });
});

it('an empty value counts as not set', () => {
  expect(readConfig({ COUNTERFOIL_PORT: ' ', COUNTERFOIL_URL: '' })).toEqual(readConfig({}));
});

describe('a wrong value', () => {
  it.each([
    ['COUNTERFOIL_PORT', '80a'],
    ['COUNTERFOIL_PORT', '-1'],
    ['COUNTERFOIL_PORT', '65536'],
    ['COUNTERFOIL_PORT', '1e3'],
    ['COUNTERFOIL_HOST', '127.0.0.1:8080'],
    ['COUNTERFOIL_HOST', 'http://localhost'],
    ['COUNTERFOIL_HOST', 'a b'],
    ['COUNTERFOIL_URL', 'till.example'],
    ['COUNTERFOIL_URL', 'http://till.example'],
    ['COUNTERFOIL_URL', 'https://till.example/shop'],
    ['COUNTERFOIL_URL', 'https://till.example/?a=1'],
    ['COUNTERFOIL_URL', 'https://user:secret@till.example'],
    ['COUNTERFOIL_URL', 'javascript:alert(1)'],
    ['COUNTERFOIL_KEY', 'short'],
    ['COUNTERFOIL_KEY', `${key}AAAA`],
    ['COUNTERFOIL_KEY', key.slice(0, -1)],
    ['COUNTERFOIL_TLS_CERT', '/etc/cert.pem'],
    ['COUNTERFOIL_TLS_KEY', '/etc/key.pem'],
    ['COUNTERFOIL_TRUST_PROXY', 'yes please'],
  ])('%s=%s is refused in one line that names the setting', (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(new RegExp(`^[^\\n]*${name}[^\\n]*$`));
  });

  it('a wrong key is never printed', () => {
    expect(() => readConfig({ COUNTERFOIL_KEY: 'my-secret-key' })).toThrow(/^(?!.*my-secret-key)/);
  });
});

describe('access from other machines', () => {
  it.each(['0.0.0.0', '::', '192.168.1.5', 'till.lan'])(
    'listening at %s without https is refused with what to do',
    (host) => {
      expect(() => readConfig({ COUNTERFOIL_HOST: host })).toThrow(
        /without https.*COUNTERFOIL_TLS_CERT.*COUNTERFOIL_TRUST_PROXY.*COUNTERFOIL_URL/,
      );
    },
  );

  it.each([
    { COUNTERFOIL_URL: 'https://till.example' },
    { COUNTERFOIL_TRUST_PROXY: '1' },
    { COUNTERFOIL_TLS_CERT: 'cert.pem', COUNTERFOIL_TLS_KEY: 'key.pem' },
  ])('it is allowed with %o', (env) => {
    expect(readConfig({ COUNTERFOIL_HOST: '0.0.0.0', ...env }).host).toBe('0.0.0.0');
  });
});

it.each([
  ['localhost', true],
  ['LOCALHOST', true],
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['[::1]', true],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['10.0.0.1', false],
  ['', false],
])('%s is an address of this machine: %s', (name, expected) => {
  expect(isLoopbackName(name)).toBe(expected);
});
