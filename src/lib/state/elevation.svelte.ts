// Asks for a PIN, and a code if the phone is proven, then repeats an act the relay refused.
// The relay checks PIN and right by its own policy.
import type { ElevationPurpose } from '$lib/domain/elevation-purpose';
import type { ElevationReply, ElevationRequest } from '$lib/contract/till';
import type { Outcome } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { SignIn } from './sign-in.svelte';

/** What the open dialogue shows. */
export type ElevationAsked = {
  readonly operatorName: string;
  /** The act to confirm. */
  readonly purpose: ElevationPurpose;
  readonly answer: (ok: boolean) => void;
};

export class Elevation {
  readonly #client: Pick<RelayClient, 'elevate'>;
  readonly #signIn: Pick<SignIn, 'operator'>;
  #asked = $state.raw<ElevationAsked | null>(null);
  /** Stored only from the PIN to the code, because the relay needs both in one request. */
  #pin: string | null = null;

  constructor(client: Pick<RelayClient, 'elevate'>, signIn: Pick<SignIn, 'operator'>) {
    this.#client = client;
    this.#signIn = signIn;
  }

  /** Set while the PIN dialogue is open. */
  get asked(): ElevationAsked | null {
    return this.#asked;
  }

  /** Runs the act; if the relay requires an elevation, asks for it and repeats the act, unless it is cancelled. */
  async run<T extends { kind: string }>(
    purpose: ElevationPurpose,
    act: () => Promise<T>,
  ): Promise<T> {
    const first = await act();
    if (first.kind !== 'elevation-needed') return first;
    const operator = this.#signIn.operator;
    // the PIN confirms only the purpose the dialogue names, so a second act at the same time is refused
    if (!operator || this.#asked !== null) return first;
    const ok = await new Promise<boolean>((resolve) => {
      this.#asked = { operatorName: operator.name, purpose, answer: resolve };
    });
    return ok ? act() : first;
  }

  /** Submits the PIN; if the operator's phone is proven, the relay answers `code-sent`. */
  submitPin(pin: string): Promise<Outcome<ElevationReply>> {
    this.#pin = pin;
    return this.#submit({});
  }
  submitCode(code: string): Promise<Outcome<ElevationReply>> {
    return this.#submit({ code });
  }
  /** Submits a token from the relay's own machine instead of the code. */
  submitToken(token: string): Promise<Outcome<ElevationReply>> {
    return this.#submit({ token });
  }
  /** Sends the same code again, or a new one if none is valid. */
  sendAgain(living: 'living' | null): Promise<Outcome<ElevationReply>> {
    return this.#submit(living === null ? {} : { resend: true });
  }

  close(): void {
    this.#end(false);
  }

  async #submit(
    second: Pick<ElevationRequest, 'code' | 'token' | 'resend'>,
  ): Promise<Outcome<ElevationReply>> {
    const operator = this.#signIn.operator;
    const asked = this.#asked;
    if (!operator || this.#pin === null) return { kind: 'no-right' };
    const reply = await this.#client.elevate({
      operatorId: operator.id,
      pin: this.#pin,
      ...second,
    });
    // the dialogue was closed or belongs to another act by now: ignore the answer
    if (reply.kind === 'elevated' && asked === this.#asked) this.#end(true);
    return reply;
  }

  #end(ok: boolean): void {
    const asked = this.#asked;
    this.#asked = null;
    this.#pin = null;
    asked?.answer(ok);
  }
}
