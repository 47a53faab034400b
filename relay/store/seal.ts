// Encryption (AES-256-GCM) and keyed hashes under the data key, which is never in the database.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type Config } from '../config';

export type Seal = {
  /** Encrypts text; equal texts give different bytes. */
  readonly seal: (text: string) => Buffer;
  /** Decrypts. Throws `SealBroken` if the bytes were changed or sealed under another key. */
  readonly open: (sealed: Uint8Array) => string;
  /** HMAC-SHA256, hex, under a separate key for every label. */
  readonly keyedHash: (label: string, text: string) => string;
};

export class SealBroken extends Error {}

const VERSION = 1;
const IV = 12;
const TAG = 16;

/**
 * The relay's seal: `config.key`, or the key file in the data folder, created (0600) at the first start. Throws
 * `ConfigError`.
 */
export function openSeal(config: Pick<Config, 'key' | 'dataDir'>): Seal {
  return makeSeal(config.key ?? keyFile(join(config.dataDir, 'relay.key')));
}

/** A seal under a key of 32 bytes. */
export function makeSeal(dataKey: Uint8Array): Seal {
  if (dataKey.length !== 32) throw new ConfigError('The data key is not 32 bytes.');
  // separate keys for encryption and for keyed hashes
  const derived = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', dataKey, 'counterfoil', use, 32));
  const cipherKey = derived('seal');
  const hashKey = derived('keyed-hash');
  return {
    seal(text) {
      const iv = randomBytes(IV);
      const cipher = createCipheriv('aes-256-gcm', cipherKey, iv);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < 1 + IV + TAG || bytes[0] !== VERSION)
        throw new SealBroken('not sealed here');
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, bytes.subarray(1, 1 + IV));
      decipher.setAuthTag(bytes.subarray(1 + IV, 1 + IV + TAG));
      try {
        const body = decipher.update(bytes.subarray(1 + IV + TAG));
        return Buffer.concat([body, decipher.final()]).toString('utf8');
      } catch {
        throw new SealBroken('changed, or sealed with another key');
      }
    },
    keyedHash: (label, text) =>
      createHmac('sha256', hashKey)
        .update(JSON.stringify([label, text]))
        .digest('hex'),
  };
}

function keyFile(path: string): Uint8Array {
  try {
    makeKeyFile(path);
    chmodSync(path, 0o600);
    const text = readFileSync(path, 'utf8').trim();
    const key = Buffer.from(text, 'base64');
    if (!/^[A-Za-z0-9+/]{43}=$/.test(text) || key.length !== 32)
      throw new ConfigError(
        `${path} is not a key of 32 bytes in base64: restore it from the backup.`,
      );
    return key;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`The key file ${path} cannot be used (${codeOf(error)}).`);
  }
}

/** Creates a key file unless there is one: two processes may start at once. */
function makeKeyFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  try {
    writeSync(file, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
