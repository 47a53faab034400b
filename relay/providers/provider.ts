// The adapter interface: describes a provider's requests and parses its replies. Never calls out.

export type Channel = 'sms' | 'viber' | 'whatsapp' | 'call' | 'telegram';

/** Decimal number as text, digit for digit as the provider gave it. Never a float. */
export type Decimal = string;

export type CodeOrigin =
  /** We generate the code and pass it in `code` (and inside `text`, where text is free). */
  | 'ours'
  /** The provider generates it and returns it in `codeChosenByProvider`. */
  | 'provider';

type TextMode =
  /** The merchant's text with {code} is sent as is. */
  | 'free'
  /** Only a text approved beforehand passes (operator or Meta template). */
  | 'approved-template'
  /** No text at all (calls, Telegram code message). */
  | 'none';

export interface ChannelCapability {
  readonly channel: Channel;
  readonly codeOrigin: CodeOrigin;
  /** Digits allowed in the code: for 'ours' what we may generate, for 'provider' what to expect. */
  readonly codeDigits: { readonly min: number; readonly max: number };
  /** False where the provider takes the code as a number: a leading zero would be lost. */
  readonly leadingZero: boolean;
  readonly text: TextMode;
  readonly maxTextChars?: number;
  /** Sender name or number: where it comes from and whether the channel works without it. */
  readonly sender: 'required' | 'optional' | 'none';
  readonly testMode: boolean;
  readonly statusPull: boolean;
  readonly statusPush: boolean;
  readonly costInSendReply: boolean;
  readonly evidence: 'documented' | 'partial' | 'unverified';
}

export interface ConfigField {
  readonly key: string;
  readonly kind: 'secret' | 'text' | 'url' | 'flag' | 'choice';
  readonly required: boolean;
  readonly choices?: readonly string[];
  /** Only needed when this channel is switched on. */
  readonly forChannel?: Channel;
}
export type Config = Readonly<Record<string, string>>;

export interface SendRequest {
  readonly channel: Channel;
  /** E.164 with +, normalised by the relay. */
  readonly phone: string;
  /** Set when codeOrigin is 'ours'. A string: leading zeros matter. */
  readonly code?: string;
  /** Set when text mode is 'free': final text, {code} already replaced. */
  readonly text?: string;
  readonly sender?: string;
  /** End-user IP where the provider wants it for its anti-fraud (SMS.RU). */
  readonly clientIp?: string;
  readonly ttlSec?: number;
  /** Provider-side dry run; only if the capability says testMode. */
  readonly test?: boolean;
}

export type DeliveryState =
  | 'moderation'
  | 'queued'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'expired'
  | 'failed'
  | 'not_found'
  | 'unknown';

export interface SendReceipt {
  readonly providerMessageId: string;
  /** Present if and only if codeOrigin is 'provider'. Server side only: hash it, never send it to the till. */
  readonly codeChosenByProvider?: string;
  readonly cost?: Decimal;
  readonly balanceAfter?: Decimal;
  readonly segments?: number;
  readonly state?: DeliveryState;
}
export interface Balance {
  readonly amount: Decimal;
  readonly currency?: string;
}
export interface Delivery {
  readonly state: DeliveryState;
  readonly cost?: Decimal;
  readonly kind?: ErrorKind;
}
export interface Estimate {
  readonly cost: Decimal;
  readonly segments?: number;
}
/** Kept by the relay from the receipt; SMSC needs the phone as well as the id. */
export interface MessageRef {
  readonly providerMessageId: string;
  readonly phone?: string;
  readonly channel?: Channel;
}

/** What a refusal means, chosen by the effect of a retry: `temporary` and `duplicate` only where a retry is harmless. */
export type ErrorKind =
  | 'auth'
  | 'account_not_ready'
  | 'account_blocked'
  | 'no_money'
  | 'bad_phone'
  | 'unreachable'
  | 'recipient_blocked'
  | 'region_forbidden'
  /** Too many messages to this number, over this channel. */
  | 'rate_limit_recipient'
  /** Too many messages or requests, or a block after them: the relay pauses the service. */
  | 'rate_limit_account'
  | 'fraud_guard'
  | 'duplicate'
  | 'text_forbidden'
  | 'text_not_approved'
  | 'text_too_long'
  | 'sender_not_approved'
  | 'bad_request'
  | 'temporary'
  | 'bad_reply'
  /** No answer: the message may have been sent; never auto-retry. */
  | 'timeout_unknown'
  /** Connection refused / DNS / TLS before a byte was written; safe to retry. */
  | 'not_sent'
  /** A code that is in no table: it may be a block, so there is no automatic retry. */
  | 'unknown';

export interface ProviderError {
  readonly ok: false;
  readonly kind: ErrorKind;
  readonly retryAfterSec?: number;
  /** Provider's own code, for the log and the settings window. */
  readonly providerCode?: string;
  /** Provider's own text: for the administrator only, may contain the phone. */
  readonly providerText?: string;
}
export type Result<T> = ({ readonly ok: true } & T) | ProviderError;

/** A refusal. `relay/messaging/gateway/refusals.ts` has the remedy for each kind. */
export const failed = (
  kind: ErrorKind,
  words: Pick<ProviderError, 'providerCode' | 'providerText' | 'retryAfterSec'> = {},
): ProviderError => ({ ok: false, kind, ...words });

export type Body =
  | { readonly type: 'none' }
  | { readonly type: 'form'; readonly fields: Readonly<Record<string, string>> }
  | { readonly type: 'json'; readonly json: unknown };
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}
export interface Exchange<T> {
  readonly request: HttpRequest;
  /** Strings to blank out in logs (keys in URLs and bodies). */
  readonly secrets: readonly string[];
  parse(this: void, response: HttpResponse): Result<T>;
}

export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: string;
  readonly url: string;
}
export interface WebhookEvent {
  readonly providerMessageId: string;
  readonly state: DeliveryState;
  readonly cost?: Decimal;
  readonly kind?: ErrorKind;
}
export type WebhookOutcome =
  | {
      readonly accept: true;
      readonly events: readonly WebhookEvent[];
      readonly reply: { readonly status: number; readonly body: string };
    }
  | { readonly accept: false; readonly reason: 'bad_signature' | 'bad_body' };

export interface Provider {
  readonly id: string;
  /** The service's proper name, the same in every language. */
  readonly name: string;
  /** Whether the service refuses a second message with the same text; resends are then numbered. */
  readonly refusesRepeats: boolean;
  /** Shortest pause before the next message to the same number, ms; never under 30 s. */
  readonly resendAfterMs: number;
  readonly configFields: readonly ConfigField[];
  capabilities(config: Config): readonly ChannelCapability[];
  send(request: SendRequest, config: Config): Exchange<SendReceipt>;
  /** Absent where the API has none (WhatsApp Cloud, Telegram Gateway, Exolve as far as known). */
  balance?(config: Config): Exchange<Balance>;
  deliveryStatus?(ref: MessageRef, config: Config): Exchange<Delivery>;
  estimate?(request: SendRequest, config: Config): Exchange<Estimate>;
  webhook?(request: WebhookRequest, config: Config): WebhookOutcome;
}
