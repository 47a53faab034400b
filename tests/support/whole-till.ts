// A till of the product's own storage and exchanges with a real relay, without screens.
import { type Product, USUAL_TAX } from '$lib/domain/goods/product';
import { answeringPhone, NO_DETAILS } from '$lib/domain/customers/customer';
import './node-disk';
import { gunzipSync } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import type { CategoryChange } from '$lib/contract/acts/goods';
import type { ImportPurpose } from '$lib/contract/grant';
import type { Entry } from '$lib/contract/journal';
import type { Policy } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import { openingSums } from '$lib/domain/acts/customers/customers-imported';
import { DAY_MS } from '$lib/domain/values/durations';
import { actionsOf, type GivenConfirmation, movedBy } from '$lib/domain/consent/confirmation';
import { unpack } from '$lib/domain/goods/catalogue';
import { goodsChanges } from '$lib/domain/goods-changes';
import { settleRules } from '$lib/domain/receipt/discount-rules';
import { NO_DISCOUNT } from '$lib/domain/receipt/discounts';
import { money } from '$lib/domain/values/money';
import type { ShopCategory } from '$lib/domain/shop-categories';
import type { Phone } from '$lib/domain/values/phone';
import { reservePrefix } from '$lib/domain/consent/reserve-code';
import { dealOf } from '$lib/domain/consent/deal';
import { quantity } from '$lib/domain/values/quantity';
import { addUnlisted, emptyReceipt, type Line, type Receipt } from '$lib/domain/receipt/receipt';
import { dealHash, mergeHash, personHash, phoneHash } from '$lib/proof/deal';
import { accountsHash, signGrant, signImportApproval } from '$lib/proof/grant';
import { checkReserveCode } from '$lib/proof/reserve-code';
import { RelayClient } from '$lib/relay-client/relay-client';
import { RelayClock } from '$lib/relay-client/clock';
import { changeGoods, stockDeltas, type CatalogueOutcome } from '$lib/storage/goods/catalogue';
import { goodsIn } from '$lib/storage/remote/shown-goods';
import {
  categoriesIn,
  changeCategories,
  type CategoriesOutcome,
} from '$lib/storage/goods/categories';
import {
  customerById,
  customerFacts,
  saveCustomer,
  standings,
} from '$lib/storage/customers/customers';
import { forgetCustomer, type ForgetOutcome } from '$lib/storage/customers/forgotten';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import type { CustomerAsked, EnrolledTill } from '$lib/storage/schema/records';
import { TillDb } from '$lib/storage/database/db';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { chainIn, headOfTill } from '$lib/storage/journal/reader';
import { keepWatermark, signedByRelay } from '$lib/storage/journal/watermark';
import { savePolicy } from '$lib/storage/policy/policies';
import { addPerson, removePerson, type PersonOutcome } from '$lib/storage/sales/authorised-persons';
import { mergeCustomers, type MergeOutcome } from '$lib/storage/sales/merges';
import { sellInShift, type SaleOutcome } from '$lib/storage/sales/save-sale';
import { storageErrorOf } from '$lib/storage/storage-error';
import { beginEnrolment, completeEnrolment, publicKeyOf } from '$lib/storage/till/till';
import { compareSums, type SumsOutcome } from '$lib/sync/control-sums';
import { download, type DownloadOutcome } from '$lib/sync/download';
import { isStillKnown, pullReserveCodes } from '$lib/sync/till-news';
import { Upload, type UploadOutcome } from '$lib/sync/upload';
import { offerEnrolment } from '../../relay/tills/tokens';
import type { RunningRelay } from './relay';
import type { TillClient } from './till-client';

type Fetch = typeof fetch;

/** Whether a request asks for the shop's order. */
export const asksOrder = (input: Parameters<Fetch>[0]): boolean =>
  typeof input === 'string' && input.includes('/journal?');

