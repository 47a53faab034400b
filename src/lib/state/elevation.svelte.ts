// Asks for a PIN, and a code where the phone is proven, then repeats an act that the relay refused.
// The relay checks PIN and right by its own policy.
import type { ElevationPurpose } from '$lib/domain/elevation-purpose';
import type { ElevationReply, ElevationRequest } from '$lib/contract/till';
import type { Outcome } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { SignIn } from './sign-in.svelte';

/** What the dialogue shows while it is open. */
export type ElevationAsked = {
  readonly operatorName: string;
  /** What the person confirms. */
  readonly purpose: ElevationPurpose;
  readonly answer: (ok: boolean) => void;
};

export class Elevation {
  readonly #client: Pick<RelayClient, 'elevate'>;
  readonly #signIn: Pick<SignIn, 'operator'>;
  #asked = $state.raw<ElevationAsked | null>(null);
  /** Held from the PIN to the code, because the relay wants both at once; no longer. */
  #pin: string | null = null;

  constructor(client: Pick<RelayClient, 'elevate'>, signIn: Pick<SignIn, 'operator'>) {
    this.#client = client;
    this.#signIn = signIn;
  }

  /** Set while the PIN dialogue should be on screen. */
  get asked(): ElevationAsked | null {
    return this.#asked;
  }

  /** Runs the act; where the relay wants a person, says what for, asks, and runs it once more. A dialogue closed leaves the refusal. */
  async run<T extends { kind: string }>(
    purpose: ElevationPurpose,
    act: () => Promise<T>,
  ): Promise<T> {
    const first = await act();
    if (first.kind !== 'elevation-needed') return first;
    const operator = this.#signIn.operator;
    // the dialogue names one purpose: a second act at the same time is not done by that PIN
    if (!operator || this.#asked !== null) return first;
    const ok = await new Promise<boolean>((resolve) => {
      this.#asked = { operatorName: operator.name, purpose, answer: resolve };
    });
    return ok ? act() : first;
  }

  /** The PIN; where the operator's phone is proven the relay answers `code-sent`. */
  submitPin(pin: string): Promise<Outcome<ElevationReply>> {
    this.#pin = pin;
    return this.#submit({});
  }
  submitCode(code: string): Promise<Outcome<ElevationReply>> {
    return this.#submit({ code });
  }
  /** A token of the relay's own machine, in the code's place. */
  submitToken(token: string): Promise<Outcome<ElevationReply>> {
    return this.#submit({ token });
  }
  /** A new code where none lives, otherwise the same one again. */
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
    // closed, or another's turn by now: this answer is nobody's
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
