// A shop whose messages go to a fake SMS.RU.
import type { Policy } from '$lib/contract/policy';
import type { ProviderDraft } from '$lib/contract/provider';
import { sha256Hex } from '$lib/proof/canonical';
import type { ReserveHash } from '$lib/proof/reserve-hash';
import { makeToken } from '../../relay/tills/tokens';
import { readDraft } from '../../relay/messaging/services/provider-settings';
import { saveProvider } from '../../relay/store/provider';
import { START } from './challenge-requests';
import { FakeSmsru } from './fake-smsru';
import { TEXTS } from './texts';
import { makeClock, startRelay, type RunningRelay } from './relay';
import { TillClient } from './till-client';
import { CARD_SALT, givePoints, TillJournal } from './till-journal';

export * from './challenge-requests';

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

/** Makes tokens at the relay's own machine, which consent to every change. */
export const tokensOf = (relay: RunningRelay) => async (): Promise<string> =>
  (await makeToken(relay.relay, 'elevate')).token;

/**
 * Saves the shop's first real service. Its first code goes to the owner, whose answer proves their phone. Tokens consent to later
 * changes and elevate the owner.
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

/** The same without any message: the shop is then like one whose owner removed their number by a token. */
export async function adoptService(
  relay: RunningRelay,
  till: TillClient,
  draft: ProviderDraft,
): Promise<void> {
  const { db, cipher, provider } = relay.relay;
  const read = await readDraft(relay.relay, draft);
  if (read.kind !== 'chosen') throw new Error(JSON.stringify(read));
  const settings = cipher.encrypt(JSON.stringify(read.chosen.config));
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

/** In place of 600 000 rounds of PBKDF2, which cost a fifth of a second for each of an issue's five codes. */
const quickHash: ReserveHash = (code, { salt }) => sha256Hex(salt + code);

/**
 * A shop with a policy, an elevated owner and saved SMS.RU settings. A till opens no reserve code of it with the product's
 * derivation, unless the shop is opened with that.
 */
export async function openShop(
  change: (policy: Policy) => Policy = (policy) => policy,
  derive: ReserveHash = quickHash,
): Promise<Shop> {
  const clock = makeClock(START);
  const smsru = await FakeSmsru.start();
  const relay = await startRelay({ now: clock.now, overrides: { reserveHash: derive } });
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

/** Removes the limits of codes with four digits, for tests that are not about them. */
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
