// The state of a form or button while its act runs: busy, and why the act failed.
import type { Consent } from '$lib/contract/till';
import type { ElevationPurpose } from '$lib/domain/consent/elevation-purpose';
import { till } from '$lib/state/till.svelte';
import { storageErrorOf } from '$lib/storage/storage-error';
import { t } from '$lib/ui/text/current.svelte';

/** Why the act failed, in words; null: it did not fail. */
type Trouble = string | null;

export class FormAct {
  #busy = $state(false);
  trouble = $state<Trouble>(null);
  #refusals = $state(0);
  #last: Promise<void> = Promise.resolve();

  get busy(): boolean {
    return this.#busy;
  }
  /** Number of runs that failed. */
  get refusals(): number {
    return this.#refusals;
  }

  /** Runs the act unless one is running. A StorageError becomes `trouble`; other exceptions are thrown. */
  async run(act: () => Promise<Trouble>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.trouble = null;
    try {
      this.trouble = await act();
    } catch (failure) {
      const failed = storageErrorOf(failure);
      if (failed === null) throw failure;
      this.trouble = t().errors.storage[failed.kind];
    } finally {
      this.#busy = false;
      if (this.trouble !== null) this.#refusals += 1;
    }
  }

  /** Runs the act after those queued before it, so that no quick click is lost. */
  queue(act: () => Promise<Trouble>): Promise<void> {
    const run = () => this.run(act);
    this.#last = this.#last.then(run, run);
    return this.#last;
  }

  /** Runs an act at the relay, with an elevation if required. `settle`: applies the reply, or returns its refusal in words. */
  askRelay<T extends { kind: string }>(
    purpose: ElevationPurpose,
    act: (consent?: Consent) => Promise<T>,
    settle: (reply: T) => Trouble | Promise<Trouble>,
  ): Promise<void> {
    return this.run(async () => settle(await till.elevation.run(purpose, act)));
  }
}
