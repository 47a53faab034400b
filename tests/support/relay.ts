// A whole relay for tests: own data folder, own port, real HTTP, time set by the test.
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Sqlite from 'better-sqlite3';
import { readConfig, type Config } from '../../relay/config';
import { createApp } from '../../relay/app';
import { openRelay, type RelayOverrides } from '../../relay/relay';
import type { LogLine, Relay } from '../../relay/context';
import { listen } from '../../relay/server';
import { openDatabase } from '../../relay/store/open-database';
import type { TransactionGuard } from '../../relay/store/shared-database';
import { rememberWebCrypto } from './remembered-webcrypto';

rememberWebCrypto();

export type RunningRelay = {
  /** `http://localhost:49152`, the same after a restart. */
  readonly url: string;
  readonly dataDir: string;
  /** The relay that is running now. */
  readonly relay: Relay;
  /** Its database file, by a synchronous connection that only reads: every reply waits for its commit. */
  readonly file: Sqlite.Database;
  /** Asks the relay that is running now, from this machine and without a socket. */
  readonly ask: typeof fetch;
  /** Everything it logged, including all restarts. */
  readonly log: readonly LogLine[];
  /** Stops and starts again on the same data and port; sessions are lost, nothing else. `between`: while it is stopped. */
  restart(between?: () => void): Promise<void>;
  stop(): Promise<void>;
};

export type StartOptions = {
  readonly now?: () => number;
  /** Kept after `stop`; otherwise a temporary folder, removed with it. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Partial<Config>;
  readonly overrides?: Omit<RelayOverrides, 'now' | 'log'>;
};

/** A clock that changes only when a test sets it. */
export function makeClock(at: number): { now: () => number; pass: (ms: number) => void } {
  let time = at;
  return { now: () => time, pass: (ms) => void (time += ms) };
}

/** One for all relays of this process: Node.js 20 visits each of them whenever a promise is created, even of closed relays. */
const openUnits = new AsyncLocalStorage<{ readonly of: symbol; isOpen: boolean }>();

/** Finds uses of the database outside of the transaction they belong to; the product passes the handle on instead. */
export function transactionGuard(): TransactionGuard {
  const of = Symbol('database');
  return {
    run: async (work) => {
      const mark = { of, isOpen: true };
      try {
        return await openUnits.run(mark, work);
      } finally {
        // work that was started in it and continues is outside from now on
        mark.isOpen = false;
      }
    },
    isInside: () => {
      const unit = openUnits.getStore();
      return unit?.of === of && unit.isOpen;
    },
  };
}

type Open = {
  readonly relay: Relay;
  readonly ask: typeof fetch;
  readonly close: () => Promise<void>;
};

/** Requests to the relay's app, as if they came from this machine. */
function askInProcess(relay: Relay): typeof fetch {
  let app: ReturnType<typeof createApp> | null = null;
  const version = { httpVersionMajor: 1, httpVersionMinor: 1 };
  const from = { ...version, socket: { remoteAddress: '127.0.0.1' } };
  return async (input, init) => {
    const request = new Request(input, init);
    const body = Buffer.from(await request.clone().arrayBuffer());
    const incoming = Object.assign(Readable.from([body]), from) as IncomingMessage;
    request.headers.set('Host', new URL(request.url).host);
    app ??= createApp(relay);
    return app.fetch(request, { incoming, outgoing: null });
  };
}

let migrated: Buffer | null = null;

/** A database file with the newest version's empty tables, because creating them takes longer than most tests. */
function emptyDatabase(): Buffer {
  if (migrated !== null) return migrated;
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-empty-'));
  try {
    const file = join(folder, 'relay.db');
    openDatabase(file).close();
    return (migrated = readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts a relay; `await` its `stop` in `afterEach`. */
export async function startRelay(options: StartOptions = {}): Promise<RunningRelay> {
  const temporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'counterfoil-relay-'));
  const log: LogLine[] = [];
  const env = { COUNTERFOIL_PORT: '0', ...options.env, COUNTERFOIL_DATA: dataDir };
  // the built till has 300 files, which a relay would read at its start
  const staticDir = join(dataDir, 'no-till');
  const config: Config = { ...readConfig(env), staticDir, ...options.config };
  const open = async (port: number): Promise<Open> => {
    const relay = await openRelay(
      { ...config, port },
      {
        guard: transactionGuard(),
        ...options.overrides,
        ...(options.now && { now: options.now }),
        log: (line) => void log.push(line),
      },
    );
    const server = await listen(relay);
    return {
      relay,
      ask: askInProcess(relay),
      close: async () => {
        await server.close();
        relay.close();
      },
    };
  };
  if (temporary) writeFileSync(join(dataDir, 'relay.db'), emptyDatabase(), { mode: 0o600 });
  let running = await open(config.port);
  let file: Sqlite.Database | null = null;
  const closeFile = (): void => {
    file?.close();
    file = null;
  };
  const port = running.relay.port();
  return {
    url: `http://localhost:${port}`,
    dataDir,
    log,
    get relay() {
      return running.relay;
    },
    ask: (...asked) => running.ask(...asked),
    get file() {
      return (file ??= new Sqlite(join(dataDir, 'relay.db'), { readonly: true }));
    },
    restart: async (between) => {
      closeFile();
      await running.close();
      between?.();
      running = await open(port);
    },
    stop: async () => {
      closeFile();
      await running.close();
      if (temporary) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
