// Issues reserve codes: the customer's code, the relay's message, then the verifiers stored here.
// The till never sees a reserve code before it is used.
import type { ReserveCodesReply } from '$lib/contract/reserve-code';
import type { Phone } from '$lib/domain/phone';
import { reserveCodesHash } from '$lib/proof/deal';
import { saveIssued } from '$lib/storage/secrets/reserve-verifiers';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';
import {
  CodeQuestion,
  type CodeQuestionState,
  type CodeQuestionDeps,
} from './code-question.svelte';
import { checkoutReply } from './checkout-reply';

type Issued = Extract<ReserveCodesReply, { kind: 'issued' }>;

type Ended =
  | { readonly kind: 'issuing' }
  /** `here`: the number of codes valid at this till. */
  | { readonly kind: 'issued'; readonly reply: Issued; readonly here: number }
  /** The relay has issued them, but this till's disk failed to store their verifiers. */
  | { readonly kind: 'not-kept'; readonly because: StorageErrorKind }
  | {
      readonly kind: 'not-issued';
      readonly reply: Exclude<ReserveCodesReply, Issued> | { readonly kind: 'unreachable' };
    };

export type ReserveIssueState = CodeQuestionState | Ended;

export type ReserveIssueDeps = CodeQuestionDeps & {
  readonly operator: () => string | null;
  readonly now: () => number;
  /** Version in force. */
  readonly policy: () => number;
};

export class ReserveIssue {
  readonly #deps: ReserveIssueDeps;
  readonly #customer: { readonly id: string; readonly phone: Phone };
  readonly question: CodeQuestion;
  #issue = newId();
  /** Challenge id of the customer's confirmation of this issue. */
  #yes: string | null = null;
  #ended = $state.raw<Ended | null>(null);

  constructor(deps: ReserveIssueDeps, customer: { readonly id: string; readonly phone: Phone }) {
    this.#deps = deps;
    this.#customer = customer;
    const { id: customerId, phone } = customer;
    this.question = new CodeQuestion(
      deps,
      async () => ({
        action: 'issue-reserve-codes',
        customer,
        dealHash: await reserveCodesHash({ issue: this.#issue, customerId, phone }),
      }),
      (challenge) => {
        this.#yes = challenge;
        return this.#send(challenge);
      },
    );
  }

  get current(): ReserveIssueState {
    return this.#ended ?? this.question.current;
  }

  /** Requests the customer's code. If only the issue failed, repeats the same issue, without a second message. */
  async ask(): Promise<void> {
    const yes = this.#yes;
    const again = this.#ended?.kind === 'not-kept' || this.#mayRepeat();
    this.#ended = null;
    if (yes !== null && again) return this.#send(yes);
    this.#issue = newId();
    this.#yes = null;
    await this.question.ask();
  }

  /** Cancels the awaited code. */
  callOff(): void {
    if (this.#yes === null) this.question.callOff();
  }

  #mayRepeat(): boolean {
    if (this.#ended?.kind !== 'not-issued') return false;
    const { kind } = this.#ended.reply;
    return kind !== 'challenge-not-verified' && kind !== 'issue-differs';
  }

  async #send(challenge: string): Promise<void> {
    this.#ended = { kind: 'issuing' };
    const { client, db, operator, now, policy } = this.#deps;
    const { id: customer } = this.#customer;
    const reply = checkoutReply(
      await client.issueReserveCodes(this.#issue, { customer, challenge }),
    );
    if (reply.kind !== 'issued') {
      this.#ended = { kind: 'not-issued', reply };
      return;
    }
    const { verifiers } = reply;
    try {
      const by = { operator: operator(), at: now(), policy: policy() };
      await saveIssued(db, { customer, challenge, verifiers, ...by });
      this.#ended = { kind: 'issued', reply, here: verifiers.length };
    } catch (error) {
      this.#ended = { kind: 'not-kept', because: storageErrorKind(error) };
    }
  }
}
