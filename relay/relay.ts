// Constructs the relay's context at the start: folder, store, keys, policy, gateway, outbox.
import { mkdirSync, accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { PublicKey } from '$lib/contract/values';
import { importPrivate, importPublic, keyId, makeRelayKey } from '$lib/proof/keys';
import { verifyPolicy } from '$lib/proof/policy';
import { reserveHash, type ReserveHash } from '$lib/proof/reserve-hash';
import { ConfigError, type Config } from './config';
import { errorName } from './error-name';
import type { KeptPolicy, LogLine, Relay, RelayKey } from './context';
import { THIS_VERSION } from './journal/stored-entries';
import { openRounds } from './challenges/rounds';
import { prepareNotices } from './customers/notices';
import { prepareReminders } from './customers/reminders';
import { openArrivals } from './journal/arrivals';
import { decideDueForgettings } from './journal/delayed-forgettings';
import { judgeAgain } from './journal/judged-again';
import { openSnapshots } from './journal/snapshots';
import { prepareSummary } from './journal/summaries';
import { settleInterruptedIssues } from './reserve-codes/reserve-codes';
import { openMessageGateway } from './messaging/gateway/gateway';
import { openOutbox } from './messaging/outbox/outbox';
import { openCipher, type DataCipher } from './store/cipher';
import { openSessions } from './http/sessions';
import { recordContact } from './tills/last-contact';
import { awaitedTills, newEpoch, openHoldBack } from './tills/restored';
import type { Connection, Database } from './store/database';
import { beginEpoch, epochOf } from './store/journal';
import { scoped } from './store/scoped';
import { openSlowHashes } from './slow-hashes';
import { NewerDatabase, openDatabase } from './store/open-database';
import { HOLD_LIMITS } from './store/group-commit';
import type { DatabaseOptions, TransactionGuard } from './store/shared-database';
import { putValueIfAbsent, getValue } from './store/kv';
import { newestPolicy } from './store/policies';

export type RelayOverrides = Partial<Pick<Relay, 'now' | 'log' | 'understood'>> & {
  /** Derives the hash in a reserve code's verifier; tests replace it by one that takes no time. */
  readonly reserveHash?: ReserveHash;
  /** Interval of the rounds, ms. */
  readonly roundMs?: number;
  /** After how many entries a snapshot is made again. */
  readonly snapshotEvery?: number;
  /** For tests: finds uses of the outer database inside a transaction. */
  readonly guard?: TransactionGuard;
};

/** Opens the data folder, the store and the keys; throws `ConfigError` with one line if one cannot be used. */
export async function openRelay(config: Config, overrides: RelayOverrides = {}): Promise<Relay> {
  const now = overrides.now ?? Date.now;
  const log = overrides.log ?? writeLog;
  openFolder(config.dataDir);
  const cipher = openCipher(config);
  const connection = openStore(join(config.dataDir, 'relay.db'), {
    onSlow: () => log({ event: 'transaction-slow' }),
    limits: HOLD_LIMITS,
    guard: overrides.guard ?? null,
  });
  const shopId = (
    await putValueIfAbsent(connection, 'shop-id', Buffer.from(uuidv7({ msecs: now() })))
  ).toString();
  const db = scoped(connection, shopId);
  await db.transaction(async (db) => {
    if ((await epochOf(db)) === 0) await beginEpoch(db, newEpoch(), now());
  });
  const key = await openKey(connection, cipher, config);
  let policy = await openPolicy(db, key.publicJwk);
  let port = config.port;
  const understood = overrides.understood ?? THIS_VERSION;
  const base = {
    config,
    db,
    now,
    startedAt: now(),
    shopId,
    key,
    cipher,
    log,
    understood,
    slowHashes: openSlowHashes({ now }, overrides.reserveHash ?? reserveHash),
    policy: () => policy,
  };
  const provider = await openMessageGateway(base);
  const parts = { ...base, provider };
  const holdBack = openHoldBack(base);
  /** Logs an error, so that messages that are ready can still be sent; the next round prepares again. */
  const orLog = (prepare: () => Promise<void>): Promise<void> =>
    prepare().catch((error: unknown) => {
      log({ event: 'notices-failed', error: errorName(error) });
    });
  const outbox = openOutbox(parts, async () => {
    const heldBefore = await holdBack();
    // until the awaited tills are back, the relay does not know what customers owe
    const isWhole = heldBefore === null && (await awaitedTills(base)).length === 0;
    if (isWhole) await orLog(() => decideDueForgettings(relay));
    await orLog(() => prepareNotices(parts, heldBefore));
    if (heldBefore === null) await orLog(() => prepareSummary(parts));
    if (isWhole) await orLog(() => prepareReminders(parts));
    return heldBefore;
  });
  const relay: Relay = {
    ...parts,
    outbox,
    arrivals: openArrivals(base),
    snapshots: openSnapshots(base, overrides.snapshotEvery),
    setPolicy: (newest) => void (policy = newest),
    sessions: openSessions(),
    recordContact: (till) => recordContact(base, till),
    port: () => port,
    setPort: (chosen) => void (port = chosen),
    start: async () => {
      await settleInterruptedIssues(relay);
      await judgeAgain(relay);
      await outbox.start();
      await rounds.start();
      provider.start();
      relay.snapshots.start();
    },
    close: () => {
      relay.snapshots.close();
      relay.arrivals.close();
      rounds.close();
      outbox.close();
      provider.close();
      db.close();
    },
  };
  const rounds = openRounds(relay, overrides.roundMs);
  return relay;
}

function openFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new ConfigError(
      `The data folder ${dir} cannot be written (${reason(error)}): give another with COUNTERFOIL_DATA, or change its owner.`,
    );
  }
}

