// Calls to the relay in the till's session, by the till or by an operator who entered their PIN.
import type * as z from 'zod/mini';
import type { Consent } from '$lib/contract/till';
import { CONSENT_HEADER } from '$lib/contract/version';
import type { Session } from './session';

export class Calls {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get<S extends z.ZodMiniType>(path: string, reply: S) {
    return this.#session.signed({ method: 'GET', path, reply });
  }
  send<S extends z.ZodMiniType>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    reply: S,
    body?: unknown,
  ) {
    return this.#session.signed({ method, path, reply, body });
  }

  /** The same, signed by the till, for an operator who entered their PIN. */
  read<S extends z.ZodMiniType>(path: string, reply: S) {
    return this.#session.asOperator({ method: 'GET', path, reply });
  }
  change<S extends z.ZodMiniType>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    reply: S,
    body?: unknown,
    consent?: Consent,
  ) {
    const parts = [
      ...(consent?.code === undefined ? [] : [`code:${consent.code}`]),
      ...(consent?.token === undefined ? [] : [`token:${consent.token}`]),
      ...(consent?.resend === undefined ? [] : ['resend']),
    ];
    const headers = { [CONSENT_HEADER]: parts.join(' ') };
    const call = { method, path, reply, body };
    return this.#session.asOperator(parts.length === 0 ? call : { ...call, headers });
  }
}
