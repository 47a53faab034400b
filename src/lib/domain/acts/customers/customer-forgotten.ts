// A customer who asks to be forgotten: decides whether anything of theirs is open, and who agrees.
// Leaves no rows.
import { againstRules, withStated, type AgainRules } from '$lib/domain/decide-again';
import { LEAVES_NO_ROWS, type ActRules } from '$lib/domain/act-rules';
import { DAY_MS, MONTH_MS } from '$lib/domain/values/durations';
import type { Confirmation } from '$lib/contract/acts/account';
import type { BodyOf } from '$lib/contract/journal';
import type { ForgetConsent, OpenOfCustomer } from '$lib/domain/consent/forgetting';
import { isGrantFor } from '$lib/domain/consent/consent';
import { CONSENTED } from '$lib/domain/customers/account';
import { refusedRight, type Decided, type Deciding, type NoRight } from '$lib/domain/policy/rights';

/** How long after an act without a code a customer can still object to it, ms. */
const OBJECTING_MS = MONTH_MS;

/** How many customers the whole shop may forget within any 24 hours without a code of the customer or of an owner. */
export const MOST_BY_RIGHT = 5;
export const BY_RIGHT_MS = DAY_MS;

/** How long after the act reached the relay the customer is erased, so that they may object and an owner may stop it, ms. */
export const FORGET_DELAY_MS = DAY_MS;

export type ForgottenInput = Deciding &
  OpenOfCustomer & {
    readonly till: string;
    readonly customer: string;
    /** The other cards that were merged with theirs, sorted. */
    readonly merged: readonly string[];
    readonly consent: ForgetConsent;
    /** How many customers the shop forgot by right in the 24 hours before. */
    readonly byRightToday: number;
    /** Challenges and approvals that another act has used. */
    readonly proofsUsed: ReadonlySet<string>;
  };

/** Something of theirs is open. */
export type StillOpen =
  /** Minor units, positive. */
  | { readonly kind: 'owes' | 'paid-ahead'; readonly amount: number }
  | { readonly kind: 'disputed' | 'code-open' | 'notices-waiting' }
  /** `until`: ms. */
  | { readonly kind: 'without-code'; readonly until: number };

export type ForgottenRefusal =
  | NoRight
  | StillOpen
  | {
      readonly kind: 'many-today' | 'consent-not-for-this' | 'consent-expired' | 'consent-used';
    };

export function decideForgotten(
  input: ForgottenInput,
): Decided<BodyOf<'customer-forgotten'>, ForgottenRefusal> {
  const { customer, merged, standing, consent } = input;
  const refused = (because: ForgottenRefusal) => ({ kind: 'refused', because }) as const;
  const noRight = refusedRight(forgottenRules, input);
  if (noRight !== null) return refused(noRight);
  const open = stillOpen(input);
  if (open !== null) return refused(open);
  const stated = { customer, merged: [...merged], lapsed: Math.max(0, standing.points) };
  if (consent.kind === 'by-right')
    return input.byRightToday >= MOST_BY_RIGHT
      ? refused({ kind: 'many-today' })
      : { kind: 'decided', body: { ...stated, consent } };
  const proof = consent.kind === 'code' ? consent.grant : consent.approval;
  if (proof === null || !isForThis(input)) return refused({ kind: 'consent-not-for-this' });
  if (input.at >= proof.exp) return refused({ kind: 'consent-expired' });
  const id = 'challenge' in proof ? proof.challenge : proof.id;
  if (input.proofsUsed.has(id)) return refused({ kind: 'consent-used' });
  return {
    kind: 'decided',
    body: {
      ...stated,
      consent:
        consent.kind === 'code'
          ? { kind: 'code', challenge: id, grant: consent.jws }
          : { kind: 'owner', approval: consent.jws },
    },
  };
}

/** What of the customer prevents that they are forgotten; null: nothing. */
export function stillOpen(of: OpenOfCustomer): StillOpen | null {
  const { owed } = of.standing;
  if (owed > 0) return { kind: 'owes', amount: owed };
  if (owed < 0) return { kind: 'paid-ahead', amount: -owed };
  if (of.disputed) return { kind: 'disputed' };
  if (of.isConfirming) return { kind: 'code-open' };
  if (of.hasUnsent) return { kind: 'notices-waiting' };
  const until = of.withoutCodeAt === null ? of.at : of.withoutCodeAt + OBJECTING_MS;
  return until > of.at ? { kind: 'without-code', until } : null;
}

/** Whether the customer or an owner agreed to exactly this act, at this till. */
function isForThis(input: ForgottenInput): boolean {
  const { policy, till, operator, customer, consent } = input;
  if (consent.kind === 'code') {
    const { grant, dealHash } = consent;
    const asked = { asks: 'forget-customer', receipt: customer, deal: dealHash } as const;
    const by = { policy, till, operator, customer: { id: customer } };
    // an authorised person cannot ask for it
    return grant !== null && isGrantFor(by, grant, asked) && grant.person === null;
  }
  if (consent.kind === 'by-right') return true;
  const { approval } = consent;
  return (
    approval?.shop === policy.shop.id && approval.till === till && approval.customer === customer
  );
}

/** When the last of these acts without the customer's own code was made, ms; null: there is none. */
export function lastWithoutCode(
  acts: Iterable<{ readonly at: number; readonly kind: Confirmation['kind'] }>,
): number | null {
  let last: number | null = null;
  for (const { at, kind } of acts) if (!CONSENTED.has(kind)) last = Math.max(last ?? 0, at);
  return last;
}

export const forgottenRules = {
  rights: ['manage-customers'],
  ...LEAVES_NO_ROWS,
  refusedInShop: 'forget-refused',
  endsCards: ({ customer, merged }) => [customer, ...merged].map((each) => ({ customer: each })),
} as const satisfies ActRules<'customer-forgotten'>;

export const forgottenAgain = {
  untoldIfRefused: true,
  again: ({ body }, { forgetting, view, ...by }) => {
    if (forgetting === null) return view === 'shop' ? againstRules('unknown-customer') : null;
    const decided = decideForgotten({ ...by, ...forgetting, customer: body.customer });
    // what the shop owes or knows may have changed since; only the cards have to be the same
    return view === 'shop'
      ? withStated(decided, { lapsed: body.lapsed, consent: body.consent })
      : decided;
  },
} as const satisfies AgainRules<'customer-forgotten'>;
