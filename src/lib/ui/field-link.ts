// The link between a Field and the input inside it: which id the label names and which texts describe it.
import { getContext, setContext } from 'svelte';

export interface FieldLink {
  readonly id: string;
  /** For `aria-describedby`; undefined while there is neither hint nor error. */
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}

const key = Symbol('field');

/** Called by Field. Getters keep it reactive. */
export function offerField(link: FieldLink): void {
  setContext(key, link);
}

/** Called by an input; undefined outside a Field. */
export function enclosingField(): FieldLink | undefined {
  return getContext<FieldLink | undefined>(key);
}
