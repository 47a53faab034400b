// A small shop for the tests: people, goods, a policy, and grants that count as verified.
import { USUAL_TAX, singly } from '$lib/domain/goods/product';
import type { Grant } from '$lib/contract/grant';
import type { ConnectivityFact } from '$lib/contract/acts/account';
import type { Policy } from '$lib/contract/policy';
import type { Currency, SaleAction } from '$lib/contract/values';
import type { GivenReserveCode, VerifiedGrant } from '$lib/domain/consent/confirmation';
import type { GivenOverride } from '$lib/domain/consent/override';
import { NO_SEALED_DETAILS, type Customer } from '$lib/domain/customers/customer';
import { defaultPolicy } from '$lib/domain/policy/default-policy';
import { money, type Money } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { quantity } from '$lib/domain/values/quantity';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import type { CheckedReserveCode } from '$lib/domain/consent/reserve-code';
import {
  addProduct,
  chooseCustomer,
  emptyReceipt,
  setTender,
  type Receipt,
} from '$lib/domain/receipt/receipt';
import type { Tender } from '$lib/domain/values/settlement';

export const RUB: Currency = { code: 'RUB', digits: 2 };
export const JPY: Currency = { code: 'JPY', digits: 0 };
export const KWD: Currency = { code: 'KWD', digits: 3 };
export const CURRENCIES: readonly Currency[] = [RUB, JPY, KWD];
export const LOCALES = ['ru-RU', 'en-GB'] as const;

/** A UUIDv7 that shows its number. */
export function idOf(n: number): string {
  return `018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

export const SHOP = idOf(1);
export const TILL = idOf(2);
export const OWNER = idOf(10);
export const CASHIER = idOf(11);
export const SENIOR = idOf(12);
export const GONE = idOf(13);
export const ANNA = idOf(20);
export const RECEIPT = idOf(30);
export const BREAD = idOf(40);
export const CHALLENGE = idOf(50);
export const NOW = Date.UTC(2026, 10, 25, 12);
export const DEAL_HASH = 'd'.repeat(64);

const pin = { salt: '0'.repeat(32), hash: '0'.repeat(64), rounds: 600_000, digits: 6 };

export function shopPolicy(change: (policy: Policy) => Policy = (policy) => policy): Policy {
  const first = defaultPolicy({
    shopId: SHOP,
    shopName: 'Лавка на Садовой',
    currency: RUB,
    phoneCountry: 'RU',
    timeZone: 'Europe/Moscow',
    owner: { id: OWNER, name: 'Ольга', pin, phone: null },
    at: NOW,
    messageLanguage: 'ru',
  });
  const staff = [
    { id: CASHIER, name: 'Кирилл', group: 'cashier', active: true },
    { id: SENIOR, name: 'Света', group: 'senior-cashier', active: true },
    { id: GONE, name: 'Гена', group: 'senior-cashier', active: false },
  ].map((person) => ({ ...person, pin, phone: null, taxNumber: null }));
  return change({ ...first, operators: [...first.operators, ...staff] });
}

export function verified(policy: Policy): VerifiedPolicy {
  return policy as VerifiedPolicy;
}

export const POLICY = verified(shopPolicy());

export const anna: Customer = {
  id: ANNA,
  name: 'Анна',
  phone: '+79251230602' as Phone,
  phoneSince: null,
  credit: { kind: 'shop-limit' },
  cardSalt: 'c'.repeat(64),
  salt: 'a'.repeat(32),
  savedAt: NOW,
  ...NO_SEALED_DETAILS,
  persons: [],
};

/** Roubles as money. */
export function rub(roubles: number): Money {
  return money(Math.round(roubles * 100));
}

export function cash(roubles: number): Tender {
  return { kind: 'cash', amount: rub(roubles) };
}

/** A tender of points worth a rouble each. */
export function points(count: number): Tender {
  return { kind: 'points', points: count, amount: rub(count) };
}

/** One loaf at `price` roubles. */
export function receiptOf(
  price: number,
  tenders: readonly Tender[] = [],
  customer: string | null = ANNA,
): Receipt {
  const bread = {
    id: BREAD,
    name: 'Хлеб',
    barcodes: [singly('4600000000015')],
    unit: 'piece',
    noDiscounts: false,
    askAge: null,
    marked: false,
    tax: USUAL_TAX,
    category: null,
    price: rub(price),
  } as const;
  const filled = addProduct(emptyReceipt(RECEIPT), bread, quantity(1000), idOf(60));
  return tenders.reduce(setTender, chooseCustomer(filled, customer));
}

export function grantFor(
  action: SaleAction,
  amount: Grant['amount'],
  change: Partial<Grant> = {},
): VerifiedGrant {
  const grant: Grant = {
    v: 1,
    shop: SHOP,
    till: TILL,
    challenge: CHALLENGE,
    action,
    operator: CASHIER,
    receipt: RECEIPT,
    customer: ANNA,
    person: null,
    phoneHash: 'f'.repeat(64),
    phoneSince: NOW - 1,
    amount,
    dealHash: DEAL_HASH,
    channel: 'sms',
    provider: 'demo',
    broughtIn: null,
    weak: false,
    demo: true,
    iat: NOW - 1000,
    exp: NOW + 899_000,
    ...change,
  };
  return grant as VerifiedGrant;
}

export const RESERVE_CODE = '7K3QXM2P9D';
/** The verifier of that reserve code, as if the relay had signed it and the code matched. */
export function checkedReserve(change: Partial<ReserveVerifier> = {}): CheckedReserveCode {
  const verifier: ReserveVerifier = {
    v: 1,
    purpose: 'reserve-code',
    shop: SHOP,
    till: TILL,
    customer: ANNA,
    id: idOf(70),
    issue: idOf(71),
    prefix: RESERVE_CODE.slice(0, 2),
    salt: '0'.repeat(32),
    hash: '0'.repeat(64),
    rounds: 600_000,
    cap: rub(3000),
    demo: true,
    at: NOW - 1000,
    ...change,
  };
  return verifier as CheckedReserveCode;
}

export function reserveOf(
  action: SaleAction,
  change: Partial<GivenReserveCode> = {},
): GivenReserveCode {
  return { kind: 'reserve-code', action, code: RESERVE_CODE, signed: 'h.p.s', ...change };
}

export const offline: ConnectivityFact = {
  state: 'offline',
  relayAt: NOW - 60_000,
  providerAt: null,
  noCodeBecause: 'unreachable',
};

export function overrideOf(action: SaleAction, change: Partial<GivenOverride> = {}): GivenOverride {
  return {
    kind: 'override',
    action,
    askedBy: CASHIER,
    by: SENIOR,
    because: 'no-internet',
    note: null,
    connectivity: offline,
    ...change,
  };
}
