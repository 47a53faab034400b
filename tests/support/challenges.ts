// Challenges over the wire, and a shop whose messages go to a fake SMS.RU.
import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { ChallengeRequest, JournalHead } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import { reserveCodesHash } from '$lib/proof/deal';
import { FakeSmsru } from './fake-smsru';
import { TEXTS } from './texts';
import { makeClock, startRelay, type RunningRelay } from './relay';
import { TillClient, type Reply } from './till-client';

export const PHONE = '+79255070602';
export const OTHER_PHONE = '+79161234567';
export const DEMO_PHONE = '+70000000101';
export const START = 1_790_000_000_000;

const NO_ENTRIES: JournalHead = { seq: 0, hash: '0'.repeat(64), at: START };

/** A sale on account of 540 roubles; parts can be replaced. */
export function debtRequest(parts: Partial<ChallengeRequest> = {}): ChallengeRequest {
  const receiptId = parts.receiptId ?? uuidv7();
  return {
    action: 'sell-on-account',
    receiptId,
    customer: { id: uuidv7(), phone: PHONE },
    amount: { minor: 54_000, currency: 'RUB' },
    dealHash: createHash('sha256').update(receiptId).digest('hex'),
    balanceAfter: { minor: 100_000, currency: 'RUB' },
    journalHead: NO_ENTRIES,
    ...parts,
  };
}

export const pointsRequest = (parts: Partial<ChallengeRequest> = {}): ChallengeRequest =>
  debtRequest({
    action: 'redeem-points',
    amount: { points: 340, worth: { minor: 34_000, currency: 'RUB' } },
    ...parts,
  });

/** The consent to one issue of reserve codes; `journalHead`: of the till that asks. */
export async function reserveCodesRequest(
  issue: string,
  customer: { readonly id: string; readonly phone: string },
  journalHead = NO_ENTRIES,
): Promise<ChallengeRequest> {
  return {
    action: 'issue-reserve-codes',
    receiptId: issue,
    customer,
    amount: null,
    dealHash: await reserveCodesHash({ issue, customerId: customer.id, phone: customer.phone }),
    journalHead,
  };
}

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
  /** Trusts a number, so that its age does not matter. */
  trust(customer: string, phone: string): Promise<void>;
  stop(): Promise<void>;
};

/** A shop with a policy, an elevated owner and saved SMS.RU settings. */
export async function openShop(
  change: (policy: Policy) => Policy = (policy) => policy,
): Promise<Shop> {
  const clock = makeClock(START);
  const smsru = await FakeSmsru.start();
  const relay = await startRelay({ now: clock.now });
  const till = await TillClient.ready(relay.url, clock.now, change);
  await till.elevate();
  const saved = await till.call('PUT', '/provider', smsruDraft(smsru));
  if (saved.json.kind !== 'provider') throw new Error(JSON.stringify(saved.json));
  return {
    relay,
    till,
    smsru,
    clock,
    trust: async (customer, phone) => {
      const reply = await till.call('POST', '/customers/trusted', {
        contacts: [{ customer, phone }],
      });
      if (reply.json.kind !== 'trusted') throw new Error(JSON.stringify(reply.json));
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

/** Both actions over SMS, then by call. */
export const withCalls = (policy: Policy): Policy => ({
  ...policy,
  methods: {
    'redeem-points': { chain: ['sms', 'call'], threshold: 0, nextAfterMs: 40_000 },
    'sell-on-account': { chain: ['sms', 'call'], threshold: 0, nextAfterMs: 40_000 },
  },
});
