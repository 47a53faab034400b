// Enrols this device again under a new id and key, and moves its journal over.
// Another relay is trusted only after a person has agreed.
import type { EnrolmentReply } from '$lib/contract/till';
import type { Outcome } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import {
  beginReEnrolment,
  completeReEnrolment,
  isOwnRelay,
} from '$lib/storage/recovery/re-enrolment';
import { verifyPolicy } from '$lib/proof/policy';
import { formerTillsIn } from '$lib/storage/database/meta';
import type { EnrolledTill } from '$lib/storage/schema/records';
import type { Quarantine } from '$lib/storage/schema/relay-record';
import { publicKeyOf } from '$lib/storage/till/till';
import { isStillKnown } from '$lib/sync/till-news';
import { v7 as newId } from 'uuid';
import type { Elevation } from './elevation.svelte';
import type { JournalUploader } from '$lib/state/relay/journal-uploader.svelte';
import type { ShopPolicy } from '$lib/state/relay/shop-policy.svelte';
import { till } from './till.svelte';

const KEYLESS: readonly Quarantine['because'][] = ['unknown-till', 'database-lost', 'restored'];

type Enrolled = Extract<EnrolmentReply, { kind: 'enrolled' }>;

export type ReEnrolmentAnswer =
  | Outcome<Exclude<EnrolmentReply, Enrolled>>
  | { readonly kind: 'enrolled' }
  /**
   * The relay is not the one this till has pinned. Call `accept` if a person agrees. `hasPolicy`: the relay has a policy of its
   * own.
   */
  | {
      readonly kind: 'other-relay';
      /** Name of its shop; null: none yet. */
      readonly shop: string | null;
      readonly hasPolicy: boolean;
      readonly accept: () => Promise<ReEnrolmentAnswer>;
    }
  /** The relay's shop uses another currency (`ours` and `theirs` are codes), so debts would change their value. */
  | { readonly kind: 'other-currency'; readonly ours: string; readonly theirs: string }
  /** A code is awaited for the open receipt. */
  | { readonly kind: 'under-way' }
  /** The relay is another one, and this till has no valid policy to compare with or to hand over. */
  | { readonly kind: 'not-own-relay' }
  /** The relay refused this till's policy, or returned one that does not verify. */
  | { readonly kind: 'policy-refused' };

export type ReEnrolmentDeps = {
  readonly db: TillDb;
  readonly client: Pick<
    RelayClient,
    'enrol' | 'identify' | 'offerEnrolment' | 'policy' | 'putPolicy'
  >;
  readonly policy: Pick<ShopPolicy, 'current' | 'load'>;
  readonly elevation: Pick<Elevation, 'run'>;
  readonly uploader: Pick<JournalUploader, 'quarantine' | 'start'>;
  readonly identity: () => EnrolledTill | null;
  readonly operator: () => string | null;
  readonly isUnderWay: () => boolean;
  readonly now: () => number;
  readonly onenrolled: (till: EnrolledTill) => Promise<void>;
};

export class ReEnrolment {
  readonly #deps: ReEnrolmentDeps;

  constructor(deps: ReEnrolmentDeps) {
    this.#deps = deps;
  }

  /**
   * `token`: as typed; null: the relay issues one for a manager if it still knows this till. Without a valid policy nobody is
   * signed in, so a token is required. Throws StorageError.
   */
  async ask(token: string | null): Promise<ReEnrolmentAnswer> {
    const { db, client, elevation, identity, isUnderWay, uploader, policy } = this.#deps;
    const now = identity();
    if (now === null) return { kind: 'unknown-till' };
    if (isUnderWay()) return { kind: 'under-way' };
    const isKnown =
      this.#isKnown(uploader) &&
      (await isStillKnown(db, client, { till: now.id, at: this.#deps.now() }));
    let given = token;
    if (given === null && policy.current !== null && isKnown) {
      const offer = await elevation.run('re-enrol', (consent) => client.offerEnrolment(consent));
      if (offer.kind !== 'enrolment') return offer;
      given = offer.token;
    }
    const [next, former] = await Promise.all([
      beginReEnrolment(db, { id: newId() }),
      formerTillsIn(db),
    ]);
    const reply = await client.enrol({
      tillId: next.id,
      name: next.name,
      former: now.id,
      above: Math.max(now.number, ...former.map(({ number }) => number)),
      publicKey: await publicKeyOf(next),
      ...(given === null ? {} : { enrolment: given }),
    });
    if (reply.kind !== 'enrolled') return reply;
    const named = { shop: reply.shop.id, relayKey: reply.relayKey };
    if (await isOwnRelay(now, named)) return await this.#become(reply, next);
    if (policy.current === null) return { kind: 'not-own-relay' };
    const accept = () => this.#become(reply, next);
    if (reply.policy === null) return { kind: 'other-relay', shop: null, hasPolicy: false, accept };
    const rules = await verifyPolicy(reply.policy, reply.relayKey);
    if (rules === null) return { kind: 'policy-refused' };
    const theirs = rules.shop.currency.code;
    const ours = policy.current.shop.currency.code;
    if (ours !== theirs) return { kind: 'other-currency', ours, theirs };
    return { kind: 'other-relay', shop: rules.shop.name, hasPolicy: true, accept };
  }

  /** False if the relay lost its data, or this till lost its key or has another's: it cannot authenticate then. */
  #isKnown({ quarantine }: Pick<JournalUploader, 'quarantine'>): boolean {
    return quarantine === null || !KEYLESS.includes(quarantine.because);
  }

  async #become(
    reply: Enrolled,
    next: { id: string; keys: { privateKey: CryptoKey } },
  ): Promise<ReEnrolmentAnswer> {
    const { db, policy, operator, now, onenrolled, uploader } = this.#deps;
    const signed = reply.policy ?? (await this.#handOver(reply, next));
    if (signed === null) return { kind: 'policy-refused' };
    const named = { shop: reply.shop.id, relayKey: reply.relayKey };
    const completed = await completeReEnrolment(
      db,
      { ...named, contract: reply.contract, number: reply.number, policy: signed },
      { operator: operator(), at: now() },
    );
    if (completed.kind !== 'enrolled') return completed;
    await onenrolled(completed.till);
    await policy.load();
    await uploader.start();
    return { kind: 'enrolled' };
  }

  /** Gives this till's policy and shop to a relay that has none. */
  async #handOver(
    { shop }: Enrolled,
    next: { id: string; keys: { privateKey: CryptoKey } },
  ): Promise<string | null> {
    const { client, policy, identity } = this.#deps;
    const before = identity();
    const held = policy.current;
    if (held === null || before === null) return null;
    client.identify({ tillId: next.id, shopId: shop.id, privateKey: next.keys.privateKey });
    const first = structuredClone({ ...held, shop: { ...held.shop, id: shop.id } });
    const reply = await client.putPolicy({ base: null, policy: first });
    if (reply.kind === 'policy') return reply.policy;
    client.identify({ tillId: before.id, shopId: before.shop, privateKey: before.keys.privateKey });
    return null;
  }
}

/** Enrols this page's till again. */
export const reEnrolment = new ReEnrolment({
  db: till.db,
  client: till.client,
  policy: till.policy,
  elevation: till.elevation,
  uploader: till.uploader,
  identity: () => till.identity,
  operator: till.operator,
  isUnderWay: () => till.register.checkout.underWay,
  now: () => till.now(),
  onenrolled: (enrolled) => till.enrolled(enrolled),
});
