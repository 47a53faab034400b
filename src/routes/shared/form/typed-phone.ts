// Parses a typed phone number, or says in words why no message can be sent to it.
import type { Policy } from '$lib/contract/policy';
import type { Phone } from '$lib/domain/values/phone';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';

export type TypedPhone =
  | { readonly kind: 'phone'; readonly phone: Phone }
  /** `why`: a sentence. */
  | { readonly kind: 'wrong'; readonly why: string };

/** The parts of the policy about phone numbers. */
type Numbers = Pick<Policy, 'allowedPrefixes' | 'shop'>;

/**
 * `country`: for numbers typed without one, ISO 3166-1 alpha-2. `policy`: says to which countries the shop sends messages;
 * null: there is no policy yet. The numbering plans are loaded on first use.
 */
export async function typedPhone(
  text: string,
  country: string | undefined = till.policy.current?.shop.phoneCountry,
  policy: Numbers | null = till.policy.current,
): Promise<TypedPhone> {
  const { numberKind, parsePhone, whyNotWritten } = await import('$lib/domain/values/phone-parser');
  const phone = country === undefined ? null : parsePhone(text, country);
  if (phone === null) {
    const { examplePhone } = await import('$lib/domain/values/phone-example');
    const example = country === undefined ? null : examplePhone(country);
    return { kind: 'wrong', why: t().errors.phoneWrong(example) };
  }
  if (numberKind(phone) === 'costly') return { kind: 'wrong', why: t().errors.phoneCostly };
  // refuse it here, because the relay would refuse it when a code is requested
  const isAbroad = policy !== null && whyNotWritten(phone, policy) === 'country-not-allowed';
  return isAbroad ? { kind: 'wrong', why: t().errors.phoneAbroad } : { kind: 'phone', phone };
}
