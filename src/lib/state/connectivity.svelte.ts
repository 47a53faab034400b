// Whether codes can be sent, decided by facts: the last real exchange with the relay, and the relay's last with the provider.
import type { ConnectivityFact } from '$lib/contract/journal';
import type { ProviderState } from '$lib/contract/health';
import type { GateRefusal } from '$lib/contract/till';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { ExchangeSeen } from '$lib/relay-client/session';

export type ConnectivityState = ConnectivityFact['state'] | 'not-asked-yet';

/** While the screen is on. */
const EVERY_MS = 15_000;
/** After a lost request: soon, then slower, so that the chip recovers within seconds and a dead relay is not hammered. */
const AFTER_FAILURE_MS = [1_000, 2_000, 4_000, 8_000] as const;
/** One lost request is not an outage. */
const FAILURES_UNTIL_OFFLINE = 2;

export class Connectivity {
  #answeredAt = $state<number | null>(null);
  #provider = $state.raw<ProviderState | null>(null);
  #failures = $state(0);
  #failingSince = $state<number | null>(null);
  #policyVersion = $state<number | null>(null);
  #policyMark = $state<string | null>(null);
  #client: RelayClient | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asking = false;
  #shutOut = $state<GateRefusal['kind'] | null>(null);

  readonly state: ConnectivityState = $derived.by(() => {
    const lost =
      this.#failures >= FAILURES_UNTIL_OFFLINE || (this.#failures > 0 && this.#answeredAt === null);
    if (lost) return 'offline';
    if (this.#shutOut !== null) return 'provider-unavailable';
    if (this.#answeredAt === null || !this.#provider) return 'not-asked-yet';
    return this.#provider.state === 'ready' ? 'codes-can-be-sent' : 'provider-unavailable';
  });

  /** ms since the epoch since when the relay has not answered; null while it does. */
  get offlineSince(): number | null {
    return this.state === 'offline' ? (this.#answeredAt ?? this.#failingSince) : null;
  }
  /** Last real exchange with the relay, ms since the epoch by this till's clock. */
  get answeredAt(): number | null {
    return this.#answeredAt;
  }
  /** The relay answers, but not to this till: removed, unknown, or of another version. */
  get shutOut(): GateRefusal['kind'] | null {
    return this.#shutOut;
  }
  get provider(): ProviderState | null {
    return this.#provider;
  }
  /** Newest policy the relay has told of. */
  get policyVersion(): number | null {
    return this.#policyVersion;
  }
  /** Which one of that version it is. */
  get policyMark(): string | null {
    return this.#policyMark;
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

  readonly seen: ExchangeSeen = (outcome) => {
    if (outcome === 'answered') {
      this.#answeredAt = Date.now();
      this.#failures = 0;
      this.#failingSince = null;
      return;
    }
    this.#failures += 1;
    this.#failingSince ??= Date.now();
    if (!this.#asking) this.#schedule();
  };

  /** Asks now; resolves when answered or lost. */
  async ask(): Promise<void> {
    if (!this.#client || this.#asking) return;
    this.#asking = true;
    try {
      const reply = await this.#client.health();
      if ('contract' in reply) this.#shutOut = null;
      else if ('kind' in reply && reply.kind !== 'unreachable') this.#shutOut = reply.kind;
      if ('provider' in reply && reply.provider) this.#provider = reply.provider;
      if ('policyVersion' in reply && reply.policyVersion !== undefined)
        this.#policyVersion = reply.policyVersion;
      if ('policyMark' in reply && reply.policyMark !== undefined)
        this.#policyMark = reply.policyMark;
    } finally {
      this.#asking = false;
      this.#schedule();
    }
  }

  /** What the journal keeps of this moment. */
  fact(noCodeBecause: string): ConnectivityFact {
    return {
      state: this.state === 'not-asked-yet' ? 'offline' : this.state,
      relayAt: this.#answeredAt,
      providerAt: this.#provider?.checkedAt ?? null,
      noCodeBecause,
    };
  }

  #askIfVisible(): void {
    if (document.visibilityState === 'visible') void this.ask();
  }

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const wait =
      this.#failures === 0
        ? EVERY_MS
        : (AFTER_FAILURE_MS[Math.min(this.#failures, AFTER_FAILURE_MS.length) - 1] ?? EVERY_MS);
    this.#timer = setTimeout(() => this.#askIfVisible(), wait);
  }
}
