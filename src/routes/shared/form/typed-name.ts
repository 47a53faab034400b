// Typed names: cleaned into one line, and what is wrong with a name that messages put before codes.
import type { shopName } from '$lib/contract/policy';
import { yearsIn } from '$lib/contract/values';
import { t } from '$lib/ui/text/current.svelte';

/**
 * A sentence, or null. `country`: of the shop, ISO 3166-1 alpha-2. The numbering plans are loaded only if the name holds two years,
 * which are a number to call where numbers have eight digits.
 */
export async function signNameWrong(
  name: string,
  rule: typeof shopName,
  country: string,
): Promise<string | null> {
  if (name === '') return t().errors.fieldEmpty;
  if (!rule.safeParse(name).success) return t().errors.nameWithAddress;
  const years = yearsIn(name);
  if (years.length === 0) return null;
  const { parsePhone } = await import('$lib/domain/values/phone-parser');
  return years.some((each) => parsePhone(each, country) !== null)
    ? t().errors.nameWithAddress
    : null;
}

/** Removes bidirectional controls and lone surrogates, which could make one name look like another. Empty if nothing is left. */
export function cleanLine(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu, '')
    .trim();
}
