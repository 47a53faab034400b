// A whole relay for tests: own data folder, own port, real HTTP, time set by the test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../relay/config';
import { openRelay, type RelayOverrides } from '../../relay/relay';
import type { LogLine, Relay } from '../../relay/context';
import { listen } from '../../relay/server';

export type RunningRelay = {
  /** `http://localhost:49152`, the same after a restart. */
  readonly url: string;
  readonly dataDir: string;
  /** The relay that is running now. */
  readonly relay: Relay;
  /** Everything it logged, restarts included. */
  readonly log: readonly LogLine[];
  /** Stops and starts again on the same data and port; sessions are lost, nothing else. */
  restart(): Promise<void>;
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

/** Starts a relay; `await` its `stop` in `afterEach`. */
export async function startRelay(options: StartOptions = {}): Promise<RunningRelay> {
  const temporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'counterfoil-relay-'));
  const log: LogLine[] = [];
  const env = { COUNTERFOIL_PORT: '0', ...options.env, COUNTERFOIL_DATA: dataDir };
  const config: Config = { ...readConfig(env), ...options.config };
  const open = async (port: number): Promise<{ relay: Relay; close: () => Promise<void> }> => {
    const relay = await openRelay(
      { ...config, port },
      {
        ...options.overrides,
        ...(options.now && { now: options.now }),
        log: (line) => void log.push(line),
      },
    );
    const server = await listen(relay);
    relay.start();
    return {
      relay,
      close: async () => {
        await server.close();
        relay.close();
      },
    };
  };
  let running = await open(config.port);
  const port = running.relay.port();
  return {
    url: `http://localhost:${port}`,
    dataDir,
    log,
    get relay() {
      return running.relay;
    },
    restart: async () => {
      await running.close();
      running = await open(port);
    },
    stop: async () => {
      await running.close();
      if (temporary) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
