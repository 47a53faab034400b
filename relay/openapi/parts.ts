// Accesses, limits and query parameters that several operations share.
import * as z from 'zod/mini';
import type { Access, Query } from './operation';

/** Any operator who is signed in at an enrolled till. */
export const SESSION: Access = { kind: 'session' };

/** Reading, by an operator who gave a code of their own phone. */
export const READING: Access = { kind: 'elevation', level: 'phone', anyOf: ['settings'] };

/** Changing, by an operator who gave their PIN. */
export const CHANGING: Access = { kind: 'elevation', level: 'pin', anyOf: ['settings'] };

/** When the consent of an owner is needed. */
export const CONSENT = 'Always, once there is a real messaging service.';

/** A duration in ms, in words. */
export const minutes = (ms: number): string => `${ms / 60_000} minutes`;

export const MESSAGE_LIMITS =
  'Messages per phone (hour, day), per till (hour) and per shop (day): `limits` of the policy. Beyond them: `limited`.';

/** A query parameter with a place to go on from. */
export const cursor = (name: string, description: string): Query => ({
  name,
  description: `${description} Without it: from the beginning.`,
  required: false,
  schema: { type: 'integer', minimum: 0, maximum: 999_999_999_999_999, default: 0 },
});

/** A reply with nothing but its kind. */
export const named = <K extends string>(kind: K) => z.strictObject({ kind: z.literal(kind) });
