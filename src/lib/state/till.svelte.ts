// The whole till: puts the disk, the wire and the goods together, and says which screen the day is at. Screens read it; they never build one.
import type { EnrolmentReply } from '$lib/contract/till';
import type { Currency } from '$lib/contract/values';
import { defaultPolicy } from '$lib/domain/default-policy';
import type { Phone } from '$lib/domain/phone';
import { pack } from '$lib/domain/catalogue';
import type { Language } from '$lib/domain/product';
import { makePinVerifier } from '$lib/proof/pin';
import { RelayClient } from '$lib/relay-client/relay-client';
import type { Outcome } from '$lib/relay-client/exchange';
import { TillDb } from '$lib/storage/db';
import type { Credit } from '$lib/contract/journal';
import type { Customer, Standing } from '$lib/domain/customer';
import {
  findCustomers,
  importCustomers,
  saveCustomer,
  standing,
  type CustomerOutcome,
} from '$lib/storage/customers';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';
import {
  beginEnrolment,
  completeEnrolment,
  loadPreferences,
  publicKeyOf,
  savePreferences,
  tillIdentity,
} from '$lib/storage/till';
import { isEnrolled } from '$lib/storage/till-record';
import type { EnrolledTill, Preferences } from '$lib/storage/records';
import { v7 as newId } from 'uuid';
import { Catalogue } from './catalogue.svelte';
import { Connectivity } from './connectivity.svelte';
import { Elevation } from './elevation.svelte';
import { installation } from './installation.svelte';
import { becomeTheTill } from './one-tab';
import { Register } from './register.svelte';
import { ShopPolicy } from './shop-policy.svelte';
import { SignIn } from './sign-in.svelte';

export type Phase =
  | { readonly kind: 'starting' }
  /** Plain http from another machine: nothing of ours works there. */
  | { readonly kind: 'insecure' }
  /** Another tab is the till. */
  | { readonly kind: 'second-tab' }
  | { readonly kind: 'storage-trouble'; readonly because: StorageErrorKind }
  /** No shop yet, or this device is not one of its tills yet. */
  | { readonly kind: 'new-device' }
  | { readonly kind: 'in-use' };

export type EnrolOutcome =
  | Outcome<EnrolmentReply>
  /** The device belongs to another shop or relay. */
  | { readonly kind: 'other-relay' };

/** A card stored, refused by the policy, or not stored because the disk failed. */
export type CardOutcome =
  CustomerOutcome | { readonly kind: 'not-saved'; readonly because: StorageErrorKind };

export type FirstRunAnswers = {
  readonly shopName: string;
  readonly currency: Currency;
  /** ISO 3166-1 alpha-2. */
  readonly phoneCountry: string;
  readonly ownerName: string;
  readonly ownerPin: string;
  readonly ownerPhone: Phone | null;
  readonly language: Language;
};

export class Till {
  readonly db = new TillDb();
  readonly connectivity = new Connectivity();
  readonly client: RelayClient = new RelayClient({
    origin: location.origin,
    onexchange: (outcome) => this.connectivity.seen(outcome),
  });
  readonly policy = new ShopPolicy(this.db, this.client);
  readonly signIn = new SignIn(this.db, this.policy, () => this.now(), {
    enter: () => this.register.operatorCame(),
    leave: () => {
      this.client.forgetSession();
      this.elevation.close();
    },
  });
  readonly elevation = new Elevation(this.client, this.signIn);
  readonly catalogue = new Catalogue(this.db);
  readonly register: Register = new Register({
    db: this.db,
    client: this.client,
    connectivity: this.connectivity,
    policy: () => this.policy.current,
    operator: () => this.signIn.operator?.id ?? null,
    now: () => this.now(),
    onsaved: () => void this.catalogue.refreshStock(),
  });

  #phase = $state.raw<Phase>({ kind: 'starting' });
  #identity = $state.raw<EnrolledTill | null>(null);
  #preferences = $state.raw<Preferences>({ language: null, theme: 'system' });

  get phase(): Phase {
    return this.#phase;
  }
  /** This device as the relay knows it. */
  get identity(): EnrolledTill | null {
    return this.#identity;
  }
  get preferences(): Preferences {
    return this.#preferences;
  }

  /** ms since the epoch, corrected by the relay's clock: a tablet's own may be years off. */
  now(): number {
    return Math.round(Date.now() + this.client.clockOffsetMs);
  }

  /** Wakes the till: everything on disk first, the relay after. */
  async start(): Promise<void> {
    if (!isSecureContext) {
      this.#phase = { kind: 'insecure' };
      return;
    }
    if (!(await becomeTheTill(() => location.reload()))) {
      this.#phase = { kind: 'second-tab' };
      return;
    }
    try {
      await this.#wake();
    } catch (error) {
      this.#phase = { kind: 'storage-trouble', because: storageErrorKind(error) };
    }
  }

  async #wake(): Promise<void> {
    this.#preferences = await loadPreferences(this.db);
    showTheme(this.#preferences.theme);
    const till = await tillIdentity(this.db);
    if (isEnrolled(till)) this.#becomeKnown(till);
    this.connectivity.start(this.client);
    if (!isEnrolled(till)) {
      this.#phase = { kind: 'new-device' };
      return;
    }
    await this.policy.load();
    // a first run given up half-way begins again; a shop whose policy is refused does not
    if (this.policy.current === null && this.policy.neverHadOne) {
      await this.policy.fetch();
      if (this.policy.current === null) {
        this.#phase = { kind: 'new-device' };
        return;
      }
    }
    await this.#open();
  }

