// Encryption of secrets: what it hides, what changes it notices, and where its key is.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ConfigError } from '../../relay/config';
import { makeCipher, openCipher, CipherBroken } from '../../relay/store/cipher';

const dirs: string[] = [];
const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'counterfoil-cipher-'));
  dirs.push(dir);
  return dir;
};
afterEach(() => dirs.splice(0).forEach((dir) => rmSync(dir, { recursive: true })));

const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

test('what was encrypted can be decrypted, in any script, and never looks the same twice', () => {
  const cipher = makeCipher(key(1));
  for (const text of ['', '048213', 'Ромашка 🌼', 'x'.repeat(100_000)]) {
    expect(cipher.decrypt(cipher.encrypt(text))).toBe(text);
    expect(cipher.encrypt(text)).not.toEqual(cipher.encrypt(text));
  }
});

test('a changed byte, a cut or another key is noticed', () => {
  const encrypted = makeCipher(key(1)).encrypt('048213');
  for (let at = 0; at < encrypted.length; at += 1) {
    const changed = Buffer.from(encrypted);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => makeCipher(key(1)).decrypt(changed)).toThrow(CipherBroken);
    expect(() => makeCipher(key(1)).decrypt(encrypted.subarray(0, at))).toThrow(CipherBroken);
  }
  expect(() => makeCipher(key(2)).decrypt(encrypted)).toThrow(CipherBroken);
});

test('keyed hashes depend on key, label and text, and on the border between them', () => {
  const cipher = makeCipher(key(1));
  expect(cipher.keyedHash('phone', '1')).toBe(makeCipher(key(1)).keyedHash('phone', '1'));
  const hashes = [
    cipher.keyedHash('phone', '1'),
    cipher.keyedHash('phone', '2'),
    cipher.keyedHash('code', '1'),
    cipher.keyedHash('phone1', ''),
    makeCipher(key(2)).keyedHash('phone', '1'),
  ];
  expect(new Set(hashes).size).toBe(5);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
});

test('without a given key one is created beside the data, readable by its owner only, and stays', () => {
  const dataDir = folder();
  const encrypted = openCipher({ key: null, dataDir }).encrypt('held');
  expect(openCipher({ key: null, dataDir }).decrypt(encrypted)).toBe('held');
  expect(statSync(join(dataDir, 'relay.key')).mode & 0o777).toBe(0o600);
});

test('an invalid key file stops the relay with one clear line', () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, 'relay.key'), 'not a key\n');
  expect(() => openCipher({ key: null, dataDir })).toThrow(ConfigError);
  expect(() => openCipher({ key: null, dataDir: join(dataDir, 'missing') })).toThrow(ConfigError);
});
