// Parses a phone number as typed, with the shop's country for numbers without one.
import type { Phone } from '$lib/domain/phone';
import { till } from '$lib/state/till.svelte';

/** Null if it is not a phone number. The numbering plans are loaded on first use. */
export async function typedPhone(text: string): Promise<Phone | null> {
  const { parsePhone } = await import('$lib/domain/phone-parser');
  const country = till.policy.current?.shop.phoneCountry;
  return country === undefined ? null : parsePhone(text, country);
}
