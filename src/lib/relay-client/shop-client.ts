// The calls of the screens that manage the shop, loaded with those.
import * as z from 'zod/mini';
import {
  changeNotWaiting,
  phoneFlagsReply,
  forgetReply,
  forgettingNotWaiting,
  type ForgetRequest,
  importReply,
  type ImportRequest,
  type NumbersAccepted,
} from '$lib/contract/customer';
import { flagsReply } from '$lib/contract/journal-upload';
import { ownerNoticesReply } from '$lib/contract/owner-notice';
import {
  balanceReply,
  costsReply,
  historyReply,
  providerReply,
  providerSettings,
  providersReply,
  testMessageReply,
  type ProviderDraft,
  type TestMessageRequest,
} from '$lib/contract/provider';
import { salesReply } from '$lib/contract/sale';
import {
  formerNotWaiting,
  tillRenamed,
  tillsReply,
  type Consent,
  type FormerAccepted,
} from '$lib/contract/till';
import type { Calls } from './calls';

/** The conditions of `GET /sales`; null: no condition. */
export type SalesAsked = {
  readonly number: string | null;
  readonly hash: string | null;
  readonly customer: string | null;
  readonly product: string | null;
  readonly total: number | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly before: string | null;
};

const done = z.strictObject({ kind: z.literal('done') });

export class ShopClient {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** An owner approves the opening balances of one import, which its entry carries. */
  approveImport(request: ImportRequest, consent?: Consent) {
    return this.#calls.change('POST', '/customers/imports', importReply, request, consent);
  }
  /** An owner approves that one customer is forgotten, which its entry carries. */
  approveForgetting(request: ForgetRequest, consent?: Consent) {
    return this.#calls.change('POST', '/customers/forgettings', forgetReply, request, consent);
  }
  /** An owner stops that a customer is forgotten. */
  stopForgetting(customer: string) {
    const reply = z.union([done, forgettingNotWaiting]);
    return this.#calls.change('DELETE', `/customers/${customer}/forgetting`, reply);
  }
  /** An owner accepts these numbers, which do not take effect by themselves. */
  acceptNumbers(asked: NumbersAccepted, consent?: Consent) {
    const reply = z.union([done, changeNotWaiting]);
    return this.#calls.change('POST', '/phones/accepted', reply, asked, consent);
  }
  /** Cancels the pending change of number that was requested at `askedAt`. */
  callOffPhoneChange(customer: string, askedAt: number, consent?: Consent) {
    const path = `/customers/${customer}/phone-change/${askedAt}`;
    return this.#calls.change('DELETE', path, done, undefined, consent);
  }
  /** An owner accepts exactly these records of a former till; they count from then on. */
  acceptFormerJournal(till: string, asked: FormerAccepted, consent?: Consent) {
    const reply = z.union([done, formerNotWaiting]);
    return this.#calls.change('POST', `/tills/${till}/former-journal`, reply, asked, consent);
  }
  /** Numbers a manager should check. */
  phoneFlags() {
    return this.#calls.read('/phones/flags', phoneFlagsReply);
  }
  /** Which owners were notified of weakened rules. */
  ownerNotices() {
    return this.#calls.read('/owner-notices', ownerNoticesReply);
  }
  /** Past sales of all tills, the newest first. One by its number or hash; lists only for an operator who entered their PIN. */
  sales(of: SalesAsked) {
    const asked = new URLSearchParams(
      Object.entries(of).flatMap(([name, value]): [string, string][] =>
        value === null ? [] : [[name, String(value)]],
      ),
    );
    // the path is signed as the relay reads it: without a question mark if there is no query
    return this.#calls.read(asked.size === 0 ? '/sales' : `/sales?${asked}`, salesReply);
  }
  /** Irregularities the relay found in journals, oldest first. */
  journalFlags(after: number) {
    return this.#calls.read(`/journal/flags?after=${after}`, flagsReply);
  }
  providers() {
    return this.#calls.read('/providers', providersReply);
  }
  provider() {
    return this.#calls.read('/provider', providerSettings);
  }
  putProvider(draft: ProviderDraft, consent?: Consent) {
    return this.#calls.change('PUT', '/provider', providerReply, draft, consent);
  }
  balance(draft: ProviderDraft | null) {
    return this.#calls.change('POST', '/provider/balance', balanceReply, draft ? { draft } : {});
  }
  sendTestMessage(request: TestMessageRequest) {
    return this.#calls.change('POST', '/provider/test-message', testMessageReply, request);
  }
  /** Days as `2026-11-01`, both included; `zone` (IANA) defines when a day begins. */
  costs(span: { from: string; to: string; zone: string }) {
    const query = new URLSearchParams(span).toString();
    return this.#calls.read(`/provider/costs?${query}`, costsReply);
  }
  history() {
    return this.#calls.read('/provider/history', historyReply);
  }
  /** Lifts the fraud guard's stop for this till and for the shop. */
  liftStop(consent?: Consent) {
    return this.#calls.change('DELETE', '/provider/stop', done, undefined, consent);
  }
  /** Lifts the fraud guard's stop for another till. */
  liftStopOf(till: string, consent?: Consent) {
    const path = `/provider/stops/${till}`;
    return this.#calls.change('DELETE', path, done, undefined, consent);
  }

  tills() {
    return this.#calls.read('/tills', tillsReply);
  }
  /** Makes a relay that was restored from an older copy stop waiting for tills. */
  stopAwaiting(consent?: Consent) {
    return this.#calls.change('DELETE', '/awaited-tills', done, undefined, consent);
  }
  renameTill(id: string, name: string) {
    return this.#calls.change('PUT', `/tills/${id}/name`, tillRenamed, { name });
  }
  revokeTill(id: string, consent?: Consent) {
    return this.#calls.change('DELETE', `/tills/${id}`, done, undefined, consent);
  }
}