export type Shop = {
  readonly relay: RunningRelay;
  readonly clock: { readonly now: () => number };
  /** The client that set the shop up; its owner makes the acts. */
  readonly owner: TillClient;
};

const HOUR_MS = 3_600_000;
const PHONE = '+79250000601' as Phone;
export const BREAD = '0198c000-0000-7000-8000-0000000000b1';

/** What a customer buys: bread at `price`, paid with `cash` (minor units) and points, the rest on account. */
export type Wish = {
  readonly price: number;
  readonly cash: number;
  readonly points: number;
  /** Whether the owner allows it without a code where one is needed. */
  readonly code: boolean;
  /** Whether the goods are in no catalogue and sold at a typed price. */
  readonly isUnlisted: boolean;
  /** Who sells; by default the owner. */
  readonly operator: string;
  /** The authorised person whose code confirms the debt; by default the owner allows it without one. */
  readonly person: string;
  /** The operator whose right is used; by default the owner. */
  readonly consent: 'owner' | 'customer';
};

/** The tenders, with the confirmations that they need. */
export type Rung = {
  readonly receipt: Receipt;
  readonly confirmations: GivenConfirmation[];
};

export class WholeTill {
  db: TillDb;
  id = uuidv7();
  readonly client: RelayClient;
  /** The error of the device's clock, ms; the till corrects it with every reply of the relay. */
  skewMs = 0;
  readonly #clock: RelayClock;
  readonly #shop: Shop;
  #upload: Upload;
  /** Changes or loses replies of the relay; by default the network is good. */
  network: (ask: Fetch) => Fetch = (ask) => ask;
  /** How it downloads; tests replace it by a version that applies the order wrongly. */
  downloading: typeof download = download;

  private constructor(shop: Shop) {
    this.#shop = shop;
    this.db = new TillDb(`till-${uuidv7()}`);
    const { now } = shop.clock;
    this.#clock = new RelayClock({ wall: () => now() + this.skewMs, ticks: now });
    this.client = new RelayClient({
      origin: shop.relay.url,
      clock: this.#clock,
      fetch: (input, init) => this.network(shop.relay.ask)(input, init),
      readHead: (till) => headOfTill(this.db, till),
      readSigned: (till) => signedByRelay(this.db, till),
      keepWatermark: (till, jws) => keepWatermark(this.db, till, jws),
    });
    this.#upload = this.#newUpload();
  }

  /** The time by the till's clock, ms. */
  now(): number {
    return this.#clock.now();
  }

  #newUpload(): Upload {
    const { db, client } = this;
    const [now, proven] = [() => this.#clock.now(), () => this.#clock.proven()];
    return new Upload({ db, client, now, proven });
  }

  /** Another device with the same data, as from an image of the disk. */
  async cloned(): Promise<WholeTill> {
    const clone = new WholeTill(this.#shop);
    clone.id = this.id;
    for (const { name } of this.db.tables)
      await clone.db.table(name).bulkPut(await this.db.table(name).toArray());
    await clone.#identify();
    return clone;
  }

  /**
   * Closes the page while the `nth` part of a download is written, and opens it again. Returns whether there were that many
   * parts.
   */
  async closedWhileApplying(nth: number): Promise<boolean> {
    return this.whileApplying(nth, () => this.db.abortAndClose());
  }

  /** Downloads, does something as the `nth` part is written, and opens the page again. Returns whether there were that many. */
  async whileApplying(nth: number, act: () => void): Promise<boolean> {
    const { name } = this.db;
    this.db.close();
    this.db = new TillDb(name);
    let left = nth;
    this.db.use({
      stack: 'dbcore',
      name: 'applying',
      create: (core) => ({
        ...core,
        table: (of) => {
          const table = core.table(of);
          if (of !== 'remoteJournal') return table;
          return {
            ...table,
            mutate: (asked) => {
              if (asked.type === 'put') left -= 1;
              if (left === 0) act();
              return table.mutate(asked);
            },
          };
        },
      }),
    });
    await this.download().catch((error: unknown) => {
      if (storageErrorOf(error) === null) throw error;
    });
    this.db.close();
    this.db = new TillDb(name);
    this.#upload = this.#newUpload();
    return left <= 0;
  }

  /** A till of the shop, enrolled by a token. */
  static async enrolled(shop: Shop, name = 'Касса'): Promise<WholeTill> {
    const made = new WholeTill(shop);
    const { db, client, id } = made;
    const till = await beginEnrolment(db, { id, name });
    const { token } = await offerEnrolment(shop.relay.relay);
    const publicKey = await publicKeyOf(till);
    const reply = await client.enrol({ tillId: id, name, publicKey, enrolment: token });
    if (reply.kind !== 'enrolled' || reply.policy === null) throw new Error(JSON.stringify(reply));
    const { relayKey, contract, number } = reply;
    const at = shop.clock.now();
    await completeEnrolment(db, { shop: reply.shop.id, relayKey, contract, number, at });
    await savePolicy(db, reply.policy);
    await made.#identify();
    return made;
  }

  async #till(): Promise<EnrolledTill> {
    const till = await tillIn(this.db);
    if (!isEnrolled(till)) throw new Error('not enrolled');
    return till;
  }

