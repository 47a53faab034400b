// Proofs that the relay signs for an entry: a customer's grant, an owner's approval.
// Compact JWS, ES256, verifiable offline with its key.
import * as z from 'zod/mini';
import { action, at, channel, hash, id, minor, moneyOnWire, pointsOnWire } from './values';

/** Money for a debt, points for a redemption, null for acts that move neither. */
export const challengeAmount = z.nullable(z.union([moneyOnWire, pointsOnWire]));
export type ChallengeAmount = z.infer<typeof challengeAmount>;

export const grant = z.strictObject({
  v: z.literal(1),
  shop: id,
  till: id,
  challenge: id,
  action,
  /** Who asked for the code. */
  operator: id,
  receipt: id,
  customer: id,
  /** The authorised person whose phone answered; null: the customer's main number did. */
  person: z.nullable(id),
  /** SHA-256 over canonical `{ cardSalt, phone }`. */
  phoneHash: hash,
  /** When the relay first knew the number as this customer's or person's. */
  phoneSince: at,
  amount: challengeAmount,
  dealHash: hash,
  channel,
  provider: z.string(),
  /** The imported debt, minor units, that the message with the code named; null: it named none. */
  broughtIn: z.nullable(minor),
  /** Confirmed by a code that is easy to guess: the customer gets a message about the act afterwards. */
  weak: z.boolean(),
  /** True: no real message was sent; such a grant proves nothing and is marked so on screen. */
  demo: z.boolean(),
  /** ms, not seconds: this is a JWS, not a JWT, and all times on this wire are ms. */
  iat: at,
  exp: at,
});
export type Grant = z.infer<typeof grant>;

/** Sums of an import for an owner to approve; positive and negative steps are never offset against each other. */
export const openingSums = z.strictObject({
  /** How many customers' balances it moves. */
  customers: z.int().check(z.positive()),
  /** Steps that raise debts, and steps that lower them (`prepaid`), minor units. */
  debt: minor,
  prepaid: minor,
  /** Points given and taken, added up without sign. */
  points: z.int().check(z.nonnegative()),
});
export type OpeningSums = z.infer<typeof openingSums>;

/**
 * What an owner approves: the balances of an import with a message to each debtor, the same without messages (`import-untold`), or
 * undoing an import.
 */
export const importPurpose = z.enum(['import', 'import-untold', 'undo-import']);
export type ImportPurpose = z.infer<typeof importPurpose>;

/** An owner's approval of one import at one till, or of undoing one; used once. */
export const importApproval = z.strictObject({
  v: z.literal(1),
  purpose: importPurpose,
  id,
  shop: id,
  till: id,
  /** SHA-256 over the canonical account steps of the entry. */
  accounts: hash,
  sums: openingSums,
  /** Issued before the first real messaging service, without an owner's code: it proves nothing later. */
  demo: z.boolean(),
  iat: at,
  exp: at,
});
export type ImportApproval = z.infer<typeof importApproval>;

/** An owner's approval of forgetting one customer at one till; used once. */
export const forgetApproval = z.strictObject({
  v: z.literal(1),
  purpose: z.literal('forget-customer'),
  id,
  shop: id,
  till: id,
  customer: id,
  /** As in `importApproval`. */
  demo: z.boolean(),
  iat: at,
  exp: at,
});
export type ForgetApproval = z.infer<typeof forgetApproval>;
