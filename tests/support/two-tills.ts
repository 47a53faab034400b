// A shop with two tills whose journals arrive when a test uploads them.
// Until then one till does not know the other's acts.
import type { Policy } from '$lib/contract/policy';
import { FORGET_DELAY_MS } from '$lib/domain/acts/customers/customer-forgotten';
import { epochOf, logHead } from '../../relay/store/journal';
import { withCashier } from './cashier';
import { openShop, type Shop } from './challenges';
import { TillClient } from './till-client';
import { TillJournal } from './till-journal';

/** Why a till goes on without a code: the service sends nothing. */
export const SENDS_NOTHING = {
  state: 'provider-unavailable',
  relayAt: null,
  providerAt: null,
  noCodeBecause: 'refused:no-money',
} as const;

export type TwoTills = {
  readonly shop: Shop;
  /** The journal of `shop.till`. */
  readonly here: TillJournal;
  readonly there: TillJournal;
};

/** A shop with an owner and a cashier; both tills have written that they were enrolled. */
export async function openTwoTills(): Promise<TwoTills> {
  const shop = await openShop((policy) => withCashier(policy));
  const here = new TillJournal(shop.till, shop.clock.now);
  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  const offer = await shop.till.call('POST', '/tills/enrolments');
  await other.enrol(offer.json.token as string);
  await other.signIn();
  const there = new TillJournal(other, shop.clock.now);
  for (const journal of [here, there]) await journal.enrolled();
  return { shop, here, there };
}

/** Uploads these journals in this order, each whole. */
export async function arrive(...journals: TillJournal[]): Promise<void> {
  for (const journal of journals) await upload(journal);
}

/** Uploads a journal whole, with the cards or numbers given. */
export async function upload(journal: TillJournal, parts: object = {}): Promise<void> {
  await journal.till.signIn();
  const { json } = await journal.upload(journal.entries, parts);
  if (json.kind !== 'kept') throw new Error(JSON.stringify(json));
}

/** The till downloads the other tills' entries from the relay. */
export async function look({ relay }: Shop, journal: TillJournal): Promise<void> {
  const { db } = relay.relay;
  const { order } = await logHead(db);
  journal.seen = { epoch: await epochOf(db), order };
}

/** Lets the day pass after which a forgotten customer is erased; the message to them leaves before. */
export async function passForgetDay({
  relay,
  clock,
}: Pick<Shop, 'relay' | 'clock'>): Promise<void> {
  const { outbox } = relay.relay;
  await outbox.round();
  clock.pass(FORGET_DELAY_MS);
  await outbox.round();
}

/** Saves the shop's policy with a change. */
export async function publish({ till }: Shop, change: (policy: Policy) => void): Promise<void> {
  const policy = await till.policy();
  change(policy);
  const next = { ...policy, version: policy.version + 1 };
  const reply = await till.putPolicy(policy.version, next);
  if (reply.json.kind !== 'policy') throw new Error(JSON.stringify(reply.json));
}

/** Kind and detail of every flag, in the order in which they were found. */
export const flagsOf = ({ relay }: Shop): unknown[] =>
  relay.file.prepare('SELECT kind, detail FROM flags ORDER BY cursor').raw().all();

/** The texts of the messages for a purpose, oldest first. */
export const messagesOf = ({ relay }: Shop, purpose: string): string[] =>
  relay.file
    .prepare('SELECT text FROM outbox WHERE purpose = ? ORDER BY id')
    .pluck()
    .all(purpose) as string[];
