// Polls the relay for whether codes can be sent, and stores the time of the last contact.
import { metaIn, saveMeta } from '$lib/storage/database/meta';
import type { ConnectivityFact } from '$lib/contract/acts/account';
import type { Health, ProviderState, SilentTill, StoppedTill } from '$lib/contract/health';
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
} from '$lib/domain/consent/connectivity';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { ExchangeSeen } from '$lib/relay-client/session';
import type { TillDb } from '$lib/storage/database/db';
import { isRemoved, saveRemoval } from '$lib/storage/till/till';

/** Write interval, ms: a crash loses at most this much. */
const KEEP_EVERY_MS = 60_000;

export class Connectivity {
  readonly #db: TillDb;
  readonly #now: () => number;
  #known = $state.raw<Connections>(NOTHING_KNOWN);
  #stopped = $state.raw<readonly StoppedTill[]>([]);
  #silent = $state.raw<readonly SilentTill[]>([]);
  #policyVersion = $state<number | null>(null);
  #policyMark = $state<string | null>(null);
  #reserveVersion = $state<number | null>(null);
  #till = $state.raw<Health['till'] | null>(null);
  #client: RelayClient | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asking = false;
  #savedAt: number | null = null;
  #savedDemo: boolean | null = null;
  /** The removal as stored on the disk. */
  #removalKept = false;

  readonly state: ConnectivityState = $derived(connectivityOf(this.#known));
  /** Start of the current outage of codes, ms since the epoch; null while codes can be sent. */
  readonly outageSince: number | null = $derived(outageSince(this.#known));

  /** `now`: ms since the epoch, corrected by the relay's clock. */
  constructor(db: TillDb, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Last successful exchange with the relay. */
  get relayAt(): number | null {
    return this.#known.relayAt;
  }
  /** The relay's last successful exchange with the messaging service. */
  get providerAt(): number | null {
    return this.#known.providerAt;
  }
  /** Why the relay answers but refuses this till: it was removed, is unknown, or has another version. */
  get shutOut(): GateRefusal['kind'] | null {
    return this.#known.shutOut;
  }
  get provider(): ProviderState | null {
    return this.#known.provider;
  }
  /** Whether the shop is a demo, that is, its codes go through the demo service, as the relay last said. */
  get isDemo(): boolean {
    return this.#known.demo === true;
  }
  /** Tills whose codes the relay has stopped, possibly including this one; as of its last answer. */
  get stopped(): readonly StoppedTill[] {
    return this.#stopped;
  }
  /** Other tills in use that have not contacted the relay for minutes; as of its last answer. */
  get silent(): readonly SilentTill[] {
    return this.#silent;
  }
  /** Newest policy version the relay has reported. */
  get policyVersion(): number | null {
    return this.#policyVersion;
  }
  /** Hash of that policy. It distinguishes policies with the same version. */
  get policyMark(): string | null {
    return this.#policyMark;
  }

  /** Newest version of this till's reserve codes that the relay has reported. */
  get reserveVersion(): number | null {
    return this.#reserveVersion;
  }

  /** Id and name of this till in the relay's last answer; null before the first answer. */
  get till(): Health['till'] | null {
    return this.#till;
  }

  /** Loads the last contact before this start. Throws StorageError. */
  async recall(): Promise<void> {
    const [kept, removed] = await Promise.all([
      metaIn(this.#db, 'last-contact'),
      isRemoved(this.#db),
    ]);
    this.#removalKept = removed;
    if (removed) this.#known = afterShutOut(this.#known, 'revoked');
    if (kept === null) return;
    this.#savedAt = kept.relayAt;
    this.#savedDemo = kept.demo;
    this.#known = { ...this.#known, ...kept };
  }

  /** Starts polling. The client reports every exchange through `seen`. */
  start(client: RelayClient): void {
    this.#client = client;
    document.addEventListener('visibilitychange', () => this.#askIfVisible());
    // the events are only hints: they advance the next poll and decide nothing
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

  /** Polls now; resolves when answered or failed. */
  async ask(): Promise<void> {
    if (!this.#client || this.#asking) return;
    this.#asking = true;
    try {
      const reply = await this.#client.health();
      if ('contract' in reply) {
        const before = this.#known;
        this.#known = afterHealth(before, reply.provider ?? null, this.#now());
        void this.#keep(before);
        if (reply.stopped !== undefined) this.#stopped = reply.stopped;
        if (reply.silent !== undefined) this.#silent = reply.silent;
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

  /** This device has a new till id from here on. */
  enrolled(): void {
    this.#known = afterEnrolment(this.#known);
    this.#removalKept = false;
    void this.ask();
  }

  /** The connectivity as the journal records it. */
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
      // the relay repeats it with the next answer
    }
  }

  /** Writes rarely while codes can be sent; at once after the first failed request, and when the shop stops being a demo. */
  async #keep(before: Connections): Promise<void> {
    const { relayAt, providerAt, demo, losses } = this.#known;
    const isNews = (losses > 0 && before.losses === 0) || demo !== this.#savedDemo;
    if (relayAt === null || (relayAt === this.#savedAt && demo === this.#savedDemo)) return;
    if (!isNews && Math.abs(relayAt - (this.#savedAt ?? 0)) < KEEP_EVERY_MS) return;
    [this.#savedAt, this.#savedDemo] = [relayAt, demo];
    try {
      await saveMeta(this.#db, 'last-contact', { relayAt, providerAt, demo });
    } catch {
      // the next act reports a failing disk
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
