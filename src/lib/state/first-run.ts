// Enrols this device, creates the shop with its first policy, and loads demo goods.
import type { EnrolmentReply } from '$lib/contract/till';
import type { Currency } from '$lib/contract/values';
import { defaultPolicy } from '$lib/domain/policy/default-policy';
import { hasOnlyDemoGoods } from '$lib/domain/demo/demo-id';
import { goodsChanges } from '$lib/domain/goods-changes';
import type { Phone } from '$lib/domain/values/phone';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import type { Language } from '$lib/domain/values/language';
import { makePinVerifier } from '$lib/proof/pin';
import type { Outcome } from '$lib/relay-client/exchange';
import type { RelayClient } from '$lib/relay-client/relay-client';
import {
  customersByIds,
  hasRealCustomers,
  importCustomers,
} from '$lib/storage/customers/customers';
import type { TillDb } from '$lib/storage/database/db';
import type { EnrolledTill } from '$lib/storage/schema/records';
import { beginEnrolment, completeEnrolment, publicKeyOf } from '$lib/storage/till/till';
import { isEnrolled } from '$lib/storage/database/meta';
import { v7 as newId } from 'uuid';
import type { Catalogue } from './catalogue.svelte';
import type { Elevation } from './elevation.svelte';
import type { ShopPolicy } from '$lib/state/relay/shop-policy.svelte';
import type { SignIn } from './sign-in.svelte';
import { till } from './till.svelte';

export type EnrolOutcome =
  | Outcome<EnrolmentReply>
  /** The device belongs to another shop or relay. */
  | { readonly kind: 'other-relay' };

export type FirstRunAnswers = {
  readonly shopName: string;
  readonly currency: Currency;
  /** ISO 3166-1 alpha-2. */
  readonly phoneCountry: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly ownerName: string;
  readonly ownerPin: string;
  readonly ownerPhone: Phone | null;
  /** Language of messages to customers and owners. */
  readonly messageLanguage: Language;
};

export type DemoOutcome = { readonly kind: 'loaded' } | { readonly kind: 'refused' };

/** What the first run needs from the rest of the till. */
export type FirstRunDeps = {
  readonly db: TillDb;
  readonly client: Pick<RelayClient, 'enrol' | 'elevate' | 'trustContacts'>;
  readonly policy: Pick<ShopPolicy, 'current' | 'keep' | 'begin'>;
  readonly signIn: Pick<SignIn, 'operator' | 'enterAsNew'>;
  readonly elevation: Pick<Elevation, 'run'>;
  readonly catalogue: Catalogue;
  /** Codes of this shop go through the demo service; false until the relay has reported it. */
  readonly sendsDemoCodes: () => boolean;
  /** Asks the relay now. */
  readonly askRelay: () => Promise<void>;
  /** This device as registered at the relay. */
  readonly identity: () => EnrolledTill | null;
  /** ms, corrected by the relay's clock. */
  readonly now: () => number;
  /** The relay has enrolled this device. */
  readonly onenrolled: (till: EnrolledTill) => Promise<void>;
  /** Opens the till; called when everything needed for selling is ready. */
  readonly open: () => Promise<void>;
};

export class FirstRun {
  readonly #deps: FirstRunDeps;

  constructor(deps: FirstRunDeps) {
    this.#deps = deps;
  }

  /**
   * Enrols this device as a till of the relay's shop. Without a token this works only on the relay's own machine
   * and before the first policy.
   */
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
      number: reply.number,
      at: now(),
    });
    if (completed.kind === 'other-relay') return completed;
    if (isEnrolled(completed.till)) await onenrolled(completed.till);
    if (reply.policy !== null) {
      await policy.keep(reply.policy);
      await open();
    }
    return reply;
  }

  /** Creates the first policy of a new shop and signs its owner in. */
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
      // the demo numbers are trusted below, which the relay allows only with an elevation
      await client.elevate({ operatorId: owner.id, pin: answers.ownerPin, level: 'pin' });
      await catalogue.load();
    }
    return reply;
  }

  /** All steps are done: opens the till. */
  finish(): Promise<void> {
    return this.#deps.open();
  }

  /**
   * Whether demo goods may be loaded: only if nothing on this till is real, because they replace a price list and add customers
   * with debts. A confirmation dialogue would not prevent that: people tap it away.
   */
  async mayLoadDemo(): Promise<boolean> {
    const { catalogue, db, sendsDemoCodes } = this.#deps;
    if (!sendsDemoCodes()) return false;
    const held = await catalogue.packed();
    // not read yet: there may be a price list on the disk
    return held !== null && hasOnlyDemoGoods(held) && !(await hasRealCustomers(db));
  }

  /** Loads about 60 goods and six customers with fixed ids, so loading them again adds nothing twice. */
  async loadDemo(language: Language): Promise<DemoOutcome> {
    const policy = this.#deps.policy.current;
    const operator = this.#deps.signIn.operator;
    // the first run may be faster than the relay's first answer
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
    // loaded on demand, because most tills never need them
    const { demoGoods } = await import('$lib/domain/demo/goods');
    const goods = demoGoods(shop.currency, language);
    const { catalogue } = this.#deps;
    const restocked = new Set(goods.map(({ id }) => id));
    const stored = await catalogue.change({
      source: 'demo',
      file: null,
      refused: 0,
      changes: goodsChanges(await catalogue.packed(), goods, restocked),
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
    const imported = await importCustomers(db, {
      source: 'demo',
      customers,
      operator,
      at,
      approvals: [],
    });
    if (imported.kind === 'refused') return { kind: 'refused' };
    const cards = await customersByIds(
      db,
      customers.map(({ id }) => id),
    );
    const contacts = cards.flatMap(({ id, phone, cardSalt }) =>
      phone === null ? [] : [{ customer: id, phone, cardSalt }],
    );
    // if the relay is unreachable, the numbers count as new until their first code
    await elevation.run('load-demo', (consent) => client.trustContacts({ contacts }, consent));
    return { kind: 'loaded' };
  }
}

/** The first run of this page's till. */
export const firstRun = new FirstRun({
  db: till.db,
  client: till.client,
  policy: till.policy,
  signIn: till.signIn,
  elevation: till.elevation,
  catalogue: till.catalogue,
  sendsDemoCodes: () => till.connectivity.provider?.demo === true,
  askRelay: () => till.connectivity.ask(),
  identity: () => till.identity,
  now: () => till.now(),
  onenrolled: (enrolled) => till.enrolled(enrolled),
  open: () => till.open(),
});
