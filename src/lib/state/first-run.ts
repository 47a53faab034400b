// Enrols this device, creates the shop with its first policy, and loads demo goods.
import type { EnrolmentReply } from '$lib/contract/till';
import type { Currency } from '$lib/contract/values';
import { pack } from '$lib/domain/catalogue';
import { defaultPolicy } from '$lib/domain/default-policy';
import { hasOnlyDemoGoods } from '$lib/domain/demo/demo-id';
import type { Phone } from '$lib/domain/phone';
import type { VerifiedPolicy } from '$lib/domain/policy';
import type { Language } from '$lib/domain/product';
import { makePinVerifier } from '$lib/proof/pin';
import type { Outcome } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import { hasRealCustomers, importCustomers } from '$lib/storage/customers/customers';
import type { TillDb } from '$lib/storage/database/db';
import type { EnrolledTill } from '$lib/storage/schema/records';
import { beginEnrolment, completeEnrolment, publicKeyOf } from '$lib/storage/till/till';
import { isEnrolled } from '$lib/storage/database/till-record';
import { v7 as newId } from 'uuid';
import type { Catalogue } from './catalogue.svelte';
import type { Elevation } from './elevation.svelte';
import type { ShopPolicy } from '$lib/state/relay/shop-policy.svelte';
import type { SignIn } from './sign-in.svelte';

export type EnrolOutcome =
  | Outcome<EnrolmentReply>
  /** The device belongs to another shop or relay. */
  | { readonly kind: 'other-relay' };

export type FirstRunAnswers = {
  readonly shopName: string;
  readonly currency: Currency;
  /** ISO 3166-1 alpha-2. */
  readonly phoneCountry: string;
  readonly ownerName: string;
  readonly ownerPin: string;
  readonly ownerPhone: Phone | null;
  /** Of messages to customers and owners. */
  readonly messageLanguage: Language;
};

export type DemoOutcome = { readonly kind: 'loaded' } | { readonly kind: 'refused' };

/** What a beginning needs of the rest of the till. */
export type FirstRunDeps = {
  readonly db: TillDb;
  readonly client: Pick<RelayClient, 'enrol' | 'elevate' | 'trustContacts'>;
  readonly policy: Pick<ShopPolicy, 'current' | 'keep' | 'begin'>;
  readonly signIn: Pick<SignIn, 'operator' | 'enterAsNew'>;
  readonly elevation: Pick<Elevation, 'run'>;
  readonly catalogue: Catalogue;
  /** The shop's codes are the demo's; false while the relay has not said so. */
  readonly sendsDemoCodes: () => boolean;
  /** Asks it now. */
  readonly askRelay: () => Promise<void>;
  /** This device as the relay knows it. */
  readonly identity: () => EnrolledTill | null;
  /** ms, corrected by the relay's clock. */
  readonly now: () => number;
  /** The relay has enrolled this device. */
  readonly onenrolled: (till: EnrolledTill) => void;
  /** Everything is there to sell. */
  readonly open: () => Promise<void>;
};

export class FirstRun {
  readonly #deps: FirstRunDeps;

  constructor(deps: FirstRunDeps) {
    this.#deps = deps;
  }

  /** Makes this device a till of the relay's shop. Without a token only the relay's own machine is let in, and only before there is a policy. */
  async enrol(name: string, token: string | null): Promise<EnrolOutcome> {
    const { db, client, policy, now, onenrolled, open } = this.#deps;
    const till = await beginEnrolment(db, { id: newId(), name });
    const reply = await client.enrol({
      tillId: till.id,
      name,
      publicKey: await publicKeyOf(till),
      ...(token === null ? {} : { enrolment: token }),
    });
    if (reply.kind !== 'enrolled') return reply;
    const completed = await completeEnrolment(db, {
      shop: reply.shop.id,
      relayKey: reply.relayKey,
      contract: reply.contract,
      at: now(),
    });
    if (completed.kind === 'other-relay') return completed;
    if (isEnrolled(completed.till)) onenrolled(completed.till);
    if (reply.policy !== null) {
      await policy.keep(reply.policy);
      await open();
    }
    return reply;
  }

