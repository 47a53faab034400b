// Asks for a PIN, and a code if the phone is proven, then repeats an act the relay refused.
// The relay checks PIN and right by its own policy.
import type { ElevationPurpose } from '$lib/domain/elevation-purpose';
import type { ElevationReply, ElevationRequest, OperatorCodeReply } from '$lib/contract/till';
import type { Outcome } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import { askForCode, type CodeRequester } from './relay/code-request.svelte';
import { isAboutCode, operatorCodeSource } from './relay/code-source';
import type { SignIn } from './sign-in.svelte';

/** What the open dialogue shows. */
export type ElevationAsked = {
  readonly operatorName: string;
  /** The act to confirm. */
  readonly purpose: ElevationPurpose;
  readonly answer: (ok: boolean) => void;
};

/** A refusal that is not about the code. */
export type ElevationRefusal = Exclude<
  Outcome<ElevationReply>,
  OperatorCodeReply | { kind: 'elevated' }
>;

export class Elevation {
  readonly #client: Pick<RelayClient, 'elevate'>;
  readonly #signIn: Pick<SignIn, 'operator'>;
  readonly #now: () => number;
  #code = $state.raw<CodeRequester | null>(null);
  #refusal = $state.raw<ElevationRefusal | null>(null);
  #asked = $state.raw<ElevationAsked | null>(null);
  /** Stored only from the PIN to the code, because the relay needs both in one request. */
  #pin: string | null = null;

  /** `now`: ms, corrected by the relay's clock. */
  constructor(
    client: Pick<RelayClient, 'elevate'>,
    signIn: Pick<SignIn, 'operator'>,
    now: () => number,
  ) {
    this.#client = client;
    this.#signIn = signIn;
    this.#now = now;
  }

  /** Set while the PIN dialogue is open. */
  get asked(): ElevationAsked | null {
    return this.#asked;
  }

  /** The code to the operator's own phone; null until the PIN was correct. */
  get code(): CodeRequester | null {
    return this.#code;
  }
  /** Why the last PIN, code or token was refused, if the reply is not about the code. */
  get refusal(): ElevationRefusal | null {
    return this.#refusal;
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

  /** Submits the PIN; if the operator's phone is proven, `code` is set. */
  async submitPin(pin: string): Promise<void> {
    this.#pin = pin;
    const asked = this.#asked;
    const reply = await this.#submit({});
    // the dialogue was closed or belongs to another act by now
    if (asked === null || asked !== this.#asked) return;
    if (isAboutCode(reply)) this.#code = this.#codeFrom(reply);
  }
  /** Submits a token from the relay's own machine instead of the code. */
  async submitToken(token: string): Promise<void> {
    await this.#submit({ token });
  }

  close(): void {
    this.#end(false);
  }

  /** `first`: the reply to the PIN, which has already sent the code. */
  #codeFrom(first: OperatorCodeReply): CodeRequester {
    let answered: OperatorCodeReply | null = first;
    const source = operatorCodeSource({
      now: this.#now,
      send: async (request) => {
        const reply = answered ?? (await this.#submit(request));
        answered = null;
        if (isAboutCode(reply)) return reply;
        return { kind: reply.kind === 'elevated' ? 'done' : 'not-about-code' };
      },
    });
    return askForCode(source, () => undefined);
  }

  async #submit(
    second: Pick<ElevationRequest, 'code' | 'token' | 'resend'>,
  ): Promise<Outcome<ElevationReply>> {
    const operator = this.#signIn.operator;
    const asked = this.#asked;
    if (!operator || this.#pin === null) return { kind: 'no-right' };
    this.#refusal = null;
    const reply = await this.#client.elevate({
      operatorId: operator.id,
      pin: this.#pin,
      ...second,
    });
    // the dialogue was closed or belongs to another act by now: ignore the answer
    if (asked !== this.#asked) return reply;
    if (reply.kind === 'elevated') this.#end(true);
    else if (!isAboutCode(reply)) this.#refusal = reply;
    return reply;
  }

  #end(ok: boolean): void {
    const asked = this.#asked;
    this.#asked = null;
    this.#pin = null;
    this.#code?.close();
    this.#code = null;
    this.#refusal = null;
    asked?.answer(ok);
  }
}
