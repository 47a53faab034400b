// Encryption (AES-256-GCM) and keyed hashes under the data key, which is never in the database.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type Config } from '../config';

export type DataCipher = {
  /** Encrypts text; equal texts give different bytes. */
  readonly encrypt: (text: string) => Buffer;
  /** Decrypts. Throws `CipherBroken` if the bytes were changed or encrypted under another key. */
  readonly decrypt: (encrypted: Uint8Array) => string;
  /** HMAC-SHA256, hex, under a separate key for every label. */
  readonly keyedHash: (label: string, text: string) => string;
};

export class CipherBroken extends Error {}

const VERSION = 1;
const IV = 12;
const TAG = 16;

/**
 * The relay's cipher: `config.key`, or the key file in the data folder, created (0600) at the first start. Throws
 * `ConfigError`.
 */
export const openCipher = (config: Pick<Config, 'key' | 'dataDir'>): DataCipher =>
  makeCipher(config.key ?? keyFile(join(config.dataDir, 'relay.key')));

/** A cipher under a key of 32 bytes. */
export function makeCipher(dataKey: Uint8Array): DataCipher {
  if (dataKey.length !== 32) throw new ConfigError('The data key is not 32 bytes.');
  // separate keys for encryption and for keyed hashes
  const derived = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', dataKey, 'counterfoil', use, 32));
  const cipherKey = derived('encryption');
  const hashKey = derived('keyed-hash');
  return {
    encrypt(text) {
      const iv = randomBytes(IV);
      const block = createCipheriv('aes-256-gcm', cipherKey, iv);
      const body = Buffer.concat([block.update(text, 'utf8'), block.final()]);
      return Buffer.concat([Buffer.of(VERSION), iv, block.getAuthTag(), body]);
    },
    decrypt(encrypted) {
      const bytes = Buffer.from(encrypted);
      if (bytes.length < 1 + IV + TAG || bytes[0] !== VERSION)
        throw new CipherBroken('not encrypted by this relay');
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, bytes.subarray(1, 1 + IV));
      decipher.setAuthTag(bytes.subarray(1 + IV, 1 + IV + TAG));
      try {
        const body = decipher.update(bytes.subarray(1 + IV + TAG));
        return Buffer.concat([body, decipher.final()]).toString('utf8');
      } catch {
        throw new CipherBroken('changed, or encrypted with another key');
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

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
