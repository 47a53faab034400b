// The type of the relay's context, given to handlers and rules. `relay.ts` constructs it.
import type { PublicKey } from '$lib/contract/values';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import type { Config } from './config';
import type { Sessions } from './http/sessions';
import type { Arrivals } from './journal/arrivals';
import type { MessageGateway } from './messaging/gateway/gateway-types';
import type { Database } from './store/database';
import type { DataCipher } from './store/cipher';
import type { SlowHashes } from './slow-hashes';

/** Which entries a version of the relay can judge: the rules it has, `RULES_VERSION`, and the acts it knows. */
export type Understood = { readonly rules: number; readonly acts: ReadonlySet<string> };

/** Logs one line. Never a phone number, code, token or PIN. */
export type LogLine = {
  readonly event: string;
  readonly [field: string]: string | number | boolean | null;
};

export type RelayKey = {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** The public key as tills get it. */
  readonly publicJwk: PublicKey;
  readonly kid: string;
};

export type KeptPolicy = { readonly policy: VerifiedPolicy; readonly jws: string };

/** The queue of messages that are not codes, processed at intervals. */
export type Outbox = {
  /** Sends what is due, soon; for callers that have just queued a message. */
  readonly wake: () => void;
  /** Sends what is due; resolves when all of it was tried. Never rejects. */
  readonly round: () => Promise<void>;
  /** Starts the rounds. A message interrupted by the end of an earlier process counts as maybe sent. */
  readonly start: () => Promise<void>;
  readonly close: () => void;
};

/** Snapshots of the shop's order, made in the background. */
export type Snapshots = {
  /** Makes one if the order has grown enough since the last. Never rejects. */
  readonly round: () => Promise<void>;
  readonly start: () => void;
  readonly close: () => void;
};

export type Relay = {
  readonly config: Config;
  readonly db: Database;
  /** ms since the epoch; tests replace it. */
  readonly now: () => number;
  /** When this process opened the database, ms. */
  readonly startedAt: number;
  readonly shopId: string;
  readonly key: RelayKey;
  readonly cipher: DataCipher;
  /** What this version understands; tests replace it to act as an older version. */
  readonly understood: Understood;
  readonly slowHashes: SlowHashes;
  /** The newest policy; null before first run. */
  readonly policy: () => KeptPolicy | null;
  /** Replaces the newest policy in memory by the one just stored. */
  readonly setPolicy: (policy: KeptPolicy) => void;
  readonly log: (line: LogLine) => void;
  readonly provider: MessageGateway;
  readonly outbox: Outbox;
  /** Requests that wait for the next entry of the shop's order. */
  readonly arrivals: Arrivals;
  readonly snapshots: Snapshots;
  /** In memory only: a restart ends all sessions. */
  readonly sessions: Sessions;
  /** Records an authenticated request of this till. */
  readonly recordContact: (till: string) => Promise<void>;
  /** Port in use; set when listening (0 was "any"). */
  readonly port: () => number;
  readonly setPort: (port: number) => void;
  /** Starts the timers: probe, outbox, and the rounds over live challenges. */
  readonly start: () => Promise<void>;
  /** Stops timers and closes the store. */
  readonly close: () => void;
};
