// The result of deciding an act again: refused by the rules, or different from its entry. Pure.
import type { FlagKind } from '$lib/contract/journal-upload';
import type { Decided } from '$lib/domain/policy/rights';

/**
 * `against-rules`: the rules refuse the act; `differs`: they decide another body; `code-was-required`: it lacks only the
 * customer's consent. `detail`: the reason or place.
 */
export type Redecided = {
  readonly kind: Extract<FlagKind, 'against-rules' | 'differs' | 'code-was-required'>;
  readonly detail: string;
};

/** What is wrong with a body, compared with the one that the rules decide; null: both are equal. */
export function compared(
  decided: Decided<object, { readonly kind: string }>,
  body: object,
): Redecided | null {
  if (decided.kind === 'refused') return { kind: 'against-rules', detail: decided.because.kind };
  return differing(decided.body, body);
}

/**
 * The decision with the day that the body states, if the time `at`, ms, is on that day in any time zone. Browsers and relays may have
 * different time zone data; a return or payout must not be refused for that.
 */
export function withStatedDay<Again extends Decided<{ readonly day: string }, unknown>>(
  again: Again,
  { day }: { readonly day: string },
  at: number,
): Again {
  const isNear = Math.abs(Date.parse(`${day}T12:00:00Z`) - at) <= NEAR_NOON_MS;
  if (again.kind === 'refused' || !isNear) return again;
  return { ...again, body: { ...again.body, day } };
}

/** 26 hours from any time of a day. */
const NEAR_NOON_MS = 38 * 3_600_000;

/** The finding `differs` with the first place where two bodies differ; null: they are equal. */
export function differing(again: object, body: object): Redecided | null {
  const path = firstDifference(again, body);
  return path === null ? null : { kind: 'differs', detail: path };
}

/** The place of the first difference between two plain values, such as `lines.0.total`; null: they are equal. */
export function firstDifference(a: unknown, b: unknown): string | null {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b) ? null : '';
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const deeper = firstDifference(left[key], right[key]);
    if (deeper !== null) return deeper === '' ? key : `${key}.${deeper}`;
  }
  return null;
}
