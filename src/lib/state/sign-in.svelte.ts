// Who is signed in: a PIN identifies the operator, the policy gives their rights.
import type { Operator, Right } from '$lib/contract/policy';
import { may, operatorOf } from '$lib/domain/policy/policy';
import type { RelayClock } from '$lib/relay-client/clock';
import type { TillDb } from '$lib/storage/database/db';
import { checkPin, type PinOutcome } from '$lib/storage/secrets/pins';
import type { ShopPolicy } from '$lib/state/relay/shop-policy.svelte';

export class SignIn {
  readonly #db: TillDb;
  readonly #policy: ShopPolicy;
  readonly #clock: Pick<RelayClock, 'now' | 'proven'>;
  readonly #onenter: () => void;
  readonly #onleave: () => void;
  readonly #onlock: () => void;
  readonly #goods: () => Promise<void>;
  #id = $state<string | null>(null);

  readonly operator: Operator | null = $derived.by(() => {
    const policy = this.#policy.current;
    if (!policy || this.#id === null) return null;
    const found = operatorOf(policy, this.#id);
    // a dismissed operator is signed out at once
    return found?.active ? found : null;
  });

  /**
   * `leave`: called when the previous operator leaves, so that their elevations end. `lock`: called when nobody is signed in
   * any more. `goods`: resolves when goods can be rung up; an operator enters no earlier.
   */
  constructor(
    db: TillDb,
    policy: ShopPolicy,
    clock: Pick<RelayClock, 'now' | 'proven'>,
    on: {
      readonly enter: () => void;
      readonly leave: () => void;
      readonly lock: () => void;
      readonly goods: () => Promise<void>;
    },
  ) {
    this.#db = db;
    this.#policy = policy;
    this.#clock = clock;
    this.#onenter = on.enter;
    this.#onleave = on.leave;
    this.#onlock = on.lock;
    this.#goods = on.goods;
  }

  /** Whether the signed-in operator has a right. */
  may(right: Right): boolean {
    const policy = this.#policy.current;
    return policy !== null && this.operator !== null && may(policy, this.operator.id, right);
  }

  /** Only checks a PIN, for a colleague who authorises one act. Failures are counted on disk. */
  check(operatorId: string, pin: string): Promise<PinOutcome> {
    const times = { at: this.#clock.now(), proven: this.#clock.proven() };
    return checkPin(this.#db, { operator: operatorId, pin, ...times });
  }

  async enter(operatorId: string, pin: string): Promise<PinOutcome> {
    const outcome = await this.check(operatorId, pin);
    if (outcome.kind === 'right') {
      await this.#goods();
      // end the previous operator's elevations, whether they were dismissed or replaced
      this.#onleave();
      this.#id = operatorId;
      this.#onenter();
    }
    return outcome;
  }

  /** First run: signs in the owner, who has just chosen their PIN. */
  enterAsNew(operatorId: string): void {
    this.#id = operatorId;
  }

  lock(): void {
    this.#id = null;
    this.#onleave();
    this.#onlock();
  }
}
