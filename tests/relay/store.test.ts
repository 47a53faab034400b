// The data folder: readable by its owner only, never opened by an older relay, with permanent keys.
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigError } from '../../relay/config';
import { migrations } from '../../relay/store/migrations';
import { openDatabase } from '../../relay/store/open-database';
import { startRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'counterfoil-store-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

it('database, its companion files and the key file are readable by their owner only', async () => {
  const running = await startRelay({ dataDir });
  await (await TillClient.make(running.url)).enrol();
  const modes = Object.fromEntries(
    readdirSync(dataDir)
      .sort()
      .map((name) => [name, (statSync(join(dataDir, name)).mode & 0o777).toString(8)]),
  );
  expect(modes).toEqual({
    'relay.db': '600',
    'relay.db-shm': '600',
    'relay.db-wal': '600',
    'relay.key': '600',
  });
  await running.stop();
});

it('a database that everybody could read is closed at the next start', async () => {
  await (await startRelay({ dataDir })).stop();
  chmodSync(join(dataDir, 'relay.db'), 0o644);
  const running = await startRelay({ dataDir });
  expect(statSync(join(dataDir, 'relay.db')).mode & 0o777).toBe(0o600);
  await running.stop();
});

it('an acknowledged write survives a power cut: WAL, synchronous=FULL', async () => {
  const db = openDatabase(join(dataDir, 'relay.db'));
  await db.transaction(async (writing) => {
    expect(await writing.value('PRAGMA journal_mode')).toBe('wal');
    expect(await writing.value('PRAGMA synchronous')).toBe(2);
    expect(await writing.value('PRAGMA user_version')).toBe(migrations.length);
  });
  db.close();
});

it('a database of a newer relay is refused in one line and left as it is', async () => {
  await (await startRelay({ dataDir })).stop();
  const db = new Sqlite(join(dataDir, 'relay.db'));
  db.pragma('user_version = 999');
  db.close();
  await expect(startRelay({ dataDir })).rejects.toThrow(
    /^[^\n]*written by a newer Counterfoil[^\n]*$/,
  );
});

it('a file that is not a database is refused in one line', async () => {
  writeFileSync(join(dataDir, 'relay.db'), 'x'.repeat(5000));
  await expect(startRelay({ dataDir })).rejects.toThrow(ConfigError);
  await expect(startRelay({ dataDir })).rejects.toThrow(
    /^The database .* cannot be opened \(SQLITE_NOTADB\)\.$/,
  );
});

it("the shop, the relay's key and its id stay the same over restarts", async () => {
  const running = await startRelay({ dataDir });
  const before = {
    shop: running.relay.shopId,
    key: running.relay.key.publicJwk,
    kid: running.relay.key.kid,
  };
  await running.restart();
  const { shopId, key } = running.relay;
  expect({ shop: shopId, key: key.publicJwk, kid: key.kid }).toEqual(before);
  await running.stop();
});

it('the relay’s private key is on the disk in encrypted form only', async () => {
  const running = await startRelay({ dataDir });
  await running.stop();
  expect(readFileSync(join(dataDir, 'relay.db')).includes('"d":')).toBe(false);
});

it('with another data key the relay refuses to start, instead of creating a new shop', async () => {
  await (await startRelay({ dataDir })).stop();
  writeFileSync(join(dataDir, 'relay.key'), `${Buffer.alloc(32, 1).toString('base64')}\n`);
  await expect(startRelay({ dataDir })).rejects.toThrow(
    /is not the one this data was encrypted with/,
  );
});
