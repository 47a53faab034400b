// Whether a name that stands before codes is a number to call in the shop's country.
import { yearsIn } from '$lib/contract/values';
import { parsePhone } from '$lib/domain/values/phone-parser';

/** Two years, "2010-2024", are no number in most countries, but one where numbers have eight digits. */
export const isCallable = (name: string, { phoneCountry }: { readonly phoneCountry: string }) =>
  yearsIn(name).some((years) => parsePhone(years, phoneCountry) !== null);
