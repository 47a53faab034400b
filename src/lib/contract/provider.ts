// Messaging settings: what a service needs and can do, what is configured, and how to test it.
// The relay takes secrets but never returns them.
import * as z from 'zod/mini';
import { limited, refusal } from './challenge';
import { action, at, channel, day, decimal, phone } from './values';

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
  /** Keys of the fields that enable the channel; empty: always enabled. */
  needs: z.array(z.string()),
  /** `provider`: the service chooses the code (a call's last digits), so no text is shown. */
  codeOrigin: z.enum(['ours', 'provider']),
  codeDigits: z.strictObject({ min: z.int(), max: z.int() }),
  text: z.enum(['free', 'approved-template', 'none']),
  sender: z.enum(['required', 'optional', 'none']),
  /** Whether the service supports test messages that are not sent. */
  testMode: z.boolean(),
  /** Whether the service reports deliveries. */
  delivery: z.boolean(),
});
export type ProviderChannel = z.infer<typeof providerChannel>;

export const providerDescription = z.strictObject({
  id: z.string(),
  name: z.string(),
  fields: z.array(providerField),
  channels: z.array(providerChannel),
  hasBalance: z.boolean(),
  /** Whether it can report deliveries here: it supports reports, and the relay has a public address. */
  hasCallback: z.boolean(),
  /** The callback's address, for an elevated operator with `settings`; null for all others. */
  callbackUrl: z.nullable(z.string()),
});
export type ProviderDescription = z.infer<typeof providerDescription>;

/** `GET /providers`. */
export const providersReply = z.strictObject({
  kind: z.literal('providers'),
  providers: z.array(providerDescription),
  /** The service in use, and what it can do with its settings. */
  current: z.strictObject({ id: z.string(), channels: z.array(providerChannel) }),
});
export type ProvidersReply = z.infer<typeof providersReply>;

/** Message text per action. Variables: `{code}` (required) `{amount}` `{shop}` `{action}` `{balance}`. */
export const texts = z.strictObject({
  'redeem-points': z.string().check(z.maxLength(600)),
  'sell-on-account': z.string().check(z.maxLength(600)),
});
export type Texts = z.infer<typeof texts>;

/**
 * A value that the relay holds and does not return. It says only whether the value is set, and the last characters of a secret,
 * so that people can distinguish two keys.
 */
export const heldSecret = z.strictObject({ set: z.boolean(), tail: z.string() });

/** `GET /provider`, elevated with `settings`. */
export const providerSettings = z.strictObject({
  kind: z.literal('provider'),
  id: z.string(),
  fields: z.record(z.string(), z.union([z.string(), heldSecret])),
  /** What the service can do with these settings; its description lists everything it supports. */
  channels: z.array(providerChannel),
  texts,
  /** The chip warns below this balance; in the service's own currency. Null: never. */
  lowBalance: z.nullable(decimal),
  demo: z.boolean(),
  /** Address where demo messages can be read, with its key if needed; null for a real provider. */
  demoPhone: z.nullable(z.string()),
});
export type ProviderSettings = z.infer<typeof providerSettings>;

/** Settings as typed. A secret or description that is omitted keeps its stored value. */
export const providerDraft = z.strictObject({
  id: z.string(),
  fields: z.record(z.string(), z.string().check(z.maxLength(20_000))),
  texts,
  /** Omitted: no warning. */
  lowBalance: z.optional(z.nullable(decimal)),
});
export type ProviderDraft = z.infer<typeof providerDraft>;

const refused = z.strictObject({
  kind: z.literal('refused'),
  because: refusal,
  /** The provider's own error code and text, for the administrator. */
  providerCode: z.optional(z.string()),
  providerText: z.optional(z.string()),
});

/** Faults a description of a service (`generic_http`) can have. */
export const descriptionProblem = z.enum([
  'not-json',
  'missing',
  'wrong-type',
  'unknown-word',
  'needs-https',
  'address-not-fixed',
  'address-not-public',
  'unknown-placeholder',
  'placeholder-not-here',
  'body-with-get',
  'wrong-path',
  'wrong-pattern',
  'code-not-sent',
  'phone-not-sent',
  'message-id-not-read',
  'code-not-read',
  'amount-not-read',
  'too-long',
]);
export type DescriptionProblem = z.infer<typeof descriptionProblem>;

const fieldMissing = z.strictObject({ kind: z.literal('field-missing'), key: z.string() });
const fieldWrong = z.strictObject({
  kind: z.literal('field-wrong'),
  key: z.string(),
  /** In a description: the place (`send.url`; for `not-json` line and column, `3:14`; empty: the whole), and the fault. */
  detail: z.optional(z.strictObject({ at: z.string(), because: descriptionProblem })),
});

/** `PUT /provider`. */
export const providerReply = z.discriminatedUnion('kind', [
  providerSettings,
  z.strictObject({ kind: z.literal('code-missing'), action }),
  fieldMissing,
  fieldWrong,
  z.strictObject({ kind: z.literal('unknown-provider') }),
  z.strictObject({ kind: z.literal('demo-over') }),
  refused,
]);
export type ProviderReply = z.infer<typeof providerReply>;

/** `POST /provider/balance`, elevated with `settings`; once a minute for the whole shop. */
export const balanceRequest = z.strictObject({ draft: z.optional(providerDraft) });
export const balanceReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('balance'),
    amount: z.string(),
    currency: z.optional(z.string()),
  }),
  z.strictObject({ kind: z.literal('no-balance') }),
  z.strictObject({ kind: z.literal('unknown-provider') }),
  fieldMissing,
  fieldWrong,
  limited,
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
  fieldMissing,
  fieldWrong,
  limited,
  refused,
]);
export type TestMessageReply = z.infer<typeof testMessageReply>;

/** Most days a report of costs may cover. */
export const MOST_COST_DAYS = 400;

/**
 * `GET /provider/costs?from=2026-11-01&to=2026-11-30&zone=Europe/Moscow` (`view-reports` or `settings`): both days
 * included, in the zone's time (IANA name; UTC if omitted). Kept for 400 days. The demo provider costs nothing and is
 * not included.
 */
export const costsReply = z.strictObject({
  kind: z.literal('costs'),
  /** Newest day first. */
  rows: z.array(
    z.strictObject({
      day,
      provider: z.string(),
      channel,
      /** ISO 4217 or the service's own name; null if it gives none. */
      currency: z.nullable(z.string()),
      messages: z.int().check(z.positive()),
      /** Number of messages without a cost from the service. */
      unpriced: z.int().check(z.nonnegative()),
      /** The exact sum of the known costs; null if there are none. */
      cost: z.nullable(decimal),
    }),
  ),
});
export type CostsReply = z.infer<typeof costsReply>;
export type CostRow = CostsReply['rows'][number];

/** One message as a manager may see it later: no code, no text, no full number. */
export const sending = z.strictObject({
  at,
  /** Id of the service. */
  provider: z.string(),
  channel,
  phoneMasked: z.string(),
  /** A test message that was not really sent. */
  dryRun: z.boolean(),
  /** Null: the service accepted it. */
  because: z.nullable(refusal),
  /** The service's own error code and text. */
  providerCode: z.nullable(z.string()),
  providerText: z.nullable(z.string()),
});
export type Sending = z.infer<typeof sending>;

/** `GET /provider/history` (`settings`): newest test of each channel; refusals of 7 days, newest first, at most 100. */
export const historyReply = z.strictObject({
  kind: z.literal('history'),
  tests: z.array(sending),
  refused: z.array(sending),
});
export type HistoryReply = z.infer<typeof historyReply>;
