// Maps replies about a challenge to outcomes of a checkout; some allow going on without a code.
import type {
  AwaitingCode,
  ChallengeReply,
  ChallengeStatus,
  CheckReply,
  PersonRefused,
  Refusal,
  SendReply,
  SpentBecause,
} from '$lib/contract/challenge';
import type { MoneyOnWire } from '$lib/contract/values';

/** No reply: the network is off, or the relay is down, hangs, or answers with invalid data. */
export type Unreachable = { readonly kind: 'unreachable' };

/** Outcomes that allow going on without a code. */
export type NoCodeBecause =
  | Unreachable
  /**
   * The relay refuses this till's journal and therefore sends it no codes; the till sells on until it is re-enrolled.
   */
  | { readonly kind: 'quarantined' }
  /** The relay was restored from an older copy and waits for the uploads of these tills, given by name. */
  | { readonly kind: 'tills-awaited'; readonly tills: readonly string[]; readonly until: number }
  | { readonly kind: 'provider-unreachable' }
  | { readonly kind: 'refused'; readonly because: Refusal }
  | {
      readonly kind: 'limited';
      readonly scope: 'phone' | 'till' | 'shop';
      readonly retryAt: number;
    }
  /** Only weak channels are left; they confirm at most `allowed`. */
  | { readonly kind: 'channel-not-available'; readonly allowed: MoneyOnWire }
  | { readonly kind: 'did-not-arrive' }
  /** The message may have arrived, but the customer cannot look at the phone. */
  | { readonly kind: 'phone-not-at-hand' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'too-many-checks' };

/** Outcomes that do not allow it: the receipt has to change, or a new code has to be requested. */
export type StoppedBecause =
  /** `until`: when the number on the card replaces the registered one, if a change is pending. */
  | {
      readonly kind: 'phone-held';
      readonly phoneMasked: string;
      readonly since: number;
      readonly until?: number | undefined;
    }
  | { readonly kind: 'phone-too-new'; readonly until: number; readonly allowed: MoneyOnWire }
  /** An owner has to accept the card's first number; it confirms debts of at most `allowed` until then. */
  | { readonly kind: 'phone-unaccepted'; readonly allowed: MoneyOnWire }
  /** The customer disputes an entry on their account; recorded at this till or another. */
  | { readonly kind: 'customer-disputed'; readonly since: number }
  /** The limit is exceeded by the relay's own sums; `allowed`: what may still go on account. */
  | { readonly kind: 'over-limit'; readonly allowed: MoneyOnWire }
  /** `allowed`: points that may be redeemed. */
  | { readonly kind: 'points-short'; readonly allowed: number }
  | { readonly kind: 'card-differs' }
  | { readonly kind: 'codes-stopped' }
  /** Concerns the authorised person who should confirm, or who is to be added. */
  | PersonRefused
  /** The operator was removed at another till, or the relay does not know them. */
  | { readonly kind: 'operator-unknown' }
  | { readonly kind: 'challenge-differs' }
  /** The shop's rules for points are newer than those this till knows. */
  | { readonly kind: 'policy-changed' }
  | { readonly kind: 'journal-behind' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'unknown-challenge' };

export type ReplyToTill = ChallengeReply | ChallengeStatus | CheckReply | SendReply | Unreachable;

export type Outcome =
  | { readonly kind: 'view'; readonly view: AwaitingCode }
  | { readonly kind: 'verified'; readonly grant: string; readonly also: string | null }
  | { readonly kind: 'wrong-code'; readonly checksLeft: number }
  /** The resend was refused; the challenge stays open with only this change. */
  | {
      readonly kind: 'not-resent';
      readonly change: Partial<Pick<AwaitingCode, 'resendAt' | 'sendsLeft'>>;
    }
  | { readonly kind: 'no-code'; readonly because: NoCodeBecause }
  | { readonly kind: 'stopped'; readonly because: StoppedBecause };

function spent(because: SpentBecause): Outcome {
  switch (because) {
    case 'expired':
    case 'too-many-checks':
      return { kind: 'no-code', because: { kind: because } };
    case 'cancelled':
    case 'superseded':
      return { kind: 'stopped', because: { kind: because } };
  }
}

export function outcomeOf(reply: ReplyToTill): Outcome {
  switch (reply.kind) {
    case 'awaiting-code':
      return { kind: 'view', view: reply };
    case 'verified':
      return { kind: 'verified', grant: reply.grant, also: reply.also ?? null };
    case 'wrong-code':
      return { kind: 'wrong-code', checksLeft: reply.checksLeft };
    case 'too-early':
      return { kind: 'not-resent', change: { resendAt: reply.resendAt } };
    case 'no-sends-left':
      return { kind: 'not-resent', change: { sendsLeft: 0 } };
    case 'spent':
      return spent(reply.because);
    case 'unreachable':
      // the cause is dropped: the strict record on disk stores only `unreachable`
      return { kind: 'no-code', because: { kind: 'unreachable' } };
    case 'quarantined':
    case 'tills-awaited':
    case 'provider-unreachable':
    case 'refused':
    case 'limited':
    case 'channel-not-available':
      return { kind: 'no-code', because: reply };
    case 'phone-held':
    case 'phone-too-new':
    case 'phone-unaccepted':
    case 'customer-disputed':
    case 'over-limit':
    case 'points-short':
    case 'card-differs':
    case 'codes-stopped':
    case 'person-refused':
    case 'operator-unknown':
    case 'policy-changed':
    case 'challenge-differs':
    case 'journal-behind':
    case 'unknown-challenge':
      return { kind: 'stopped', because: reply };
  }
}

/** The outcome as text for the journal's connectivity fact: `unreachable`, `refused:no-money`. */
export function noCodeFact(because: NoCodeBecause): string {
  switch (because.kind) {
    case 'refused':
      return `refused:${because.because}`;
    case 'limited':
      return `limited:${because.scope}`;
    default:
      return because.kind;
  }
}
