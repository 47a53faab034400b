// Polls the relay for whether codes can be sent, and stores the time of the last contact.
import type { ConnectivityFact } from '$lib/contract/journal';
import type { Health, ProviderState, StoppedTill } from '$lib/contract/health';
import type { GateRefusal } from '$lib/contract/till';
import {
  afterEnrolment,
  afterExchange,
  afterHealth,
  afterShutOut,
  connectivityOf,
  nextAskMs,
  NOTHING_KNOWN,
  outageSince,
  type Connections,
  type ConnectivityState,
} from '$lib/domain/connectivity';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { ExchangeSeen } from '$lib/relay-client/session';
import type { TillDb } from '$lib/storage/database/db';
import { saveLastContact, loadLastContact } from '$lib/storage/till/last-contact';
import { isRemoved, saveRemoval } from '$lib/storage/till/removal';

/** A crash loses no more of it than this. */
const KEEP_EVERY_MS = 60_000;

export class Connectivity {
  readonly #db: TillDb;
  readonly #now: () => number;
  #known = $state.raw<Connections>(NOTHING_KNOWN);
  #stopped = $state.raw<readonly StoppedTill[]>([]);
  #policyVersion = $state<number | null>(null);
  #policyMark = $state<string | null>(null);
  #reserveVersion = $state<number | null>(null);
  #till = $state.raw<Health['till'] | null>(null);
  #client: RelayClient | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asking = false;
  #savedAt: number | null = null;
  /** What the disk says of it. */
  #removalKept = false;

  readonly state: ConnectivityState = $derived(connectivityOf(this.#known));
  /** Since when no code can be sent, ms since the epoch; null while codes can be sent. */
  readonly outageSince: number | null = $derived(outageSince(this.#known));

  /** `now`: ms since the epoch, corrected by the relay's clock. */
  constructor(db: TillDb, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Last real exchange with the relay. */
  get relayAt(): number | null {
    return this.#known.relayAt;
  }
  /** The relay's last real exchange with the messaging service. */
  get providerAt(): number | null {
    return this.#known.providerAt;
  }
  /** The relay answers, but not to this till: removed, unknown, or of another version. */
  get shutOut(): GateRefusal['kind'] | null {
    return this.#known.shutOut;
  }
  get provider(): ProviderState | null {
    return this.#known.provider;
  }
  /** Tills whose codes the relay has stopped, this one too; as last heard. */
  get stopped(): readonly StoppedTill[] {
    return this.#stopped;
  }
  /** Newest policy the relay has told of. */
  get policyVersion(): number | null {
    return this.#policyVersion;
  }
  /** Which one of that version it is. */
  get policyMark(): string | null {
    return this.#policyMark;
  }

  /** Newest change of this till's reserve codes the relay has told of. */
  get reserveVersion(): number | null {
    return this.#reserveVersion;
  }

  /** Which till the relay answered last, and what it calls it; null before the first answer. */
  get till(): Health['till'] | null {
    return this.#till;
  }

  /** Takes up what was last heard before this start. Throws StorageError. */
  async recall(): Promise<void> {
    const [kept, removed] = await Promise.all([loadLastContact(this.#db), isRemoved(this.#db)]);
    this.#removalKept = removed;
    if (removed) this.#known = afterShutOut(this.#known, 'revoked');
    if (kept === null) return;
    this.#savedAt = kept.relayAt;
    this.#known = { ...this.#known, ...kept };
  }

  /** Begins asking. The client reports every exchange through `seen`. */
  start(client: RelayClient): void {
    this.#client = client;
    document.addEventListener('visibilitychange', () => this.#askIfVisible());
    // hints only: they bring the next question forward, they decide nothing
    window.addEventListener('online', () => this.#askIfVisible());
    window.addEventListener('offline', () => this.#askIfVisible());
    void this.ask();
  }

  readonly seen: ExchangeSeen = (outcome, began) => {
    const kind = outcome === 'answered' ? 'answered' : 'lost';
    const before = this.#known;
    const fact = { kind, began, ended: performance.now(), at: this.#now() } as const;
    this.#known = afterExchange(before, fact);
    if (kind === 'lost' && !this.#asking) this.#schedule();
    void this.#keep(before);
  };

  /** Asks now; resolves when answered or lost. */
  async ask(): Promise<void> {
    if (!this.#client || this.#asking) return;
    this.#asking = true;
    try {
      const reply = await this.#client.health();
      if ('contract' in reply) {
        this.#known = afterHealth(this.#known, reply.provider ?? null, this.#now());
        if (reply.stopped !== undefined) this.#stopped = reply.stopped;
        if (reply.policyVersion !== undefined) this.#policyVersion = reply.policyVersion;
        if (reply.reserveVersion !== undefined) this.#reserveVersion = reply.reserveVersion;
        if (reply.till !== undefined) this.#till = reply.till;
        if (reply.policyMark !== undefined) this.#policyMark = reply.policyMark;
        if (reply.provider !== undefined) void this.#saveRemoval(null);
      } else if (reply.kind !== 'unreachable') {
        this.#known = afterShutOut(this.#known, reply.kind);
        if (reply.kind === 'revoked') void this.#saveRemoval(this.#now());
      }
    } finally {
      this.#asking = false;
      this.#schedule();
    }
  }

  /** This device is another till from here on. */
  enrolled(): void {
    this.#known = afterEnrolment(this.#known);
    this.#removalKept = false;
    void this.ask();
  }

  /** What the journal keeps of this moment. */
  fact(noCodeBecause: string): ConnectivityFact {
    return {
      state: this.state === 'not-asked-yet' ? 'offline' : this.state,
      relayAt: this.#known.relayAt,
      providerAt: this.#known.providerAt,
      noCodeBecause,
    };
  }

  async #saveRemoval(since: number | null): Promise<void> {
    if (this.#removalKept === (since !== null)) return;
    try {
      await saveRemoval(this.#db, since);
      this.#removalKept = since !== null;
    } catch {
      // the relay says it again with the next answer
    }
  }

  /** Seldom while all is well; at once when the first request is lost. */
  async #keep(before: Connections): Promise<void> {
    const { relayAt, providerAt, losses } = this.#known;
    const firstLoss = losses > 0 && before.losses === 0;
    if (relayAt === null || relayAt === this.#savedAt) return;
    if (!firstLoss && Math.abs(relayAt - (this.#savedAt ?? 0)) < KEEP_EVERY_MS) return;
    this.#savedAt = relayAt;
    try {
      await saveLastContact(this.#db, { relayAt, providerAt });
    } catch {
      // a disk that refuses says so at the next act
    }
  }

  #askIfVisible(): void {
    if (document.visibilityState === 'visible') void this.ask();
  }

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#askIfVisible(), nextAskMs(this.#known));
  }
}
