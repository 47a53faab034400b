// Parses a phone number as typed, or says in words why it is no number to write to.
import type { Phone } from '$lib/domain/values/phone';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';

export type TypedPhone =
  | { readonly kind: 'phone'; readonly phone: Phone }
  /** `why`: a sentence. */
  | { readonly kind: 'wrong'; readonly why: string };

/** `country`: for numbers without one, ISO 3166-1 alpha-2. The numbering plans are loaded on first use. */
export async function typedPhone(
  text: string,
  country: string | undefined = till.policy.current?.shop.phoneCountry,
): Promise<TypedPhone> {
  const { numberKind, parsePhone } = await import('$lib/domain/values/phone-parser');
  const phone = country === undefined ? null : parsePhone(text, country);
  if (phone === null) return { kind: 'wrong', why: t().errors.phoneWrong };
  return numberKind(phone) === 'costly'
    ? { kind: 'wrong', why: t().errors.phoneCostly }
    : { kind: 'phone', phone };
}
