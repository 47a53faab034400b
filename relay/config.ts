// Reads the environment once into a Config. A wrong value is an error of one sentence.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Config = {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Public origin, `https://till.example`; no request counts as local then. Null: only this machine. */
  readonly url: string | null;
  /** Absolute path of the data folder. */
  readonly dataDir: string;
  /** 32 bytes that encrypt secrets; null: the key file in the data folder. */
  readonly key: Uint8Array | null;
  /** Paths of PEM files; null: plain http. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Whether a proxy in front is trusted about client addresses; no request counts as local then. */
  readonly trustProxy: boolean;
  /** The built till. */
  readonly staticDir: string;
};

/** A setting that cannot be used; the message is one line for the operator. */
export class ConfigError extends Error {}

/** dist/, beside both relay/ and dist-relay/. */
const BUILT_TILL = fileURLToPath(new URL('../dist', import.meta.url));

/** Reads `COUNTERFOIL_*`; throws `ConfigError`. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const value = (name: string): string | null => env[`COUNTERFOIL_${name}`]?.trim() || null;
  const host = readHost(value('HOST'));
  const url = readUrl(value('URL'));
  const tls = readTls(value('TLS_CERT'), value('TLS_KEY'));
  const trustProxy = readFlag('TRUST_PROXY', value('TRUST_PROXY'));
  if (!isLoopbackName(host) && tls === null && !trustProxy && url === null)
    throw new ConfigError(
      `COUNTERFOIL_HOST=${host} would open the till to the network without https, where browsers refuse to run it: set COUNTERFOIL_TLS_CERT and COUNTERFOIL_TLS_KEY, or put an https proxy in front and set COUNTERFOIL_TRUST_PROXY=1 or COUNTERFOIL_URL, or leave COUNTERFOIL_HOST at 127.0.0.1.`,
    );
  return {
    host,
    port: readPort(value('PORT')),
    url,
    dataDir: resolve(value('DATA') ?? 'data'),
    key: readKey(value('KEY')),
    tls,
    trustProxy,
    staticDir: BUILT_TILL,
  };
}

/** Names and addresses of this machine, as in a bind address or (without port) in `Host`. */
export function isLoopbackName(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

function readHost(text: string | null): string {
  if (text === null) return '127.0.0.1';
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 && !/^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(host))
    throw new ConfigError(
      `COUNTERFOIL_HOST=${text} is not an address to listen on: give a name or an IP address without port, such as 127.0.0.1.`,
    );
  return host;
}

function readPort(text: string | null): number {
  if (text === null) return 8080;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535))
    throw new ConfigError(`COUNTERFOIL_PORT=${text} is not a port: give a number from 0 to 65535.`);
  return port;
}

function readUrl(text: string | null): string | null {
  if (text === null) return null;
  const wrong = (why: string): ConfigError =>
    new ConfigError(
      `COUNTERFOIL_URL=${text} ${why}: give the https address tablets open, such as https://till.example.`,
    );
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong('is not an address');
  }
  const local = url.protocol === 'http:' && isLoopbackName(url.hostname);
  if (url.protocol !== 'https:' && !local) throw wrong('is not https');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw wrong('has a path, and the till must be at the root');
  if (url.username !== '' || url.password !== '') throw wrong('has a password in it');
  return url.origin;
}

function readKey(text: string | null): Uint8Array | null {
  if (text === null) return null;
  const key = Buffer.from(text, 'base64');
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text) || key.length !== 32)
    throw new ConfigError(
      'COUNTERFOIL_KEY is not 32 bytes in base64: make one with `openssl rand -base64 32`.',
    );
  return new Uint8Array(key);
}

function readTls(cert: string | null, key: string | null): Config['tls'] {
  if (cert === null && key === null) return null;
  if (cert === null || key === null)
    throw new ConfigError(
      'COUNTERFOIL_TLS_CERT and COUNTERFOIL_TLS_KEY belong together: set both, or none.',
    );
  return { cert: resolve(cert), key: resolve(key) };
}

function readFlag(name: string, text: string | null): boolean {
  if (text === null || text === '0' || text === 'false') return false;
  if (text === '1' || text === 'true') return true;
  throw new ConfigError(`COUNTERFOIL_${name}=${text} is neither 1 nor 0.`);
}
