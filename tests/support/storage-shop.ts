// A shop on a real disk: relay key, policy, enrolled till with its own database, and grants.
import { USUAL_TAX } from '$lib/domain/goods/product';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import type { Grant } from '$lib/contract/grant';
import type { ConnectivityFact } from '$lib/contract/acts/account';
import type { Entry } from '$lib/contract/journal';
import type { Operator, Policy } from '$lib/contract/policy';
import type { PublicKey, SaleAction } from '$lib/contract/values';
import { movedBy, actionsOf, type GivenConfirmation } from '$lib/domain/consent/confirmation';
import { dealOf } from '$lib/domain/consent/deal';
import { defaultPolicy } from '$lib/domain/policy/default-policy';
import { NO_DISCOUNT } from '$lib/domain/receipt/discounts';
import { money } from '$lib/domain/values/money';
import { pointsTender } from '$lib/domain/customers/loyalty';
import type { Phone } from '$lib/domain/values/phone';
import { quantity } from '$lib/domain/values/quantity';
import { emptyReceipt, type Receipt } from '$lib/domain/receipt/receipt';
import type { Tender } from '$lib/domain/values/settlement';
import { dealHash, phoneHash } from '$lib/proof/deal';
import { signGrant } from '$lib/proof/grant';
import { importPrivate, keyId, makeRelayKey } from '$lib/proof/keys';
import { signPolicy } from '$lib/proof/policy';
import { customerById, importCustomers } from '$lib/storage/customers/customers';
import { TillDb } from '$lib/storage/database/db';
import { putMetaIn, tillIn } from '$lib/storage/database/meta';
import { chainIn } from '$lib/storage/journal/reader';
import { savePolicy } from '$lib/storage/policy/policies';
import { saveSale, type SaleOutcome } from '$lib/storage/sales/save-sale';
import type { SaleAttempt } from '$lib/storage/schema/records';
import { beginEnrolment, completeEnrolment } from '$lib/storage/till/till';

