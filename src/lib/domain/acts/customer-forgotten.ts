// A customer who asks to be forgotten: decides whether anything of theirs is still open.
// Leaves no rows.
import { LEAVES_NO_ROWS, type ActRules } from '$lib/domain/act-rules';
import { MONTH_MS } from '$lib/domain/values/durations';
import type { Confirmation } from '$lib/contract/acts/account';
import type { BodyOf } from '$lib/contract/journal';
import { CONSENTED } from '$lib/domain/customers/account';
import { refusedRight, type Decided, type Deciding, type NoRight } from '$lib/domain/policy/rights';

/** How long after an act without a code a customer can still object to it, ms. */
const OBJECTING_MS = MONTH_MS;

/** What is known about a customer who has a card. */
export type ForgottenInput = Deciding & {
  readonly customer: string;
  /** The other cards that were merged with theirs, sorted. */
  readonly merged: readonly string[];
  /** Debt in minor units, negative if the shop owes the customer; and points. */
  readonly standing: { readonly owed: number; readonly points: number };
  readonly disputed: boolean;
  /** Whether a message to them has not been sent yet. */
  readonly hasUnsent: boolean;
  /** Whether a code was requested or entered whose act is not in a journal yet. */
  readonly isConfirming: boolean;
  /** When the last act without their code was made, ms; null: there was none. */
  readonly withoutCodeAt: number | null;
  /** ms. */
  readonly at: number;
};

export type ForgottenRefusal =
  | NoRight
  /** Minor units, positive. */
  | { readonly kind: 'owes' | 'paid-ahead'; readonly amount: number }
  | { readonly kind: 'disputed' | 'code-open' | 'notices-waiting' }
  /** `until`: ms. */
  | { readonly kind: 'without-code'; readonly until: number };

export function decideForgotten(
  input: ForgottenInput,
): Decided<BodyOf<'customer-forgotten'>, ForgottenRefusal> {
  const { customer, merged, standing, disputed, hasUnsent, isConfirming, withoutCodeAt, at } =
    input;
  const { owed, points } = standing;
  const refused = (because: ForgottenRefusal) => ({ kind: 'refused', because }) as const;
  const noRight = refusedRight(forgottenRules, input);
  if (noRight !== null) return refused(noRight);
  if (owed > 0) return refused({ kind: 'owes', amount: owed });
  if (owed < 0) return refused({ kind: 'paid-ahead', amount: -owed });
  if (disputed) return refused({ kind: 'disputed' });
  if (isConfirming) return refused({ kind: 'code-open' });
  if (hasUnsent) return refused({ kind: 'notices-waiting' });
  const until = withoutCodeAt === null ? at : withoutCodeAt + OBJECTING_MS;
  if (until > at) return refused({ kind: 'without-code', until });
  return { kind: 'decided', body: { customer, merged: [...merged], lapsed: Math.max(0, points) } };
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
} as const satisfies ActRules<'customer-forgotten'>;
