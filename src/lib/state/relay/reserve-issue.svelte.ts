// Issues reserve codes: the customer's code, the relay's message, then the verifiers stored here.
// The till never sees a reserve code before it is used.
import type { ReserveCodesReply } from '$lib/contract/reserve-code';
import type { CodeRequest } from '$lib/domain/consent/code-request';
import type { Phone } from '$lib/domain/values/phone';
import type { TillDb } from '$lib/storage/database/db';
import { saveIssued } from '$lib/storage/secrets/reserve-verifiers';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';
import { askForCode, type CodeRequester } from './code-request.svelte';
import { cardCodeSource, codeReply, type ChallengeDeps } from './code-source';

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

export type ReserveIssueState = CodeRequest | Ended;

export type ReserveIssueDeps = ChallengeDeps & {
  readonly db: TillDb;
  readonly now: () => number;
  /** Version in force. */
  readonly policy: () => number;
};

export type CardWithNumber = {
  readonly id: string;
  readonly cardSalt: string;
  readonly phone: Phone;
};

export class ReserveIssue {
  readonly #deps: ReserveIssueDeps;
  readonly #customer: CardWithNumber;
  /** The customer's confirmation. The id of its challenge is also the id of the issue. */
  readonly code: CodeRequester;
  #ended = $state.raw<Ended | null>(null);

  constructor(deps: ReserveIssueDeps, customer: CardWithNumber) {
    this.#deps = deps;
    this.#customer = customer;
    const source = cardCodeSource(deps, (issue) => ({
      action: 'issue-reserve-codes',
      customer,
      deal: { kind: 'reserve-codes', issue },
    }));
    this.code = askForCode(source, (challenge) => this.#send(challenge));
  }

  get current(): ReserveIssueState | null {
    return this.#ended ?? this.code.current;
  }

  /** Requests a new code. If only the issue failed, repeats that issue without a second message. */
  async askAgain(): Promise<void> {
    const asked = this.code.current;
    if (asked?.kind === 'confirmed' && this.#mayRepeat()) return this.#send(asked.challenge);
    this.#ended = null;
    this.code.askAgain();
  }

  #mayRepeat(): boolean {
    if (this.#ended?.kind !== 'not-issued') return this.#ended?.kind === 'not-kept';
    const { kind } = this.#ended.reply;
    return kind !== 'challenge-not-verified' && kind !== 'issue-differs';
  }

  async #send(challenge: string): Promise<void> {
    this.#ended = { kind: 'issuing' };
    const { client, db, operator, now, policy } = this.#deps;
    const { id: customer } = this.#customer;
    const reply = codeReply(await client.issueReserveCodes(challenge, { customer, challenge }));
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
