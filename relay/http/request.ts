// Types of a request: its variables and its refusals.
import type { HttpBindings } from '@hono/node-server';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Relay } from '../context';
import type { TillRow } from '../store/tills';
import type { Session } from './sessions';

export type Env = {
  Bindings: HttpBindings;
  Variables: {
    relay: Relay;
    /** Set by `admit`, where the route has a session. */
    till: TillRow;
    session: Session;
    /** Set by `admit`, where the route needs an elevation. */
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
