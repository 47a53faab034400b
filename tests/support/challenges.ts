// Challenges over the wire, and a shop whose messages go to a fake SMS.RU.
import { v7 as uuidv7 } from 'uuid';
import type { ChallengeRequest, JournalHead } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import type { ProviderDraft } from '$lib/contract/provider';
import { makeToken } from '../../relay/tills/tokens';
import { readDraft } from '../../relay/messaging/provider-settings';
import { saveProvider } from '../../relay/store/provider';
import { FakeSmsru } from './fake-smsru';
import { TEXTS } from './texts';
import { makeClock, startRelay, type RunningRelay } from './relay';
import { TillClient, type Reply } from './till-client';
import { CARD_SALT, givePoints, TillJournal } from './till-journal';

export const PHONE = '+79255070602';
export const OTHER_PHONE = '+79161234567';
export const DEMO_PHONE = '+70000000101';
export const START = 1_790_000_000_000;

const NO_ENTRIES: JournalHead = { seq: 0, hash: '0'.repeat(64), at: START };

type Parts = Partial<Omit<ChallengeRequest, 'customer'>> & {
  readonly customer?: { readonly id: string; readonly phone: string; readonly cardSalt?: string };
};

/** A sale on account of 540 roubles; parts can be replaced. The deal follows from the amount. */
export function debtRequest(parts: Parts = {}): ChallengeRequest {
  const amount = parts.amount ?? { minor: 54_000, currency: 'RUB' };
  return {
    action: 'sell-on-account',
    receiptId: uuidv7(),
    amount,
    deal: dealOf(amount),
    journalHead: NO_ENTRIES,
    ...parts,
    customer: { cardSalt: CARD_SALT, ...(parts.customer ?? { id: uuidv7(), phone: PHONE }) },
  };
}

/** A loaf that moves this amount: on account, or half in points and half in cash. */
function dealOf(amount: NonNullable<ChallengeRequest['amount']>): ChallengeRequest['deal'] {
  const worth = 'points' in amount ? amount.worth.minor : amount.minor;
  const loaf = { product: '0198c000-0000-7000-8000-000000000001', quantity: 1000, discount: 0 };
  if (!('points' in amount))
    return { kind: 'sale', lines: [{ ...loaf, unitPrice: worth }], tenders: [] };
  return {
    kind: 'sale',
    lines: [{ ...loaf, unitPrice: 2 * worth }],
    tenders: [
      { kind: 'points', amount: worth, points: amount.points },
      { kind: 'cash', amount: worth },
    ],
  };
}

/** 340 points at a rouble each; the customer needs them in a journal. */
export const pointsRequest = (parts: Parts = {}): ChallengeRequest =>
  debtRequest({
    action: 'redeem-points',
    amount: { points: 340, worth: { minor: 34_000, currency: 'RUB' } },
    ...parts,
  });

/** The consent to one issue of reserve codes; `journalHead`: of the till that asks. */
export const reserveCodesRequest = (
  issue: string,
  customer: { readonly id: string; readonly phone: string },
  journalHead = NO_ENTRIES,
): ChallengeRequest => ({
  action: 'issue-reserve-codes',
  receiptId: issue,
  customer: { cardSalt: CARD_SALT, ...customer },
  amount: null,
  deal: { kind: 'reserve-codes', issue },
  journalHead,
});

/** The consent of a customer's number to a change to another one. */
export const phoneChangeRequest = (
  customer: { readonly id: string; readonly phone: string },
  newPhone: string,
  parts: Partial<ChallengeRequest> = {},
): ChallengeRequest => ({
  action: 'change-phone',
  receiptId: uuidv7(),
  customer: { cardSalt: CARD_SALT, ...customer },
  amount: null,
  deal: { kind: 'phone-change', newPhone },
  journalHead: NO_ENTRIES,
  ...parts,
});

export const ask = (
  till: TillClient,
  request: ChallengeRequest,
  id: string = uuidv7(),
): Promise<Reply> => till.call('PUT', `/challenges/${id}`, request);

export const check = (till: TillClient, id: string, code: string): Promise<Reply> =>
  till.call('POST', `/challenges/${id}/checks`, { code });

/** A code other than this one. */
export const otherThan = (code: string): string => (code[0] === '1' ? '2' : '1') + code.slice(1);

