// Which number is which customer's. The relay decides; a till can only ask.
import * as z from 'zod/mini';
import { at, id, phone } from './values';

/** `POST /customers/trusted` (elevated): numbers believed at once, for demo customers and imports. */
export const trustedRequest = z.strictObject({
  contacts: z
    .array(z.strictObject({ customer: id, phone }))
    .check(z.minLength(1), z.maxLength(500)),
});
export type TrustedRequest = z.infer<typeof trustedRequest>;
export const trustedReply = z.strictObject({
  kind: z.literal('trusted'),
  /** Customers whose registered number is another; theirs stays. */
  held: z.array(id),
});
export type TrustedReply = z.infer<typeof trustedReply>;

/** `PUT /customers/:id/phone`: with a verified `change-phone` challenge to the old number, or null to start the 24 h wait. */
export const phoneChangeRequest = z.strictObject({ phone, challenge: z.nullable(id) });
export type PhoneChangeRequest = z.infer<typeof phoneChangeRequest>;
export const phoneChangeReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('changed') }),
  z.strictObject({ kind: z.literal('waiting'), until: at }),
  z.strictObject({ kind: z.literal('not-registered') }),
  z.strictObject({ kind: z.literal('challenge-not-verified') }),
]);
export type PhoneChangeReply = z.infer<typeof phoneChangeReply>;
