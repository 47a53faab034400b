// Requests, polls, submits and cancels the codes of a checkout; never stores a code.
import type { Channel } from '$lib/contract/values';
import { challengesOf, type Checkout, type CheckoutEvent } from '$lib/domain/checkout-state';
import { requestCode } from '$lib/state/relay/code-request';
import { checkoutReply } from '$lib/state/relay/checkout-reply';
import { challengeRequest } from './challenge-request';
import type { OpenReceipt, RegisterDeps } from './deps';

/** Polling interval for the state of the message. */
const LOOK_EVERY_MS = 2_000;

/** The checkout the codes are for. */
export type CodesFor = {
  readonly current: () => Checkout;
  readonly happened: (event: CheckoutEvent) => void;
};

export class RegisterCodes {
  readonly #deps: RegisterDeps;
  readonly #open: OpenReceipt;
  readonly #current: () => Checkout;
  readonly #happened: (event: CheckoutEvent) => void;
  #looking: ReturnType<typeof setTimeout> | null = null;

  constructor(deps: RegisterDeps, open: OpenReceipt, { current, happened }: CodesFor) {
    this.#deps = deps;
    this.#open = open;
    this.#current = current;
    this.#happened = happened;
  }

  /** Requests the code of the current need, after that is stored on the disk. */
  async request(challenge: string): Promise<void> {
    const { draft, whose } = this.#open;
    // stored before it is sent: after a reload the same challenge is requested again, without a second message
    await draft.write();
    const now = this.#current();
    const policy = this.#deps.policy();
    if (now.kind !== 'sending' || now.challenge !== challenge || policy === null) return;
    const { card: customer, standing } = whose;
    const { receipt } = this.#open;
    const { currency } = policy.shop;
    let request: Awaited<ReturnType<typeof challengeRequest>> = null;
    try {
      if (customer !== null) {
        const question = { receipt, need: now.need, customer, standing, currency };
        request = await challengeRequest(this.#deps.db, question);
      }
    } catch (error) {
      draft.failed(error);
      this.#happened({ kind: 'cancelled' });
      return;
    }
    if (!this.#isAbout(challenge)) return;
    if (request === null) {
      // the customer's card or number is gone: waiting for a code would never end
      this.#happened({ kind: 'edited', what: customer === null ? 'customer' : 'phone' });
      return;
    }
    const reply = await requestCode(this.#deps, challenge, request);
    // given up meanwhile: the cancellation may have reached the relay before the request
    if (!this.#isAbout(challenge)) this.callOff([challenge]);
    this.#happened({ kind: 'answered', challenge, reply });
  }

  /** Submits the code without storing it. */
  async submit(code: string): Promise<void> {
    const now = this.#current();
    if (now.kind !== 'awaiting-code') return;
    const { challenge } = now;
    this.#happened({ kind: 'code-typed' });
    const reply = await this.#deps.client.submitCode(challenge, code);
    this.#happened({ kind: 'checked', challenge, reply: checkoutReply(reply) });
  }

  /** `channel`: null repeats the same one. */
  async resend(channel: Channel | null): Promise<void> {
    const now = this.#current();
    if (now.kind !== 'awaiting-code') return;
    const { challenge } = now;
    const reply = await this.#deps.client.resend(challenge, channel);
    this.#happened({ kind: 'resent', challenge, reply: checkoutReply(reply) });
  }

  /** Codes expire at the relay anyway; this spares the customer a useless code. */
  callOff(challenges: readonly string[]): void {
    for (const id of challenges) void this.#deps.client.cancelChallenge(id);
  }

  /** Polls the state of the message while the code is awaited. */
  lookAfter(): void {
    this.stopLooking();
    this.#looking = setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  stopLooking(): void {
    if (this.#looking !== null) clearTimeout(this.#looking);
    this.#looking = null;
  }

  async #look(): Promise<void> {
    const now = this.#current();
    if (now.kind !== 'awaiting-code') return;
    const { challenge } = now;
    const view = checkoutReply(await this.#deps.client.challenge(challenge));
    if (view.kind !== 'unreachable') this.#happened({ kind: 'view-changed', challenge, view });
    if (this.#current().kind === 'awaiting-code') this.lookAfter();
  }

  #isAbout(challenge: string): boolean {
    return challengesOf(this.#current()).includes(challenge);
  }
}
