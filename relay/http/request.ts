// Types of a request: its variables, what handlers require of it, and its refusals.
import type { HttpBindings } from '@hono/node-server';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type * as z from 'zod/mini';
import type { Right } from '$lib/contract/policy';
import type { ElevationLevel } from '$lib/contract/till';
import type { Relay } from '../context';
import type { TillRow } from '../store/tills';
import type { Session } from './sessions';

export type Env = {
  Bindings: HttpBindings;
  Variables: {
    relay: Relay;
    /** Set by `needSession`, and by `mayHaveSession` if there is a session. */
    till: TillRow;
    session: Session;
    /** Set by `needElevation` and `needPin`. */
    operator: string;
    /** Whether the till's key signed this request. Set with `session`. */
    signed: boolean;
    /** The body, once it was read. */
    bodyText: string;
  };
};

/** Ends the request with a named refusal, from anywhere inside it. */
export class Refused extends HTTPException {
  constructor(status: ContentfulStatusCode, reply: { kind: string; [field: string]: unknown }) {
    super(status, { res: Response.json(reply, { status }) });
  }
}

/** What a middleware requires of a request. */
export type Requirement =
  | { readonly kind: 'session' }
  | { readonly kind: 'optional-session' }
  | { readonly kind: 'elevation'; readonly level: ElevationLevel; readonly anyOf: readonly Right[] }
  | { readonly kind: 'body'; readonly schema: z.ZodMiniType };

const requirements = new WeakMap<object, Requirement>();

/** What this handler requires; null where it was not marked. Compared with the API's document. */
export function requirementOf(handler: object): Requirement | null {
  return requirements.get(handler) ?? null;
}

/** Marks a handler with what it requires. */
export function requiring<H extends object>(requirement: Requirement, handler: H): H {
  requirements.set(handler, requirement);
  return handler;
}
