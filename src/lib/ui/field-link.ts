// Links a Field with the input inside it: the label's id and the describing texts.
import { getContext, setContext } from 'svelte';

export interface FieldLink {
  readonly id: string;
  /** For `aria-describedby`; undefined without hint or error. */
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
