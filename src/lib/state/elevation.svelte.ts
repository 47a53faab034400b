// Asks for what the relay requires before an act (PIN, code or token), then repeats the act.
// The relay checks PIN, right and code by its own policy.
import type { ElevationPurpose } from '$lib/domain/consent/elevation-purpose';
import type {
  Consent,
  ConsentState,
  ElevationLevel,
  ElevationReply,
  ElevationRequest,
} from '$lib/contract/till';
import type { Outcome } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import { askForCode, type CodeRequester } from './relay/code-request.svelte';
import { isAboutCode, operatorCodeSource, type AboutCode } from './relay/code-source';
import type { SignIn } from './sign-in.svelte';

/** What the open dialogue shows. */
export type ElevationAsked = {
  readonly operatorName: string;
  /** The act to confirm. */
  readonly purpose: ElevationPurpose;
  /** `pin`: PIN, then perhaps a code to the operator's own phone. `consent`: an owner's code, or a token. */
  readonly step: 'pin' | 'consent';
};

/** A refusal that is not about the code. */
export type ElevationRefusal = Exclude<
  Outcome<ElevationReply> | ConsentState,
  AboutCode | { kind: 'elevated' }
>;

type Act<T> = (consent?: Consent) => Promise<T>;
type Second = Pick<ElevationRequest, 'code' | 'token' | 'resend'>;

/** One open dialogue. `submit`: sends a code, token or resend; null ends it. */
type Open = {
  readonly asked: ElevationAsked;
  readonly submit: (second: Second) => Promise<AboutCode | ElevationRefusal | null>;
  readonly cancel: () => void;
};

export class Elevation {
  readonly #client: Pick<RelayClient, 'elevate'>;
  readonly #signIn: Pick<SignIn, 'operator'>;
  readonly #now: () => number;
  #code = $state.raw<CodeRequester | null>(null);
  #refusal = $state.raw<ElevationRefusal | null>(null);
  #recipient = $state<string | null>(null);
  #open = $state.raw<Open | null>(null);
  /** Kept only between the PIN and the code, because the relay needs both in one request. */
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

  /** Set while the dialogue is open. */
  get asked(): ElevationAsked | null {
    return this.#open?.asked ?? null;
  }
  /** The code being asked for; null: a PIN or token is asked for first. */
  get code(): CodeRequester | null {
    return this.#code;
  }
  /** Id of the operator whose phone receives the code of a consent; null: not chosen yet. */
  get recipient(): string | null {
    return this.#recipient;
  }
  /** Why the last PIN, code or token was refused, if the reply is not about the code. */
  get refusal(): ElevationRefusal | null {
    return this.#refusal;
  }

