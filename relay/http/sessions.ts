// The sessions of tills, by bearer token, in memory only: a restart ends them.
import { createHash, randomBytes } from 'node:crypto';

export const SESSION_MS = 15 * 60_000;

/** The relay has checked this operator's PIN and, unless `by` is `pin`, a second factor. `until`: ms. */
export type Elevation = {
  readonly operatorId: string;
  readonly until: number;
  /** `phone`: a code to their own proven phone; `token`: one from the relay's own machine. */
  readonly by: 'pin' | 'phone' | 'token';
};

export type Session = {
  readonly till: string;
  readonly expiresAt: number;
  elevation: Elevation | null;
  /** The minute of its last recorded contact; null before its first request. */
  contactMinute: number | null;
};

export type Sessions = {
  /** Makes a session and its bearer token. */
  open(till: string, now: number): { token: string; session: Session };
  /** The session of this token; null where it is unknown or expired. */
  find(token: string, now: number): Session | null;
  /** Ends all sessions of a till. */
  endTill(till: string): void;
};

/** An empty set of sessions. */
export function openSessions(): Sessions {
  // keyed by hash, so that the time of a look-up reveals nothing about the token
  const byHash = new Map<string, Session>();
  const hashOfToken = (token: string): string =>
    createHash('sha256').update(token).digest('base64url');
  const forget = (unwanted: (session: Session) => boolean): void => {
    for (const [hash, session] of byHash) if (unwanted(session)) byHash.delete(hash);
  };
  return {
    open: (till, now) => {
      forget((session) => session.expiresAt <= now);
      const token = randomBytes(32).toString('base64url');
      const session: Session = {
        till,
        expiresAt: now + SESSION_MS,
        elevation: null,
        contactMinute: null,
      };
      byHash.set(hashOfToken(token), session);
      return { token, session };
    },
    find: (token, now) => {
      const session = byHash.get(hashOfToken(token));
      return session && session.expiresAt > now ? session : null;
    },
    endTill: (till) => forget((session) => session.till === till),
  };
}