function openStore(file: string, options: DatabaseOptions): Connection {
  try {
    return openDatabase(file, options);
  } catch (error) {
    if (error instanceof NewerDatabase)
      throw new ConfigError(`${file} was written by a newer Counterfoil (${error.message}).`);
    throw new ConfigError(`The database ${file} cannot be opened (${reason(error)}).`);
  }
}

function reason(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.message : 'unknown';
}

async function openKey(db: Connection, cipher: DataCipher, config: Config): Promise<RelayKey> {
  const held = await getValue(db, 'relay-key');
  if (held === null) {
    const made = await makeRelayKey();
    await putValueIfAbsent(db, 'relay-key', Buffer.from(cipher.encrypt(JSON.stringify(made))));
  }
  const encrypted = await getValue(db, 'relay-key');
  let both: Awaited<ReturnType<typeof makeRelayKey>>;
  try {
    if (encrypted === null) throw new Error('not kept');
    both = JSON.parse(cipher.decrypt(encrypted)) as typeof both;
  } catch {
    const where = config.key ? 'COUNTERFOIL_KEY' : join(config.dataDir, 'relay.key');
    throw new ConfigError(
      `The relay's own key cannot be read: ${where} is not the one this data was encrypted with. Restore it from the backup.`,
    );
  }
  return {
    privateKey: await importPrivate(both.privateJwk),
    publicKey: await importPublic(both.publicKey),
    publicJwk: both.publicKey,
    kid: await keyId(both.publicKey),
  };
}

async function openPolicy(db: Database, relayKey: PublicKey): Promise<KeptPolicy | null> {
  const newest = await newestPolicy(db);
  if (newest === null) return null;
  const policy = await verifyPolicy(newest.jws, relayKey);
  if (policy === null)
    throw new ConfigError(
      `The kept policy (version ${newest.version}) does not carry this relay's signature: restore the data folder from the backup.`,
    );
  return { policy, jws: newest.jws };
}

/** One JSON object per line on standard error; standard output is for people. */
function writeLog(line: LogLine): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
}
