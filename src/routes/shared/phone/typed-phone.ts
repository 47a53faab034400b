// Parses a phone number as typed, or says in words why it is no number to write to.
import type { Policy } from '$lib/contract/policy';
import type { Phone } from '$lib/domain/values/phone';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';

export type TypedPhone =
  | { readonly kind: 'phone'; readonly phone: Phone }
  /** `why`: a sentence. */
  | { readonly kind: 'wrong'; readonly why: string };

/** What the shop says of numbers. */
type Numbers = Pick<Policy, 'allowedPrefixes' | 'shop'>;

/**
 * `country`: for numbers without one, ISO 3166-1 alpha-2. `policy`: which countries the shop writes to; null: there is none yet. The
 * numbering plans are loaded on first use.
 */
export async function typedPhone(
  text: string,
  country: string | undefined = till.policy.current?.shop.phoneCountry,
  policy: Numbers | null = till.policy.current,
): Promise<TypedPhone> {
  const { numberKind, parsePhone, whyNotWritten } = await import('$lib/domain/values/phone-parser');
  const phone = country === undefined ? null : parsePhone(text, country);
  if (phone === null) return { kind: 'wrong', why: t().errors.phoneWrong };
  if (numberKind(phone) === 'costly') return { kind: 'wrong', why: t().errors.phoneCostly };
  // otherwise the relay would refuse it when a code is asked for
  const isAbroad = policy !== null && whyNotWritten(phone, policy) === 'country-not-allowed';
  return isAbroad ? { kind: 'wrong', why: t().errors.phoneAbroad } : { kind: 'phone', phone };
}
