// Types of the gateway to the messaging service: chosen service, purposes, outcomes.
import type { Refusal } from '$lib/contract/challenge';
import type { ProviderState } from '$lib/contract/health';
import type { Texts } from '$lib/contract/provider';
import type {
  Balance,
  ChannelCapability,
  Config as ProviderConfig,
  Decimal,
  Delivery,
  MessageRef,
  Provider,
  SendReceipt,
  SendRequest,
} from '../../providers/provider';
import type { DemoMailbox } from '../demo/demo-mailbox';
import type { Database } from '../../store/database';

/** A messaging service with its settings: the saved ones, or a draft to be tried. */
export type Chosen = {
  readonly provider: Provider;
  readonly config: ProviderConfig;
  /** The shop's own texts; null: the default ones of its language. */
  readonly texts: Texts | null;
  /** Warn below this balance; decimal text in the service's own currency. */
  readonly lowBalance: Decimal | null;
};

/** How an exchange with the service ended. */
export type Refused = {
  readonly kind: 'refused';
  readonly because: Refusal;
  readonly providerCode?: string;
  /** The service's own words, secrets blanked; only for an administrator. */
  readonly providerText?: string;
};
export type Sent = { readonly kind: 'sent'; readonly receipt: SendReceipt } | Refused;
export type BalanceFound =
  ({ readonly kind: 'balance' } & Balance) | { readonly kind: 'no-balance' } | Refused;

/** What a message is for. A test may use unsaved settings; a notice is every message that is not a challenge's code. */
export type Purpose =
  /** `recorded`: what `record` returned for this message; null: it is not recorded yet. */
  | { readonly kind: 'code'; readonly challenge: string; readonly recorded: number | null }
  | { readonly kind: 'test'; readonly draft: Chosen | null }
  /** `former`: the service before the change, where the notice is about that change. */
  | { readonly kind: 'notice'; readonly former: Chosen | null };

/** How messages and questions reach the service in use. */
export type MessageGateway = {
  /** The service in use; the demo until one is saved. */
  readonly current: () => Chosen;
  /** Whether the demo is in use. */
  readonly isDemo: () => boolean;
  /** What the service can do over this channel, or null. */
  readonly capability: (channel: string) => ChannelCapability | null;
  readonly state: (till: string) => Promise<ProviderState>;
  /** Records a code before it leaves, in the transaction that counts it; `send` takes the result. */
  readonly record: (db: Database, message: SendRequest, challenge: string) => Promise<number>;
  /**
   * Sends one message and records it; does not check whether it may be sent (`admission` does).
   * A draft leaves the known state of the service unchanged.
   */
  readonly send: (message: SendRequest, purpose?: Purpose) => Promise<Sent>;
  readonly balance: (draft?: Chosen) => Promise<BalanceFound>;
  /** Null where the service cannot or does not say. */
  readonly delivery: (ref: MessageRef) => Promise<Delivery | null>;
  /** Until when the service in use accepts no message, ms; null: it accepts them. */
  readonly pausedUntil: () => number | null;
  /** Reads the saved settings again. */
  readonly reload: (known: BalanceFound | null) => Promise<void>;
  readonly demoMailbox: DemoMailbox;
  /** Key to the demo phone's page from other machines; new at every start. */
  readonly demoKey: string;
  /** Starts the probe. */
  readonly start: () => void;
  readonly close: () => void;
};