/** A fixed UUIDv7. */
export const id = (n: number) => `0190a000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export const SHOP = id(1);
export const TILL = id(2);
export const CASHIER = id(11);
export const SENIOR = id(12);
export const OWNER = id(13);
export const ANNA = id(21);
export const BORIS = id(22);
export const NO_PHONE = id(23);
export const NO_CREDIT = id(24);
export const BREAD = id(31);
export const CHEESE = id(32);
export const AT = 1_760_000_000_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export type Signer = { publicKey: PublicKey; privateKey: CryptoKey; kid: string };

export async function signer(): Promise<Signer> {
  const { privateJwk, publicKey } = await makeRelayKey();
  return { publicKey, privateKey: await importPrivate(privateJwk), kid: await keyId(publicKey) };
}

const phones: Record<string, Phone | null> = {
  [ANNA]: '+79250000602' as Phone,
  [BORIS]: '+79250000603' as Phone,
  [NO_PHONE]: null,
  [NO_CREDIT]: '+79250000604' as Phone,
};

const PIN = { salt: '0'.repeat(32), hash: '0'.repeat(64), rounds: 600_000, digits: 6 };

function person(operator: string, group: string): Operator {
  return { id: operator, name: group, group, pin: PIN, phone: null, taxNumber: null, active: true };
}

export function policyOf(version: number, change: (policy: Policy) => void = () => {}): Policy {
  const currency = { code: 'RUB', digits: 2 };
  const owner = { id: OWNER, name: 'Ольга', pin: PIN, phone: null };
  const policy = defaultPolicy({
    shopId: SHOP,
    shopName: 'Ромашка',
    currency,
    phoneCountry: 'RU',
    owner,
    at: AT,
    messageLanguage: 'ru',
    timeZone: 'Europe/Moscow',
  });
  policy.version = version;
  policy.operators.push(person(CASHIER, 'cashier'), person(SENIOR, 'senior-cashier'));
  change(policy);
  return policy;
}

/** Bread at 100,00, cheese at 1 000,00; money in minor units. */
export function receiptOf(
  receipt: string,
  parts: Partial<Pick<Receipt, 'customer' | 'tenders'>> & { bread?: number; cheese?: number },
): Receipt {
  const line = (product: string, name: string, price: number, pieces: number) => ({
    id: `line ${name}`,
    product,
    name,
    barcode: null,
    unit: 'piece' as const,
    quantity: quantity(pieces * 1000),
    listPrice: money(price),
    unitPrice: money(price),
    priceFrom: 'list' as const,
    noDiscounts: false,
    askAge: null,
    mark: null,
    tax: USUAL_TAX,
    category: null,
    discount: NO_DISCOUNT,
    offers: [],
  });
  const { bread = 1, cheese = 0, customer = null, tenders = [] } = parts;
  const lines = [];
  if (bread > 0) lines.push(line(BREAD, 'хлеб', 10_000, bread));
  if (cheese > 0) lines.push(line(CHEESE, 'сыр', 100_000, cheese));
  return { ...emptyReceipt(receipt), lines, customer, tenders };
}

export const cash = (minor: number): Tender => ({ kind: 'cash', amount: money(minor) });
/** Cheese at 1 000.00 of which 460.00 is paid, the rest on account. */
export const owingOf = (receipt: string, customer: string | null, cheese = 1): Receipt =>
  receiptOf(receipt, { customer, cheese, bread: 0, tenders: [cash(46_000)] });
export const points = (count: number): Tender => pointsTender(count, policyOf(1).points);

export const OFFLINE: ConnectivityFact = {
  state: 'offline',
  relayAt: AT - HOUR,
  providerAt: null,
  noCodeBecause: 'unreachable',
};

export function overrideBy(by: string, action: SaleAction): GivenConfirmation {
  const because = 'no-internet';
  return {
    kind: 'override',
    action,
    askedBy: CASHIER,
    by,
    because,
    note: null,
    connectivity: OFFLINE,
  };
}

export type Shop = {
  readonly db: TillDb;
  readonly relay: Signer;
  /** Signed by the relay unless another signer is given. */
  readonly policyJws: (
    version: number,
    change?: (policy: Policy) => void,
    by?: Signer,
  ) => Promise<string>;
  /** A grant for this receipt, changed by `but`. */
  readonly code: (
    receipt: Receipt,
    action: SaleAction,
    but?: Partial<Grant> & { signedBy?: Signer },
  ) => Promise<Extract<GivenConfirmation, { kind: 'code' }>>;
  readonly sell: (
    receipt: Receipt,
    confirmations?: GivenConfirmation[],
    but?: Partial<Pick<SaleAttempt, 'operator' | 'at'>>,
  ) => Promise<SaleOutcome>;
};

let made = 0;

/** A database of its own. */
export function emptyDb(): TillDb {
  made += 1;
  return new TillDb(`till-${crypto.randomUUID()}-${made}`);
}

export async function openShop(db = emptyDb()): Promise<Shop> {
  // files share modules: a till that a former file left is not one whose database the browser has lost
  db.known = null;
  db.isLost = false;
  const relay = await signer();
  let challenges = 100_000;
  const shop: Shop = {
    db,
    relay,
    policyJws: (version, change, by = relay) =>
      signPolicy(policyOf(version, change), by.privateKey, by.kid),
    async code(receipt, action, { signedBy = relay, ...but } = {}) {
      const { currency } = policyOf(1).shop;
      const moved = actionsOf(movedBy(receipt, null)).find((each) => each.action === action);
      const customer = receipt.customer ?? ANNA;
      const phone = phones[customer] ?? ('+79250000699' as Phone);
      const card = await customerById(db, customer);
      const cardSalt = card?.cardSalt ?? '0'.repeat(64);
      const need = moved ?? { action, amount: money(0), points: null };
      const deal = dealOf(receipt, action, { id: customer, phone, cardSalt }, need, currency);
      challenges += 1;
      const grant: Grant = {
        v: 1,
        shop: SHOP,
        till: TILL,
        challenge: id(challenges),
        action,
        operator: CASHIER,
        receipt: receipt.id,
        customer,
        person: null,
        phoneHash: await phoneHash(cardSalt, phone),
        phoneSince: AT - 100 * HOUR,
        amount: deal.amount,
        dealHash: await dealHash(deal),
        channel: 'sms',
        provider: 'smsru',
        broughtIn: null,
        weak: false,
        demo: false,
        iat: AT,
        exp: AT + 15 * MINUTE,
        ...but,
      };
      const jws = await signGrant(grant, signedBy.privateKey, signedBy.kid);
      return { kind: 'code', action, jws };
    },
    sell: (receipt, confirmations = [], { operator = CASHIER, at = AT } = {}) =>
      saveSale(db, { receipt, operator, at, confirmations }),
  };
  await beginEnrolment(db, { id: TILL, name: 'Касса 1' });
  await completeEnrolment(db, {
    shop: SHOP,
    relayKey: relay.publicKey,
    contract: 1,
    number: 1,
    at: AT,
  });
  await savePolicy(db, await shop.policyJws(1));
  await importCustomers(db, {
    source: 'demo',
    approvals: [],
    operator: OWNER,
    at: AT - 40 * 24 * HOUR,
    customers: [
      { ...card(ANNA, 'Анна Кузнецова'), owed: 50_000, points: 300 },
      { ...card(BORIS, 'Борис Ёлкин'), owed: 0, points: 0 },
      { ...card(NO_PHONE, 'Вера Без Телефона'), owed: 0, points: 50 },
      { ...card(NO_CREDIT, 'Глеб'), credit: { kind: 'no-credit' }, owed: 0, points: 0 },
    ],
  });
  return shop;
}

function card(customer: string, name: string) {
  return {
    id: customer,
    name,
    phone: phones[customer] ?? null,
    credit: { kind: 'shop-limit' as const },
    ...NO_DETAILS,
  };
}

/** The till has downloaded the shop's order up to its first entry. */
export async function downloaded(db: TillDb): Promise<void> {
  const place = { epoch: 1, order: 1, logHash: '0'.repeat(64), at: AT, epochs: [] };
  await putMetaIn(db, 'remote-cursor', place);
}

/** The entries of this till, ascending: input of `verifyChain`. */
export async function* wholeJournal(db: TillDb): AsyncGenerator<Entry> {
  const till = await tillIn(db);
  if (till === null) return;
  yield* await chainIn(db, till.id).toArray();
}

/** Everything on the disk, by table, to compare before and after. */
export async function everything(db: TillDb): Promise<Record<string, unknown[]>> {
  const rows = await Promise.all(
    db.tables
      .filter((table) => table.name !== 'meta')
      .map(async (table) => [table.name, await table.toArray()] as const),
  );
  return Object.fromEntries(rows);
}

/** The same without the entries by which a till skips receipt numbers after a loss. */
export async function everythingBeforeLoss(db: TillDb): Promise<Record<string, unknown[]>> {
  const { journal = [], ...rest } = await everything(db);
  return { ...rest, journal: journal.filter((row) => (row as Entry).act !== 'numbers-skipped') };
}

/** Closes and deletes a test's database, without waiting for connections that a test left open on purpose. */
export async function discard(db: TillDb): Promise<void> {
  db.close();
  await new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase(db.name);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
}
