// The policy in force, verified at every start and change, or the reason it was refused.
import type { Policy, PolicyReply } from '$lib/contract/policy';
import type { VerifiedPolicy } from '$lib/domain/policy';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { Outcome } from '$lib/relay-client/exchange';
import { policyMark } from '$lib/proof/policy';
import type { TillDb } from '$lib/storage/database/db';
import {
  currentPolicy,
  currentPolicyJws,
  savePolicy,
  type PolicyRefused,
} from '$lib/storage/policy/policies';

/** The relay was put back from an old copy: it took this till's newer policy back, or it would not. */
export type RelayWasOlder = 'returned' | 'not-taken';

export class ShopPolicy {
  readonly #db: TillDb;
  readonly #client: RelayClient;
  readonly #onchange: () => void;
  #current = $state.raw<VerifiedPolicy | null>(null);
  /** What is in force, as the relay signed it. */
  #jws: string | null = null;
  #refused = $state.raw<PolicyRefused | null>(null);
  #relayWasOlder = $state<RelayWasOlder | null>(null);

  /** `onchange`: another policy is in force. */
  constructor(db: TillDb, client: RelayClient, onchange: () => void) {
    this.#db = db;
    this.#client = client;
    this.#onchange = onchange;
  }

  /**
   * As last verified. Null before the first run is finished, and where what was on disk at the start is refused. Screens
   * read it; every act judges the disk again.
   */
  get current(): VerifiedPolicy | null {
    return this.#current;
  }
  /** Why the policy on disk is not believed; nothing is sold under it. */
  get refused(): PolicyRefused['because'] | null {
    return this.neverHadOne ? null : (this.#refused?.because ?? null);
  }
  /** Nothing was ever done under a policy here: first run is not over. */
  get neverHadOne(): boolean {
    return this.#refused?.because === 'missing' && this.#refused.newest === 0;
  }

  /** Told once, until somebody has read it. */
  get relayWasOlder(): RelayWasOlder | null {
    return this.#relayWasOlder;
  }
  relayWasOlderRead(): void {
    this.#relayWasOlder = null;
  }

  /** Reads and verifies what is on disk. */
  async load(): Promise<void> {
    const outcome = await currentPolicy(this.#db);
    const before = this.#current;
    this.#current = outcome.kind === 'policy' ? outcome.policy : null;
    this.#jws = outcome.kind === 'policy' ? outcome.jws : null;
    this.#refused = outcome.kind === 'policy-refused' ? outcome : null;
    // the same text is the same object
    if (this.#current !== null && this.#current !== before) this.#onchange();
  }

  /** An act did not believe what is on disk: said at once, and the relay is asked for its own. */
  async actRefused(): Promise<void> {
    const outcome = await currentPolicy(this.#db);
    if (outcome.kind === 'policy') return;
    this.#refused = outcome;
    await this.fetch();
  }

  /** An act believed what is on disk: whatever was wrong with it is over. */
  async actPassed(): Promise<void> {
    if (this.#refused !== null) await this.load();
  }

  /** Keeps a policy the relay has signed; one that does not verify, or is older, changes nothing. */
  async keep(jws: string): Promise<void> {
    const kept = await savePolicy(this.#db, jws);
    // refused: what is in force stays as it is, and nobody who watches it is woken
    if (kept.kind === 'kept' || this.#current === null) await this.load();
  }

  /**
   * Fetches the relay's when it is newer, when ours is refused, or when the two of one version differ: a relay put back from
   * an old copy counts again, and its word stands. Hands ours back when the relay's is older. `relayMark` null: not known.
   */
  async refresh(relayVersion: number | null, relayMark: string | null): Promise<void> {
    const ours = this.#current?.version ?? 0;
    const isNewer = relayVersion !== null && relayVersion > ours;
    if (this.#refused !== null || isNewer) await this.fetch();
    else if (relayVersion === ours && (await this.#isAnother(relayMark))) await this.fetch();
    else await this.#handBack(relayVersion);
  }

  async #isAnother(relayMark: string | null): Promise<boolean> {
    const jws = await currentPolicyJws(this.#db);
    return relayMark !== null && jws !== null && (await policyMark(jws)) !== relayMark;
  }

  /** A relay put back from an old copy would never again sign what this till may follow. */
  async #handBack(relayVersion: number | null): Promise<boolean> {
    if (relayVersion === null || relayVersion >= (this.#current?.version ?? 0)) return false;
    const jws = await currentPolicyJws(this.#db);
    if (jws === null) return false;
    const reply = await this.#client.returnPolicy(jws);
    if (reply.kind === 'policy') this.#relayWasOlder = 'returned';
    else if (reply.kind === 'policy-refused') this.#relayWasOlder = 'not-taken';
    return reply.kind === 'policy';
  }

  /** Asks the relay for its policy and keeps it, if it is no step back. */
  async fetch(): Promise<void> {
    const reply = await this.#client.policy();
    if (reply.kind === 'policy') await this.keep(reply.policy);
  }

  /** Asks the relay to sign a changed policy and keeps what comes back. */
  async change(edit: (policy: Policy) => Policy): Promise<Outcome<PolicyReply>> {
    const before = this.#current;
    if (!before || this.#jws === null) return { kind: 'no-policy' };
    const policy = edit(structuredClone<Policy>(before));
    const baseMark = await policyMark(this.#jws);
    const put = () => this.#client.putPolicy({ base: before.version, baseMark, policy });
    let reply = await put();
    if (reply.kind === 'policy-differs' && (await this.#handBack(reply.version))) {
      reply = await put();
    }
    if (reply.kind === 'policy') await this.keep(reply.policy);
    if (reply.kind !== 'policy-differs') return reply;
    // somebody else was first, or the relay counts again: show theirs, and let the person decide again
    if (reply.version === before.version) await this.fetch();
    else await this.refresh(reply.version, null);
    return reply;
  }

  /** The very first policy, from first run. */
  async begin(policy: Policy): Promise<Outcome<PolicyReply>> {
    const reply = await this.#client.putPolicy({ base: null, policy });
    if (reply.kind === 'policy') await this.keep(reply.policy);
    return reply;
  }
}
