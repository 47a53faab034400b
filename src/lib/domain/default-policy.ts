// The policy a shop starts with: four groups, a code by SMS for both actions, careful caps.
import type { Operator, Policy } from '$lib/contract/policy';
import type { Currency } from '$lib/contract/values';
import type { Language } from './product';

export type FirstRun = {
  readonly shopId: string;
  readonly shopName: string;
  readonly currency: Currency;
  /** ISO 3166-1 alpha-2. */
  readonly phoneCountry: string;
  readonly owner: Pick<Operator, 'id' | 'name' | 'pin' | 'phone'>;
  readonly at: number;
  readonly language: Language;
};
