// Encryption of secrets: what it hides, what changes it notices, and where its key is.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ConfigError } from '../../relay/config';
import { makeSeal, openSeal, SealBroken } from '../../relay/store/seal';

const dirs: string[] = [];
const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'counterfoil-seal-'));
  dirs.push(dir);
  return dir;
};
afterEach(() => dirs.splice(0).forEach((dir) => rmSync(dir, { recursive: true })));

const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

test('what was encrypted can be decrypted, in any script, and never looks the same twice', () => {
  const seal = makeSeal(key(1));
  for (const text of ['', '048213', 'Ромашка 🌼', 'x'.repeat(100_000)]) {
    expect(seal.open(seal.seal(text))).toBe(text);
    expect(seal.seal(text)).not.toEqual(seal.seal(text));
  }
});

test('a changed byte, a cut or another key is noticed', () => {
  const sealed = makeSeal(key(1)).seal('048213');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => makeSeal(key(1)).open(changed)).toThrow(SealBroken);
    expect(() => makeSeal(key(1)).open(sealed.subarray(0, at))).toThrow(SealBroken);
  }
  expect(() => makeSeal(key(2)).open(sealed)).toThrow(SealBroken);
});

test('keyed hashes depend on key, label and text, and on the border between them', () => {
  const seal = makeSeal(key(1));
  expect(seal.keyedHash('phone', '1')).toBe(makeSeal(key(1)).keyedHash('phone', '1'));
  const hashes = [
    seal.keyedHash('phone', '1'),
    seal.keyedHash('phone', '2'),
    seal.keyedHash('code', '1'),
    seal.keyedHash('phone1', ''),
    makeSeal(key(2)).keyedHash('phone', '1'),
  ];
  expect(new Set(hashes).size).toBe(5);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
});

test('without a given key one is created beside the data, readable by its owner only, and stays', () => {
  const dataDir = folder();
  const sealed = openSeal({ key: null, dataDir }).seal('held');
  expect(openSeal({ key: null, dataDir }).open(sealed)).toBe('held');
  expect(statSync(join(dataDir, 'relay.key')).mode & 0o777).toBe(0o600);
});

test('an invalid key file stops the relay with one clear line', () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, 'relay.key'), 'not a key\n');
  expect(() => openSeal({ key: null, dataDir })).toThrow(ConfigError);
  expect(() => openSeal({ key: null, dataDir: join(dataDir, 'missing') })).toThrow(ConfigError);
});
