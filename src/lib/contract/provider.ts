// Messaging settings: what a service asks for and can do, what is chosen, and the two ways to try it. Secrets go in and never come back.
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
  /** Keys of the fields that switch it on; empty: it always is. */
  needs: z.array(z.string()),
  /** `provider`: the service picks the code (a call's last digits), so no text is shown. */
  codeOrigin: z.enum(['ours', 'provider']),
  codeDigits: z.strictObject({ min: z.int(), max: z.int() }),
  text: z.enum(['free', 'approved-template', 'none']),
  sender: z.enum(['required', 'optional', 'none']),
  /** Whether a message can be tried dry. */
  testMode: z.boolean(),
  /** Whether the service ever says that a message was delivered. */
  delivery: z.boolean(),
});
export type ProviderChannel = z.infer<typeof providerChannel>;

export const providerDescription = z.strictObject({
  id: z.string(),
  name: z.string(),
  fields: z.array(providerField),
  channels: z.array(providerChannel),
  hasBalance: z.boolean(),
  /** Whether it could report deliveries here: it does report, and the relay has a public address. */
  hasCallback: z.boolean(),
  /** Where to, told to an elevated operator with `settings`; null to all others. */
  callbackUrl: z.nullable(z.string()),
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

/**
 * A field the relay holds and does not tell: that it is set, and the last characters of a secret so that a person can tell two
 * keys apart. A description (`spec`) is told to an elevated operator with `settings`, and is one of these to all others.
 */
export const heldSecret = z.strictObject({ set: z.boolean(), tail: z.string() });

/** `GET /provider`. */
export const providerSettings = z.strictObject({
  kind: z.literal('provider'),
  id: z.string(),
  fields: z.record(z.string(), z.union([z.string(), heldSecret])),
  /** What the service can do with these settings; its description names what it could. */
  channels: z.array(providerChannel),
  texts,
  /** Below this the chip warns; in the service's own currency. Null: never. */
  lowBalance: z.nullable(decimal),
  demo: z.boolean(),
  /** Where the demo messages can be read, with its key where one is needed; null for a real provider. */
  demoPhone: z.nullable(z.string()),
});
export type ProviderSettings = z.infer<typeof providerSettings>;

/** Settings as typed. A secret or a description left out keeps the held one. */
export const providerDraft = z.strictObject({
  id: z.string(),
  fields: z.record(z.string(), z.string().check(z.maxLength(20_000))),
  texts,
  /** Left out: no warning. */
  lowBalance: z.optional(z.nullable(decimal)),
});
export type ProviderDraft = z.infer<typeof providerDraft>;

const refused = z.strictObject({
  kind: z.literal('refused'),
  because: refusal,
  /** The provider's own code and words, for the administrator. */
  providerCode: z.optional(z.string()),
  providerText: z.optional(z.string()),
});

/** What can be wrong in a description of a service (`generic_http`). */
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
  /** In a description: the place (`send.url`; of `not-json` line and column, `3:14`; empty for the whole), and what is wrong there. */
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
  fieldMissing,
  fieldWrong,
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

/** Longest span of days a report of costs covers. */
export const MOST_COST_DAYS = 400;

/**
 * `GET /provider/costs?from=2026-11-01&to=2026-11-30&zone=Europe/Moscow` (`view-reports` or `settings`): both days included,
 * a day being one of the zone (IANA; UTC where none is named). Kept for 400 days. The demo costs nothing and is not in it.
 */
export const costsReply = z.strictObject({
  kind: z.literal('costs'),
  /** Newest day first. */
  rows: z.array(
    z.strictObject({
      day,
      provider: z.string(),
      channel,
      /** ISO 4217 or as the service names it; null where it names none. */
      currency: z.nullable(z.string()),
      messages: z.int().check(z.positive()),
      /** How many of them the service named no cost for. */
      unpriced: z.int().check(z.nonnegative()),
      /** The exact sum of those it did; null where that is none. */
      cost: z.nullable(decimal),
    }),
  ),
});
export type CostsReply = z.infer<typeof costsReply>;
export type CostRow = CostsReply['rows'][number];

/** One message as the manager may read of it afterwards: no code, no text, no whole number. */
export const sending = z.strictObject({
  at,
  /** Id of the service. */
  provider: z.string(),
  channel,
  phoneMasked: z.string(),
  /** A test that was not really sent. */
  dryRun: z.boolean(),
  /** Null: the service took it. */
  because: z.nullable(refusal),
  /** The service's own code and words. */
  providerCode: z.nullable(z.string()),
  providerText: z.nullable(z.string()),
});
export type Sending = z.infer<typeof sending>;

/** `GET /provider/history` (`settings`): the newest test of each channel, and what was refused in the last 7 days, newest first, at most 100. */
export const historyReply = z.strictObject({
  kind: z.literal('history'),
  tests: z.array(sending),
  refused: z.array(sending),
});
export type HistoryReply = z.infer<typeof historyReply>;