  /**
   * Runs the act. If the relay requires a PIN or an owner's consent, asks for it and repeats the act, unless the dialogue is
   * cancelled. `act` passes the consent to the relay, with the same request each time.
   */
  async run<T extends { kind: string }>(purpose: ElevationPurpose, act: Act<T>): Promise<T> {
    const first = await act();
    const operator = this.#signIn.operator;
    // the input confirms only the purpose that the dialogue shows, so a second act at the same time is refused
    if (!operator || this.#open !== null) return first;
    let reply = first;
    if (isElevationNeeded(reply)) {
      const { level } = reply;
      const asked = { operatorName: operator.name, purpose, step: 'pin' } as const;
      if (!(await this.#askPin(asked, operator.id, level))) return first;
      reply = await act();
    }
    if (!isConsentNeeded(reply)) return reply;
    return this.#askConsent({ operatorName: operator.name, purpose, step: 'consent' }, reply, act);
  }

  /** Submits the PIN; if a code to the operator's own phone is needed, `code` is set. */
  async submitPin(pin: string): Promise<void> {
    this.#pin = pin;
    await this.#submit({});
  }
  /** Submits a token from the relay's own machine instead of the code. */
  async submitToken(token: string): Promise<void> {
    await this.#submit({ token });
  }

  close(): void {
    const open = this.#open;
    this.#end();
    open?.cancel();
  }

  /** True once the operator is elevated; false: cancelled. */
  #askPin(asked: ElevationAsked, operatorId: string, level: ElevationLevel): Promise<boolean> {
    return new Promise((resolve) => {
      this.#open = {
        asked,
        submit: async (second) => {
          if (this.#pin === null) return { kind: 'no-right' };
          const request = { operatorId, pin: this.#pin, level, ...second };
          const reply = await this.#client.elevate(request);
          if (reply.kind !== 'elevated') return reply;
          resolve(true);
          return null;
        },
        cancel: () => resolve(false),
      };
    });
  }

  /** Resolves to the act's reply once an owner has consented; to its refusal if the dialogue is cancelled. */
  #askConsent<T extends { kind: string }>(
    asked: ElevationAsked,
    refused: T & ConsentNeeded,
    act: Act<T>,
  ): Promise<T> {
    return new Promise((resolve) => {
      let token: string | undefined;
      this.#open = {
        asked,
        submit: async (second) => {
          // a code may have to follow a token, and the relay needs both in one request
          const given = second.token ?? token;
          const reply = await act({ ...second, ...(given === undefined ? {} : { token: given }) });
          if (!isConsentNeeded(reply)) {
            resolve(reply);
            return null;
          }
          if (isAboutCode(reply.state)) token = given;
          this.#recipient = reply.operator;
          return reply.state;
        },
        cancel: () => resolve(refused),
      };
      this.#recipient = refused.operator;
      this.#show(refused.state, null);
    });
  }

  async #submit(second: Second): Promise<AboutCode | { readonly kind: 'done' | 'not-about-code' }> {
    const open = this.#open;
    if (open === null) return { kind: 'not-about-code' };
    this.#refusal = null;
    const reply = await open.submit(second);
    // the dialogue was closed, or belongs to another act by now: ignore the answer
    if (open !== this.#open) return { kind: 'not-about-code' };
    if (reply === null) {
      this.#end();
      return { kind: 'done' };
    }
    return this.#show(reply, second);
  }

  /** Shows a reply, either as a refusal or in the panel of the code. `second`: the input it replies to; null: the act itself. */
  #show(
    reply: AboutCode | ElevationRefusal,
    second: Second | null,
  ): AboutCode | { readonly kind: 'not-about-code' } {
    if (!isAboutCode(reply)) {
      this.#refusal = reply;
      return { kind: 'not-about-code' };
    }
    // a new code was sent: the first one, or one to a second phone after the first code was correct
    const isNew = this.#code === null || (second?.code !== undefined && reply.kind === 'code-sent');
    if (!isNew) return reply;
    this.#code?.close();
    this.#code = this.#codeFrom(reply);
    return { kind: 'not-about-code' };
  }

  /** `first`: the reply that came with the code. */
  #codeFrom(first: AboutCode): CodeRequester {
    let answered: AboutCode | null = first;
    const source = operatorCodeSource({
      now: this.#now,
      send: async (request) => {
        const reply = answered ?? (await this.#submit(request));
        answered = null;
        return reply;
      },
    });
    return askForCode(source, () => undefined);
  }

  #end(): void {
    this.#open = null;
    this.#pin = null;
    this.#code?.close();
    this.#code = null;
    this.#recipient = null;
    this.#refusal = null;
  }
}

type ElevationNeeded = { readonly kind: 'elevation-needed'; readonly level: ElevationLevel };
type ConsentNeeded = {
  readonly kind: 'consent-needed';
  readonly state: ConsentState;
  readonly operator: string | null;
};

const isElevationNeeded = <T extends { kind: string }>(reply: T): reply is T & ElevationNeeded =>
  reply.kind === 'elevation-needed';
const isConsentNeeded = <T extends { kind: string }>(reply: T): reply is T & ConsentNeeded =>
  reply.kind === 'consent-needed';
