// Types of what the register needs from the rest of the till, and its parts from each other.
import type { DebtLimit, PointsLimit } from '$lib/domain/customers/allowance';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import type { Receipt } from '$lib/domain/receipt/receipt';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { Connectivity } from '$lib/state/relay/connectivity.svelte';
import type { JournalUploader } from '$lib/state/relay/journal-uploader.svelte';
import type { TillDb } from '$lib/storage/database/db';
import type { RegisterCustomer } from './customer.svelte';
import type { RegisterDraft } from './draft.svelte';

/** What the register needs from the rest of the till. */
export type RegisterDeps = {
  readonly db: TillDb;
  readonly client: RelayClient;
  readonly connectivity: Connectivity;
  readonly uploader: JournalUploader;
  readonly policy: () => VerifiedPolicy | null;
  /** The operator who is signed in. */
  readonly operator: () => string | null;
  /** ms, corrected by the relay's clock. */
  readonly now: () => number;
  /** Lower bound of the time; 0 before the relay's first answer. */
  readonly proven: () => number;
  /** A sale was stored: balances, stock and the journal have changed. */
  readonly onsaved: () => void;
  /** An act refused the stored policy. */
  readonly onpolicyrefused: () => void;
};

/** The limit that an action of the receipt exceeds. */
export type NotAllowed =
  | { readonly action: 'sell-on-account'; readonly limit: DebtLimit }
  | { readonly action: 'redeem-points'; readonly limit: PointsLimit };

/** The receipt being closed, in its current state. */
export type OpenReceipt = {
  readonly receipt: Receipt;
  readonly whose: RegisterCustomer;
  readonly draft: RegisterDraft;
  /** The limit it exceeds, which the screen shows. */
  readonly notAllowed: NotAllowed | null;
  readonly askAllowance: () => void;
  readonly settleRules: () => void;
};