  /** The first policy of a new shop; its owner is signed in. */
  async createShop(answers: FirstRunAnswers): ReturnType<ShopPolicy['begin']> {
    const { client, policy, signIn, catalogue, identity, now } = this.#deps;
    const till = identity();
    if (!till) return { kind: 'unknown-till' };
    const owner = {
      id: newId(),
      name: answers.ownerName,
      pin: await makePinVerifier(answers.ownerPin),
      phone: answers.ownerPhone,
    };
    const reply = await policy.begin(
      defaultPolicy({ ...answers, shopId: till.shop, owner, at: now() }),
    );
    if (reply.kind === 'policy') {
      signIn.enterAsNew(owner.id);
      // demo numbers are made trusted below, and the relay wants a person for that
      await client.elevate({ operatorId: owner.id, pin: answers.ownerPin });
      await catalogue.load();
    }
    return reply;
  }

  /** Everything is answered: to the goods. */
  finish(): Promise<void> {
    return this.#deps.open();
  }

  /**
   * Whether demo goods may be loaded: while it is known that nothing here is real. They take the place of a price list, and bring customers
   * with debts; no question before that would be read as often as its button is tapped.
   */
  async mayLoadDemo(): Promise<boolean> {
    const { catalogue, db, sendsDemoCodes } = this.#deps;
    if (!sendsDemoCodes()) return false;
    const held = catalogue.packed;
    // not read yet: a price list may lie on the disk
    return held !== null && hasOnlyDemoGoods(held) && !(await hasRealCustomers(db));
  }

  /** About 60 goods and six customers with fixed ids; loaded again they double nothing. */
  async loadDemo(language: Language): Promise<DemoOutcome> {
    const policy = this.#deps.policy.current;
    const operator = this.#deps.signIn.operator;
    // a first run may be quicker than the first answer
    if (!this.#deps.sendsDemoCodes()) await this.#deps.askRelay();
    if (!policy || !operator || !(await this.mayLoadDemo())) return { kind: 'refused' };
    const goods = await this.#loadDemoGoods(policy, operator.id, language);
    if (goods.kind === 'refused') return goods;
    return this.#loadDemoCustomers(policy, operator.id, language);
  }

  async #loadDemoGoods(
    { shop }: VerifiedPolicy,
    operator: string,
    language: Language,
  ): Promise<DemoOutcome> {
    // most tills never load them
    const { demoGoods } = await import('$lib/domain/demo/goods');
    const goods = demoGoods(shop.currency, language);
    const added = goods.length;
    const stored = await this.#deps.catalogue.replace({
      packed: pack(goods),
      summary: { source: 'demo', file: null, added, updated: 0, unchanged: 0, refused: 0 },
      restocked: goods.map((product) => product.id),
      operator,
      at: this.#deps.now(),
    });
    return stored.kind === 'saved' ? { kind: 'loaded' } : { kind: 'refused' };
  }

  async #loadDemoCustomers(
    { shop }: VerifiedPolicy,
    operator: string,
    language: Language,
  ): Promise<DemoOutcome> {
    const { db, client, elevation, now } = this.#deps;
    const { demoCustomers } = await import('$lib/domain/demo/customers');
    const customers = demoCustomers(shop.currency, language);
    const at = now();
    const imported = await importCustomers(db, { source: 'demo', customers, operator, at });
    if (imported.kind === 'refused') return { kind: 'refused' };
    const contacts = customers.flatMap(({ id, phone }) =>
      phone === null ? [] : [{ customer: id, phone }],
    );
    // where the relay is away the numbers count as new: the first code makes them known
    await elevation.run('load-demo', () => client.trustContacts({ contacts }));
    return { kind: 'loaded' };
  }
}