export type Shop = {
  readonly relay: RunningRelay;
  readonly till: TillClient;
  readonly smsru: FakeSmsru;
  readonly clock: ReturnType<typeof makeClock>;
  /** Gives a customer points, by the journal of another till. */
  givePoints(customer: string, points: number): Promise<void>;
  /** Trusts a number, so that its age does not matter. */
  trust(customer: string, phone: string): Promise<void>;
  stop(): Promise<void>;
};

/** Tokens made at the relay's own machine: they consent to every change. */
export const tokensOf = (relay: RunningRelay) => async (): Promise<string> =>
  (await makeToken(relay.relay, 'elevate')).token;

/**
 * Saves the shop's first real service: its first code goes to the owner, who answers and whose phone that proves. Tokens
 * consent to later changes; the owner is elevated by one.
 */
export async function chooseService(
  relay: RunningRelay,
  till: TillClient,
  service: { last(): { readonly code: string } },
  draft: object,
): Promise<void> {
  till.codes = () => service.last().code;
  const saved = await till.call('PUT', '/provider', draft);
  if (saved.json.kind !== 'provider') throw new Error(JSON.stringify(saved.json));
  till.codes = null;
  await openByTokens(relay, till);
}

/** The same for a shop whose owner removed their number since, by a token: no other number was ever written to. */
export async function adoptService(
  relay: RunningRelay,
  till: TillClient,
  draft: ProviderDraft,
): Promise<void> {
  const { db, seal, provider } = relay.relay;
  const read = await readDraft(relay.relay, draft);
  if (read.kind !== 'chosen') throw new Error(JSON.stringify(read));
  const settings = seal.seal(JSON.stringify(read.chosen.config));
  const { id, texts } = draft;
  const row = { id, settings, texts, lowBalance: read.chosen.lowBalance, state: null };
  await saveProvider(db, { ...row, savedAt: relay.relay.now(), real: true });
  await provider.reload(await provider.balance(read.chosen));
  await openByTokens(relay, till);
}

async function openByTokens(relay: RunningRelay, till: TillClient): Promise<void> {
  till.tokens = tokensOf(relay);
  const reply = await till.elevate();
  if (reply.json.kind !== 'elevated') throw new Error(JSON.stringify(reply.json));
}

/** A shop with a policy, an elevated owner and saved SMS.RU settings. */
export async function openShop(
  change: (policy: Policy) => Policy = (policy) => policy,
): Promise<Shop> {
  const clock = makeClock(START);
  const smsru = await FakeSmsru.start();
  const relay = await startRelay({ now: clock.now });
  const till = await TillClient.ready(relay.url, clock.now, change);
  await till.elevate();
  const { operators } = await till.policy();
  const hasPhone = operators.some(({ group, phone }) => group === 'owner' && phone !== null);
  if (hasPhone) await chooseService(relay, till, smsru, smsruDraft(smsru));
  else await adoptService(relay, till, smsruDraft(smsru));
  smsru.forget();
  return {
    relay,
    till,
    smsru,
    clock,
    trust: async (customer, phone) => {
      const reply = await till.call('POST', '/customers/trusted', {
        contacts: [{ customer, phone, cardSalt: CARD_SALT }],
      });
      if (reply.json.kind !== 'trusted') throw new Error(JSON.stringify(reply.json));
    },
    givePoints: async (customer, points) => {
      await till.elevate();
      const other = await TillClient.make(relay.url, clock.now);
      const { json } = await till.call('POST', '/tills/enrolments');
      await other.enrol(json.token as string, {}, { name: 'Касса с баллами' });
      await other.signIn();
      await givePoints(new TillJournal(other, clock.now), customer, points);
    },
    stop: async () => {
      await relay.stop();
      await smsru.stop();
    },
  };
}

export function smsruDraft(
  smsru: FakeSmsru,
  fields: Readonly<Record<string, string>> = { apiId: smsru.apiId },
) {
  return { id: 'smsru', fields: { ...fields, baseUrl: smsru.url }, texts: TEXTS };
}

/** No limit of what four digits may confirm: for tests of something else. */
export const ANY_WEAK_SUM: Policy['weakCodes'] = { perAct: 1e9, perNumber: 1e9, perShop: 1e9 };

/** Both actions over SMS, then by call, for any sum. */
export const withCalls = (policy: Policy): Policy => ({
  ...policy,
  weakCodes: ANY_WEAK_SUM,
  methods: {
    'redeem-points': { chain: ['sms', 'call'], threshold: 0, nextAfterMs: 40_000 },
    'sell-on-account': { chain: ['sms', 'call'], threshold: 0, nextAfterMs: 40_000 },
  },
});
