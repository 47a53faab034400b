// Messaging settings: what a service asks for and can do, what is chosen, and the two ways to try it. Secrets go in and never come back.
import * as z from 'zod/mini';
import { limited, refusal } from './challenge';
import { action, channel, phone } from './values';

export const providerField = z.strictObject({
  key: z.string(),
  kind: z.enum(['secret', 'text', 'url', 'flag', 'choice']),
  required: z.boolean(),
  choices: z.optional(z.array(z.string())),
  forChannel: z.optional(channel),
});
export type ProviderField = z.infer<typeof providerField>;

export const providerChannel = z.strictObject({
  channel,
  /** `provider`: the service picks the code (a call's last digits), so no text is shown. */
  codeOrigin: z.enum(['ours', 'provider']),
  codeDigits: z.strictObject({ min: z.int(), max: z.int() }),
  text: z.enum(['free', 'approved-template', 'none']),
  sender: z.enum(['required', 'optional', 'none']),
  testMode: z.boolean(),
  delivery: z.boolean(),
});
export type ProviderChannel = z.infer<typeof providerChannel>;

export const providerDescription = z.strictObject({
  id: z.string(),
  name: z.string(),
  fields: z.array(providerField),
  channels: z.array(providerChannel),
  hasBalance: z.boolean(),
});
export type ProviderDescription = z.infer<typeof providerDescription>;

export const providersReply = z.strictObject({
  kind: z.literal('providers'),
  providers: z.array(providerDescription),
});

/** Message text per action. Variables: `{code}` (required) `{amount}` `{shop}` `{action}` `{balance}`. */
export const texts = z.strictObject({
  'redeem-points': z.string().check(z.maxLength(600)),
  'sell-on-account': z.string().check(z.maxLength(600)),
});
export type Texts = z.infer<typeof texts>;

/** A secret the relay holds: that it is set, and its last characters so that a person can tell two keys apart. */
export const heldSecret = z.strictObject({ set: z.boolean(), tail: z.string() });

/** `GET /provider`. */
export const providerSettings = z.strictObject({
  kind: z.literal('provider'),
  id: z.string(),
  fields: z.record(z.string(), z.union([z.string(), heldSecret])),
  texts,
  demo: z.boolean(),
  /** Where the demo messages can be read, with its key where one is needed; null for a real provider. */
  demoPhone: z.nullable(z.string()),
});
export type ProviderSettings = z.infer<typeof providerSettings>;

/** Settings as typed. A secret left out keeps the held one. */
export const providerDraft = z.strictObject({
  id: z.string(),
  fields: z.record(z.string(), z.string().check(z.maxLength(20_000))),
  texts,
});
export type ProviderDraft = z.infer<typeof providerDraft>;

const refused = z.strictObject({
  kind: z.literal('refused'),
  because: refusal,
  /** The provider's own code and words, for the administrator. */
  providerCode: z.optional(z.string()),
  providerText: z.optional(z.string()),
});

/** `PUT /provider`. */
export const providerReply = z.discriminatedUnion('kind', [
  providerSettings,
  z.strictObject({ kind: z.literal('code-missing'), action }),
  z.strictObject({ kind: z.literal('field-missing'), key: z.string() }),
  z.strictObject({ kind: z.literal('field-wrong'), key: z.string() }),
  z.strictObject({ kind: z.literal('unknown-provider') }),
  z.strictObject({ kind: z.literal('demo-over') }),
  refused,
]);
export type ProviderReply = z.infer<typeof providerReply>;

/** `POST /provider/balance`. */
export const balanceRequest = z.strictObject({ draft: z.optional(providerDraft) });
export const balanceReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('balance'),
    amount: z.string(),
    currency: z.optional(z.string()),
  }),
  z.strictObject({ kind: z.literal('no-balance') }),
  z.strictObject({ kind: z.literal('unknown-provider') }),
  z.strictObject({ kind: z.literal('field-missing'), key: z.string() }),
  z.strictObject({ kind: z.literal('field-wrong'), key: z.string() }),
  refused,
]);
export type BalanceReply = z.infer<typeof balanceReply>;

/** `POST /provider/test-message`. */
export const testMessageRequest = z.strictObject({
  draft: z.optional(providerDraft),
  phone,
  channel,
  dryRun: z.optional(z.boolean()),
});
export type TestMessageRequest = z.infer<typeof testMessageRequest>;
export const testMessageReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sent'),
    cost: z.optional(z.string()),
    balanceAfter: z.optional(z.string()),
  }),
  z.strictObject({ kind: z.literal('unknown-provider') }),
  z.strictObject({ kind: z.literal('field-missing'), key: z.string() }),
  z.strictObject({ kind: z.literal('field-wrong'), key: z.string() }),
  limited,
  refused,
]);
export type TestMessageReply = z.infer<typeof testMessageReply>;
