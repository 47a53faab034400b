// The policy in force, verified at every start and change, or the reason why it was refused.
import type { Consent } from '$lib/contract/till';
import type { Policy, PolicyReply } from '$lib/contract/policy';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
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

/** The relay was restored from an old copy: it accepted this till's newer policy, or refused it. */
export type RelayWasOlder = 'returned' | 'not-taken';

export class ShopPolicy {
  readonly #db: TillDb;
  readonly #client: RelayClient;
  readonly #onchange: () => void;
  #current = $state.raw<VerifiedPolicy | null>(null);
  /** The policy in force, as signed by the relay. */
  #jws: string | null = null;
  #refused = $state.raw<PolicyRefused | null>(null);
  #relayWasOlder = $state<RelayWasOlder | null>(null);

  /** `onchange`: called when another policy comes into force. */
  constructor(db: TillDb, client: RelayClient, onchange: () => void) {
    this.#db = db;
    this.#client = client;
    this.#onchange = onchange;
  }

  /**
   * The policy as of the last verification. Null before the first run is complete, or if the stored policy was refused at the
   * start. Screens read it; every act verifies the stored policy again.
   */
  get current(): VerifiedPolicy | null {
    return this.#current;
  }
  /** Why the stored policy is refused; while it is, no sale is possible. */
  get refused(): PolicyRefused['because'] | null {
    return this.neverHadOne ? null : (this.#refused?.because ?? null);
  }
  /** No act was ever made under a policy on this till, so the first run is not complete. */
  get neverHadOne(): boolean {
    return this.#refused?.because === 'missing' && this.#refused.newest === 0;
  }

  /** Shown until somebody acknowledges it. */
  get relayWasOlder(): RelayWasOlder | null {
    return this.#relayWasOlder;
  }
  relayWasOlderRead(): void {
    this.#relayWasOlder = null;
  }

  /** Reads and verifies the stored policy. */
  async load(): Promise<void> {
    const outcome = await currentPolicy(this.#db);
    const before = this.#current;
    this.#current = outcome.kind === 'policy' ? outcome.policy : null;
    this.#jws = outcome.kind === 'policy' ? outcome.jws : null;
    this.#refused = outcome.kind === 'policy-refused' ? outcome : null;
    // the same text yields the same object
    if (this.#current !== null && this.#current !== before) this.#onchange();
  }

  /** An act refused the stored policy: shows it at once and fetches the relay's. */
  async actRefused(): Promise<void> {
    const outcome = await currentPolicy(this.#db);
    if (outcome.kind === 'policy') return;
    this.#refused = outcome;
    await this.fetch();
  }

  /** An act accepted the stored policy: clears an earlier refusal. */
  async actPassed(): Promise<void> {
    if (this.#refused !== null) await this.load();
  }

  /** Stores a policy signed by the relay; one that does not verify, or is older, changes nothing. */
  async keep(jws: string): Promise<void> {
    const kept = await savePolicy(this.#db, jws);
    // if it was refused, the policy in force stays and its observers are not notified
    if (kept.kind === 'kept' || this.#current === null) await this.load();
  }

  /**
   * Fetches the relay's policy if it is newer, if ours is refused, or if both have the same version but differ: a relay
   * restored from an old copy reuses version numbers, and its policy is valid. Returns our policy to the relay if the relay's
   * is older. `relayMark` null: unknown.
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

  /**
   * Sends our policy to a relay restored from an old copy: without it, that relay cannot sign a policy that this till accepts.
   */
  async #handBack(relayVersion: number | null): Promise<boolean> {
    if (relayVersion === null || relayVersion >= (this.#current?.version ?? 0)) return false;
    const jws = await currentPolicyJws(this.#db);
    if (jws === null) return false;
    const reply = await this.#client.returnPolicy(jws);
    if (reply.kind === 'policy') this.#relayWasOlder = 'returned';
    else if (reply.kind === 'policy-refused') this.#relayWasOlder = 'not-taken';
    return reply.kind === 'policy';
  }

  /** Fetches the relay's policy and stores it if its version is not lower. */
  async fetch(): Promise<void> {
    const reply = await this.#client.policy();
    if (reply.kind === 'policy') await this.keep(reply.policy);
  }

  /** Asks the relay to sign a changed policy and stores the result. `consent`: an owner's, to this very change. */
  async change(edit: (policy: Policy) => Policy, consent?: Consent): Promise<Outcome<PolicyReply>> {
    const before = this.#current;
    if (!before || this.#jws === null) return { kind: 'no-policy' };
    const policy = edit(structuredClone<Policy>(before));
    const baseMark = await policyMark(this.#jws);
    const put = () => this.#client.putPolicy({ base: before.version, baseMark, policy }, consent);
    let reply = await put();
    if (reply.kind === 'policy-differs' && (await this.#handBack(reply.version))) {
      reply = await put();
    }
    if (reply.kind === 'policy') await this.keep(reply.policy);
    if (reply.kind !== 'policy-differs') return reply;
    // another change came first, or the relay reuses version numbers: show its policy and let the person decide again
    if (reply.version === before.version) await this.fetch();
    else await this.refresh(reply.version, null);
    return reply;
  }

  /** Submits the first policy, from the first run. */
  async begin(policy: Policy): Promise<Outcome<PolicyReply>> {
    const reply = await this.#client.putPolicy({ base: null, policy });
    if (reply.kind === 'policy') await this.keep(reply.policy);
    return reply;
  }
}
