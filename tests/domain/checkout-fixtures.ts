// Shared values of the checkout tests: one debt, one redemption, and every possible reply.
import type { AwaitingCode, ChallengeReply, CheckReply, SendReply } from '$lib/contract/challenge';
import type { SaleAction } from '$lib/contract/values';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { advance } from '$lib/domain/consent/checkout';
import {
  NEW_CHECKOUT,
  type Ask,
  type Checkout,
  type CheckoutEvent,
} from '$lib/domain/consent/checkout-state';
import { needsOf, type Need } from '$lib/domain/consent/confirmation';
import { cash, idOf, NOW, overrideOf, points, POLICY, receiptOf } from './fixtures';

const { needs } = needsOf(POLICY, receiptOf(1422.07, [cash(500), points(50)]), NOTHING_UNCONFIRMED);
export const [pointsNeed, debtNeed] = needs as [Need, Need];
export const FIRST = idOf(51);
export const SECOND = idOf(52);
export const FRESH = idOf(53);
export const CUSTOMER = { kind: 'customer' } as const;
export const debtAsk: Ask = { need: debtNeed, challenge: FIRST, to: CUSTOMER, also: null };
/** One code for the debt and the points. */
export const jointAsk: Ask = { ...debtAsk, also: { need: pointsNeed, challenge: SECOND } };

export const view: AwaitingCode = {
  kind: 'awaiting-code',
  channel: 'sms',
  phoneMasked: '+7 925 ··· 06 02',
  codeLength: 6,
  expiresAt: NOW + 300_000,
  resendAt: NOW + 30_000,
  sentAt: NOW,
  checksLeft: 5,
  sendsLeft: 2,
  delivery: 'sent',
  earlier: [],
  next: null,
  channels: ['sms'],
  demo: true,
};

export function run(from: Checkout, ...events: CheckoutEvent[]): Checkout {
  return events.reduce((state, event) => advance(state, event, POLICY), from);
}

export const asked: CheckoutEvent = { kind: 'save-asked', asks: [debtAsk] };
export const answered = (reply: ChallengeReply | { kind: 'unreachable' }, challenge = FIRST) =>
  ({ kind: 'answered', challenge, reply }) as const;
export const checked = (reply: CheckReply | { kind: 'unreachable' }, challenge = FIRST) =>
  ({ kind: 'checked', challenge, reply }) as const;
export const resent = (reply: SendReply | { kind: 'unreachable' }) =>
  ({ kind: 'resent', challenge: FIRST, reply }) as const;
export const typed: CheckoutEvent = { kind: 'code-typed' };
export const verified = { kind: 'verified', grant: 'a.b.c' } as const;
export const overridden = (
  change: Parameters<typeof overrideOf>[1] = {},
  action: SaleAction = 'sell-on-account',
): CheckoutEvent => ({
  kind: 'overridden',
  confirmation: overrideOf(action, change),
  usage: NOTHING_USED,
});

export const awaiting = run(NEW_CHECKOUT, asked, answered(view));
export const unreachable = run(NEW_CHECKOUT, asked, answered({ kind: 'unreachable' }));