  /** The shop's, as the relay has it. */
  #policy(): Policy {
    const held = this.#shop.relay.relay.policy();
    if (held === null) throw new Error('the shop has no policy');
    return held.policy;
  }

  async #identify(): Promise<void> {
    const { id: tillId, shop: shopId, keys } = await this.#till();
    this.client.identify({ tillId, shopId, privateKey: keys.privateKey });
  }

  /** The device under a new till id at the same relay. */
  async reEnrol(): Promise<void> {
    const { db, client } = this;
    const before = await this.#till();
    // as `ReEnrolment` does
    await isStillKnown(db, client, { till: before.id, at: this.now() });
    const id = uuidv7();
    const next = await beginReEnrolment(db, { id });
    const { token } = await offerEnrolment(this.#shop.relay.relay);
    const { name, number: above } = before;
    const publicKey = await publicKeyOf(next);
    const asked = { tillId: id, name, publicKey, former: before.id, above, enrolment: token };
    const reply = await client.enrol(asked);
    if (reply.kind !== 'enrolled' || reply.policy === null) throw new Error(JSON.stringify(reply));
    const { relayKey, contract, number, policy } = reply;
    const named = { shop: reply.shop.id, relayKey, contract, number, policy };
    const by = { operator: null, at: this.now() };
    await completeReEnrolment(db, named, by);
    this.id = id;
    this.#upload = this.#newUpload();
    await this.#identify();
  }

  /** The first part of the order, as the relay sends it. */
  async rawPage(): Promise<Response> {
    let page: Response | null = null;
    this.network = (ask) => async (input, init) => {
      const response = await ask(input, init);
      if (asksOrder(input)) page = response.clone();
      return response;
    };
    await this.client.order.journal(null, 0);
    this.network = (ask) => ask;
    if (page === null) throw new Error('the relay was not asked');
    return page;
  }

  upload(): Promise<UploadOutcome> {
    return this.#upload.run();
  }

  download(waitMs = 0): Promise<DownloadOutcome> {
    return this.downloading(this.db, this.client.order, waitMs);
  }

  /** Uploads and downloads everything there is. */
  async sync(): Promise<void> {
    const sent = await this.upload();
    const got = await this.download();
    if (sent.kind !== 'up-to-date' || got.kind !== 'up-to-date')
      throw new Error(JSON.stringify([sent, got]));
  }

  /** A code of the customer, or of an authorised person for the debt, for an action of this receipt. */
  async #codeOf(
    receipt: Receipt,
    action: SaleAction,
    person: string | null,
  ): Promise<GivenConfirmation> {
    const card = receipt.customer === null ? null : await customerById(this.db, receipt.customer);
    const phone = card === null ? null : answeringPhone(card, person);
    const need = actionsOf(movedBy(receipt, this.#policy().cashRounding)).find(
      (each) => each.action === action,
    );
    if (card === null || phone === null || need === undefined) throw new Error('nobody to ask');
    const { id, cardSalt } = card;
    const { currency } = this.#policy().shop;
    const deal = dealOf(receipt, action, { id, phone, cardSalt }, need, currency);
    const jws = await this.#grant(
      { phone, cardSalt },
      {
        action,
        receipt: receipt.id,
        customer: id,
        person,
        amount: deal.amount,
        dealHash: await dealHash(deal),
      },
    );
    return { kind: 'code', action, jws };
  }

  /** Makes a sale that the owner allows without a code. */
  async sell(customer: string | null, wish: Partial<Wish> = {}): Promise<SaleOutcome> {
    return this.sellRung(await this.ring(customer, wish), wish.operator);
  }

  sellRung(rung: Rung, operator = this.#shop.owner.ownerId): Promise<SaleOutcome> {
    return sellInShift(this.db, { ...rung, operator, at: this.now() });
  }

  /** The input and confirmations that a sale needs before it is saved. */
  async ring(customer: string | null, wish: Partial<Wish> = {}): Promise<Rung> {
    const { price = 10_000, cash = 0, points = 0, code = true, isUnlisted = false } = wish;
    const policy = this.#policy();
    const facts = customer === null ? null : await customerFacts(this.db, customer);
    const empty = emptyReceipt(uuidv7());
    const bread: Line = {
      id: 'line',
      product: BREAD,
      name: 'хлеб',
      barcode: null,
      unit: 'piece',
      quantity: quantity(1000),
      unitPrice: money(price),
      listPrice: money(price),
      priceFrom: 'list',
      noDiscounts: false,
      askAge: null,
      mark: null,
      tax: USUAL_TAX,
      category: null,
      discount: NO_DISCOUNT,
      offers: [],
    };
    const typed = { name: 'товар', code: '4600000000008', quantity: quantity(1000), askAge: null };
    const rung: Receipt = {
      ...(isUnlisted
        ? addUnlisted(empty, { ...typed, price: money(price) }, 'line')
        : { ...empty, lines: [bread] }),
      customer,
      tenders: [
        ...(points > 0 ? [{ kind: 'points', points, amount: money(points * 100) } as const] : []),
        ...(cash > 0 ? [{ kind: 'cash', amount: money(cash) } as const] : []),
      ],
    };
    const receipt = settleRules(rung, policy, this.now(), facts);
    const moved = actionsOf(movedBy(receipt, policy.cashRounding)).map(({ action }) => action);
    const { person = null, consent = 'owner' } = wish;
    const confirmations: GivenConfirmation[] = [];
    for (const action of code ? moved : []) {
      const isPerson = person !== null && action === 'sell-on-account';
      confirmations.push(
        isPerson || consent === 'customer'
          ? await this.#codeOf(receipt, action, isPerson ? person : null)
          : this.override(action),
      );
    }
    return { receipt, confirmations };
  }

  /** The owner goes on without a code. */
  override(action: SaleAction): GivenConfirmation {
    const { ownerId } = this.#shop.owner;
    return {
      kind: 'override',
      action,
      askedBy: ownerId,
      by: ownerId,
      because: 'provider-failed',
      note: null,
      connectivity: {
        state: 'provider-unavailable',
        relayAt: null,
        providerAt: null,
        noCodeBecause: 'unreachable',
      },
    };
  }

  /** A reserve code for a sale on account, if this till has its verifier; else null. */
  async reserveCode(customer: string, code: string): Promise<GivenConfirmation | null> {
    const rows = await this.db.reserveVerifiers.where('customer').equals(customer).toArray();
    const row = rows.find(({ prefix }) => prefix === reservePrefix(code));
    const { relayKey } = await this.#till();
    if (row === undefined || (await checkReserveCode(code, row.signed, relayKey)) === null)
      return null;
    return { kind: 'reserve-code', action: 'sell-on-account', code, signed: row.signed };
  }

  /** Fetches what changed in its reserve codes, as after every reply about the relay's health. */
  async pullReserveCodes(): Promise<void> {
    const reply = await this.client.health();
    if (!('reserveVersion' in reply) || reply.reserveVersion === undefined) return;
    await pullReserveCodes(this.db, this.client, reply.reserveVersion);
  }

  /** Saves the card of a customer, with a phone and the shop's limit. */
  async save(id: string, parts: Partial<CustomerAsked> = {}): Promise<void> {
    const customer = {
      id,
      name: 'Анна',
      phone: PHONE,
      credit: { kind: 'shop-limit' } as const,
      ...NO_DETAILS,
      ...parts,
    };
    const attempt = { customer, operator: this.#shop.owner.ownerId, at: this.now() };
    const outcome = await saveCustomer(this.db, attempt);
    if (outcome.kind !== 'saved') throw new Error(JSON.stringify(outcome));
  }

  /** Forgets a customer by right, as the owner. */
  forget(customer: string): Promise<ForgetOutcome> {
    const operator = this.#shop.owner.ownerId;
    const consent = { kind: 'by-right' } as const;
    return forgetCustomer(this.db, { customer, consent, operator, at: this.now() });
  }

  /** The relay's signed grant for a code sent to the number of a card with this salt. */
  async #grant(
    { phone, cardSalt }: { readonly phone: string; readonly cardSalt: string },
    asked: Pick<
      Parameters<typeof signGrant>[0],
      'action' | 'receipt' | 'customer' | 'person' | 'amount' | 'dealHash'
    >,
  ): Promise<string> {
    const at = this.now();
    const { shopId, key, provider } = this.#shop.relay.relay;
    const grant = {
      v: 1 as const,
      shop: shopId,
      till: this.id,
      challenge: uuidv7(),
      operator: this.#shop.owner.ownerId,
      ...asked,
      phoneHash: await phoneHash(cardSalt, phone),
      phoneSince: at - 4 * DAY_MS,
      channel: 'sms' as const,
      provider: 'demo',
      broughtIn: null,
      weak: false,
      demo: provider.isDemo(),
      iat: at,
      exp: at + HOUR_MS,
    };
    return signGrant(grant, key.privateKey, key.kid);
  }

  /** Adds an authorised person, as the owner, with the customer's code. */
  async addPerson(customer: string, person: AuthorisedPerson): Promise<PersonOutcome> {
    const card = await customerById(this.db, customer);
    if (card === null || card.phone === null) throw new Error('nobody to ask');
    const { phone, cardSalt } = card;
    const dealHash = await personHash({ customerId: customer, cardSalt, phone, person });
    const code = await this.#grant(
      { phone, cardSalt },
      {
        action: 'authorise-person',
        receipt: person.id,
        customer,
        person: null,
        amount: null,
        dealHash,
      },
    );
    const by = { operator: this.#shop.owner.ownerId, at: this.now() };
    return addPerson(this.db, { customer, person, code, ...by });
  }

  /** Removes an authorised person from a card, as the owner. */
  async removePerson(customer: string, person: string): Promise<void> {
    const by = { operator: this.#shop.owner.ownerId, at: this.now() };
    const outcome = await removePerson(this.db, { customer, person, ...by });
    if (outcome.kind !== 'saved') throw new Error(JSON.stringify(outcome));
  }

  /** The names of the authorised persons that the till shows. */
  async persons(customer: string): Promise<readonly string[]> {
    const card = await customerById(this.db, customer);
    return (card?.persons ?? []).map(({ name }) => name);
  }

  /** Merges two cards, as the owner, with both customers' codes. */
  async merge(from: string, into: string): Promise<MergeOutcome> {
    const operator = this.#shop.owner.ownerId;
    const at = this.now();
    const merge = uuidv7();
    const codeOf = async (customer: string): Promise<string> => {
      const card = await customerById(this.db, customer);
      if (card === null || card.phone === null) return '';
      const { phone, cardSalt } = card;
      const deal = { merge, customerId: customer, cardSalt, phone, from, into };
      return this.#grant(
        { phone, cardSalt },
        {
          action: 'merge-customers',
          receipt: merge,
          customer,
          person: null,
          amount: null,
          dealHash: await mergeHash(deal),
        },
      );
    };
    const codes = { from: await codeOf(from), into: await codeOf(into) };
    return mergeCustomers(this.db, { merge, from, into, codes, operator, at });
  }

  /** The relay's signed approval of exactly these balances, as if an owner had consented; null: there are none. */
  async approval(
    purpose: ImportPurpose,
    accounts: readonly AccountEntry[],
  ): Promise<string | null> {
    if (accounts.length === 0) return null;
    const { shopId, key } = this.#shop.relay.relay;
    const iat = this.now();
    // undoing states the sums of the import
    const sign = purpose === 'import' ? 1 : -1;
    const imported = accounts.map((step) => ({ ...step, delta: sign * step.delta }));
    const approval = {
      v: 1 as const,
      purpose,
      id: uuidv7(),
      shop: shopId,
      till: this.id,
      demo: false,
      accounts: await accountsHash(accounts),
      sums: openingSums(imported),
      iat,
      exp: iat + HOUR_MS,
    };
    return signImportApproval(approval, key.privateKey, key.kid);
  }

  /** Everything that the device stores, as text, including packed bytes. */
  async everything(): Promise<string> {
    const tables = await Promise.all(this.db.tables.map((table) => table.toArray()));
    const packed = await this.db.remoteChunks.toArray();
    const chunks = packed.map(({ bytes }) => gunzipSync(bytes).toString('utf8'));
    return JSON.stringify([tables, chunks]);
  }

  /** Adds or changes products, and counts those of `counted`; by default the owner edits by hand. */
  async changeGoods(
    products: readonly Product[],
    { counted = [] as readonly string[], operator = this.#shop.owner.ownerId } = {},
  ): Promise<CatalogueOutcome> {
    const changes = goodsChanges(await goodsIn(this.db), products, new Set(counted));
    const act = { source: 'edit', file: null, refused: 0, operator } as const;
    return changeGoods(this.db, { ...act, changes, at: this.now() });
  }

  /** The goods as the till shows them, with the present stock. */
  async goods(): Promise<Product[]> {
    const [packed, deltas] = await Promise.all([goodsIn(this.db), stockDeltas(this.db)]);
    return unpack(packed).map((product) => {
      const { id, stock } = product;
      return { ...product, stock: stock === null ? null : quantity(stock + (deltas.get(id) ?? 0)) };
    });
  }

  /** Changes fields of categories; by default the owner does. */
  async changeCategories(
    changed: readonly CategoryChange[],
    { operator = this.#shop.owner.ownerId } = {},
  ): Promise<CategoriesOutcome> {
    const { categories: inGoods } = await goodsIn(this.db);
    const at = this.now();
    return changeCategories(this.db, { changed, inGoods, operator, at });
  }

  /** All categories in their order. */
  async categories(): Promise<readonly ShopCategory[]> {
    return categoriesIn(this.db, (await goodsIn(this.db)).categories);
  }

  /** Its own journal. */
  entries(): Promise<Entry[]> {
    return chainIn(this.db, this.id).toArray();
  }

  /** Compares its control sums with the relay's. */
  sums(): Promise<SumsOutcome> {
    return compareSums(this.db, this.client.order);
  }

  /** Debt, minor units, and points of a customer as this till knows them. */
  async standing(customer: string): Promise<{ owed: number; points: number }> {
    const [found] = await standings(this.db, [customer]);
    return { owed: found?.owed ?? 0, points: found?.points ?? 0 };
  }

  async close(): Promise<void> {
    this.db.close();
    await this.db.delete();
  }
}
