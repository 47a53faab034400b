// The type by which a protected change waits for an owner's consent; `tills` gives it.
import type { Context } from 'hono';
import type { ProtectedChange } from '$lib/domain/messages/protected-change';
import type { Phone } from '$lib/domain/values/phone';
import type { Env } from '../../http/request';
import type { Chosen } from '../gateway/gateway-types';

export type OwnerConsent = {
  /**
   * Returns once an owner consents to the change that this request makes; before the first real service at once.
   * Otherwise throws `consent-needed`. Call it last before the change: it spends the code. `alsoTo`: further numbers whose
   * codes are needed. The route lets in elevated operators only (`byPin`).
   */
  readonly need: (
    c: Context<Env>,
    change: ProtectedChange,
    alsoTo?: readonly Phone[],
  ) => Promise<void>;
  /** The same for the first real service, by a code that it sends itself. Returns the operator whose number that proves. */
  readonly needFirst: (c: Context<Env>, service: Chosen) => Promise<Proof | null>;
};

/** An operator with the tag of the number that they answered from. */
export type Proof = { readonly operator: string; readonly tag: string };
