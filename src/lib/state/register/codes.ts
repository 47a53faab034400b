// Requests, polls, submits and cancels the codes of a checkout; never keeps a code.
import type { Channel } from '$lib/contract/values';
import { challengesOf, type Checkout, type CheckoutEvent } from '$lib/domain/checkout-state';
import { requestCode } from '$lib/state/relay/code-request';
import { checkoutReply } from '$lib/state/relay/checkout-reply';
import { challengeRequest } from './challenge-request';
import type { OpenReceipt, RegisterDeps } from './deps';

/** While a code is out the relay is asked how the message fares. */
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

  /** Asks for the code of the need in hand, once the disk knows that it is being asked. */
  async request(challenge: string): Promise<void> {
    const { draft, whose } = this.#open;
    // on disk before it leaves: a reload asks for the same challenge again, never for a second message
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
      // his card or his number is gone: there is nobody to ask, and a wait for it would never end
      this.#happened({ kind: 'edited', what: customer === null ? 'customer' : 'phone' });
      return;
    }
    const reply = await requestCode(this.#deps, challenge, request);
    // given up meanwhile: the call-off may have reached the relay before the request did
    if (!this.#isAbout(challenge)) this.callOff([challenge]);
    this.#happened({ kind: 'answered', challenge, reply });
  }

  /** Passes the code on and forgets it. */
  async submit(code: string): Promise<void> {
    const now = this.#current();
    if (now.kind !== 'awaiting-code') return;
    const { challenge } = now;
    this.#happened({ kind: 'code-typed' });
    const reply = await this.#deps.client.submitCode(challenge, code);
    this.#happened({ kind: 'checked', challenge, reply: checkoutReply(reply) });
  }

  /** `channel`: null for the same way again. */
  async resend(channel: Channel | null): Promise<void> {
    const now = this.#current();
    if (now.kind !== 'awaiting-code') return;
    const { challenge } = now;
    const reply = await this.#deps.client.resend(challenge, channel);
    this.#happened({ kind: 'resent', challenge, reply: checkoutReply(reply) });
  }

  /** The relay forgets by itself too; this only spares the customer a code that leads nowhere. */
  callOff(challenges: readonly string[]): void {
    for (const id of challenges) void this.#deps.client.cancelChallenge(id);
  }

  /** Asks how the message fares, again and again while it is awaited. */
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
