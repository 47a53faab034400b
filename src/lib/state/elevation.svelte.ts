// Acts the relay wants a person for: asks for the PIN once, then repeats the act. The relay checks PIN and right by its own policy.
import type { ElevationReply } from '$lib/contract/till';
import type { Outcome } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { SignIn } from './sign-in.svelte';

/** What the dialogue shows while it is open. */
export type ElevationAsked = {
  readonly operatorName: string;
  readonly answer: (ok: boolean) => void;
};

export class Elevation {
  readonly #client: RelayClient;
  readonly #signIn: SignIn;
  #asked = $state.raw<ElevationAsked | null>(null);
  #answer: Promise<boolean> | null = null;

  constructor(client: RelayClient, signIn: SignIn) {
    this.#client = client;
    this.#signIn = signIn;
  }

  /** Set while the PIN dialogue should be on screen. */
  get asked(): ElevationAsked | null {
    return this.#asked;
  }

  /** Runs the act; where the relay wants a person, asks and runs it once more. A dialogue closed leaves the refusal. */
  async run<T extends { kind: string }>(act: () => Promise<T>): Promise<T> {
    const first = await act();
    if (first.kind !== 'elevation-needed') return first;
    const operator = this.#signIn.operator;
    if (!operator) return first;
    // two acts at once ask once
    this.#answer ??= new Promise<boolean>((resolve) => {
      this.#asked = { operatorName: operator.name, answer: resolve };
    });
    const ok = await this.#answer;
    return ok ? act() : first;
  }

  /** Sends the PIN (and the code, once one is asked for). */
  async submit(pin: string, code: string | null): Promise<Outcome<ElevationReply>> {
    const operator = this.#signIn.operator;
    if (!operator) return { kind: 'no-right' };
    return this.#client.elevate({
      operatorId: operator.id,
      pin,
      ...(code === null ? {} : { code }),
    });
  }

  close(): void {
    this.#end(false);
  }
  done(): void {
    this.#end(true);
  }

  #end(ok: boolean): void {
    const asked = this.#asked;
    this.#asked = null;
    this.#answer = null;
    asked?.answer(ok);
  }
}