  async #open(): Promise<void> {
    await this.catalogue.load();
    await this.register.resume();
    this.#phase = { kind: 'in-use' };
    void installation.askToPersist();
  }

  /** Follows the relay to a newer policy; the frame calls it when the relay has told of one. */
  followPolicy(relayVersion: number | null): Promise<void> {
    return this.policy.refresh(relayVersion);
  }

  async prefer(change: Partial<Preferences>): Promise<void> {
    this.#preferences = { ...this.#preferences, ...change };
    showTheme(this.#preferences.theme);
    await savePreferences(this.db, this.#preferences);
  }

  /** By name or phone, those with a phone first, each with what he owes and holds. */
  async findCustomers(
    text: string,
    limit: number,
  ): Promise<{ customer: Customer; standing: Standing }[]> {
    const found = await findCustomers(this.db, text, limit);
    return Promise.all(
      found.map(async (customer) => ({
        customer,
        standing: await standing(this.db, customer.id),
      })),
    );
  }

  /** A new card (`id: null`) or a changed one; never throws, so that a form keeps what was typed. */
  async saveCustomer(card: {
    id: string | null;
    name: string;
    phone: Phone | null;
    credit: Credit;
  }): Promise<CardOutcome> {
    const operator = this.signIn.operator;
    if (!operator) return { kind: 'refused', because: { kind: 'no-right', right: 'sell' } };
    try {
      return await saveCustomer(this.db, {
        customer: { ...card, id: card.id ?? newId() },
        operator: operator.id,
        at: this.now(),
      });
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /** Makes this device a till of the relay's shop. Without a token only the relay's own machine is let in, and only before there is a policy. */
  async enrol(name: string, token: string | null): Promise<EnrolOutcome> {
    const till = await beginEnrolment(this.db, { id: newId(), name });
    const reply = await this.client.enrol({
      tillId: till.id,
      name,
      publicKey: await publicKeyOf(till),
      ...(token === null ? {} : { enrolment: token }),
    });
    if (reply.kind !== 'enrolled') return reply;
    const kept = await completeEnrolment(this.db, {
      shop: reply.shop.id,
      relayKey: reply.relayKey,
      contract: reply.contract,
      at: this.now(),
    });
    if (kept.kind === 'other-relay') return kept;
    if (isEnrolled(kept.till)) this.#becomeKnown(kept.till);
    if (reply.policy !== null) {
      await this.policy.keep(reply.policy);
      await this.#open();
    }
    void this.connectivity.ask();
    return reply;
  }

  /** The first policy of a new shop; its owner is signed in. */
  async foundShop(answers: FirstRunAnswers): ReturnType<ShopPolicy['begin']> {
    const identity = this.#identity;
    if (!identity) return { kind: 'unknown-till' };
    const owner = {
      id: newId(),
      name: answers.ownerName,
      pin: await makePinVerifier(answers.ownerPin),
      phone: answers.ownerPhone,
    };
    const reply = await this.policy.begin(
      defaultPolicy({ ...answers, shopId: identity.shop, owner, at: this.now() }),
    );
    if (reply.kind === 'policy') {
      this.signIn.enterAsNew(owner.id);
      // demo numbers are made trusted below, and the relay wants a person for that
      await this.client.elevate({ operatorId: owner.id, pin: answers.ownerPin });
      await this.catalogue.load();
    }
    return reply;
  }

  /** Everything is answered: to the goods. */
  async finishFirstRun(): Promise<void> {
    await this.#open();
  }

  /** About 60 goods and six customers with fixed ids. Returns how many customers' numbers the relay believed. */
  async loadDemo(language: Language): Promise<{ kind: 'loaded' } | { kind: 'refused' }> {
    const policy = this.policy.current;
    const operator = this.signIn.operator;
    if (!policy || !operator) return { kind: 'refused' };
    // most tills never load them
    const [{ demoGoods }, { demoCustomers }] = await Promise.all([
      import('$lib/domain/demo/goods'),
      import('$lib/domain/demo/customers'),
    ]);
    const { currency } = policy.shop;
    const goods = demoGoods(currency, language);
    const at = this.now();
    const stored = await this.catalogue.replace({
      packed: pack(goods),
      summary: {
        source: 'demo',
        file: null,
        added: goods.length,
        updated: 0,
        unchanged: 0,
        refused: 0,
      },
      restocked: goods.map((product) => product.id),
      operator: operator.id,
      at,
    });
    const customers = demoCustomers(currency, language);
    const imported = await importCustomers(this.db, {
      source: 'demo',
      customers,
      operator: operator.id,
      at,
    });
    if (stored.kind === 'refused' || imported.kind === 'refused') return { kind: 'refused' };
    const contacts = customers.flatMap(({ id, phone }) =>
      phone === null ? [] : [{ customer: id, phone }],
    );
    // where the relay is away the numbers count as new: the first code makes them known
    await this.elevation.run(() => this.client.trustContacts({ contacts }));
    return { kind: 'loaded' };
  }

  #becomeKnown(till: EnrolledTill): void {
    this.#identity = till;
    this.client.identify({
      tillId: till.id,
      shopId: till.shop,
      privateKey: till.keys.privateKey,
    });
  }
}

function showTheme(theme: Preferences['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** The till of this page. */
export const till = new Till();
