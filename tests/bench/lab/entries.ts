// Entries of another till that come down to a till of its own database, and the same rows written raw.
import { productsOf } from '$lib/domain/receipt/receipt';
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { v7 as newId } from 'uuid';
import type { Grant } from '$lib/contract/grant';
import type { Confirmation } from '$lib/contract/acts/account';
import type { SaleBody } from '$lib/contract/acts/sale';
import type { Card } from '$lib/contract/journal-upload';
import {
  DOWNLOAD_ENTRIES,
  type Cursor,
  type JournalPage,
  type OrderedEntry,
} from '$lib/contract/shop-journal';
import { phoneHash } from '$lib/proof/deal';
import { signGrant } from '$lib/proof/grant';
import { GENESIS, sealEntry, type ChainHead } from '$lib/proof/chain';
import { makeCardSalt, makeSalt, sealCard } from '$lib/proof/record';
import { followLog, signCheckpoint, START_OF_LOG } from '$lib/proof/shop-log';
import { TillDb } from '$lib/storage/database/db';
import { seededCustomers } from '../seeded';
import { seededRandom } from '../../support/seeded-random';
import { AT, cash, HOUR, openShop, OWNER, receiptOf, SHOP, TILL } from '../../support/storage-shop';
import type { Shop } from '../../support/storage-shop';
import type { Order, OrderCall } from './order';

const OTHER = newId();
const EPOCH = 1;
const CUSTOMERS = 1_000;

const moment = seededRandom(23);
let shop: Shop;
let entries: OrderedEntry[] = [];
let pages: Extract<JournalPage, { kind: 'journal' }>[] = [];
const cards = new Map<string, Card>();

/** A till in a database of its own, and the order of a shop whose other till made `count` entries. */
export async function prepareOrder(count: number): Promise<void> {
  shop = await openShop(new TillDb(`bench-down-${newId()}`));
  entries = [];
  let relayHead: ChainHead = GENESIS;
  const byRelay = async (act: string, body: Record<string, unknown>) => {
    const draft = { till: SHOP, at: AT, operator: null, policy: 1, act, body };
    const entry = await sealEntry(relayHead, draft);
    relayHead = entry;
    entries.push({ order: entries.length + 1, receivedAt: AT, verdict: 'accepted', entry });
  };
  await byRelay('epoch-began', { epoch: EPOCH, shared: 0 });
  const joined = { till: OTHER, number: 2, name: 'Касса 2', publicKey: shop.relay.publicKey };
  await byRelay('till-joined', joined);

  let head: ChainHead = GENESIS;
  const made = otherTill(count);
  for await (const { act, body } of made) {
    const seen = { epoch: EPOCH, order: entries.length };
    const draft = { till: OTHER, at: AT, operator: OWNER, policy: 1, seen, act, body };
    const entry = await sealEntry(head, draft);
    head = entry;
    entries.push({ order: entries.length + 1, receivedAt: AT, verdict: 'accepted', entry });
  }
  pages = [];
  let from: Cursor = { epoch: 0, ...START_OF_LOG };
  for (let first = 0; first < entries.length; first += DOWNLOAD_ENTRIES) {
    const log = await followLog(from, entries.slice(first, first + DOWNLOAD_ENTRIES).map(loggedOf));
    if (log === null) throw new Error('a gap');
    from = { ...log, epoch: EPOCH };
    pages.push(await pageUpTo(from));
  }
}

const loggedOf = (each: OrderedEntry) => {
  if ('own' in each) throw new Error('not of this till');
  return { order: each.order, verdict: each.verdict, hash: each.entry.hash };
};

async function pageUpTo(point: Cursor): Promise<(typeof pages)[number]> {
  const { privateKey, kid } = shop.relay;
  const signed = { v: 1, purpose: 'checkpoint', shop: SHOP, at: AT, ...point } as const;
  const sent = pages.reduce((sum, page) => sum + page.entries.length, 0);
  return {
    kind: 'journal',
    entries: entries.slice(sent, point.order),
    head: entries.length,
    checkpoint: await signCheckpoint(signed, privateKey, kid),
  };
}

/** The acts of the other till: its customers, then sales on account with a code, sales for cash, and changed cards. */
async function* otherTill(count: number) {
  const random = seededRandom(17);
  const people = seededCustomers(CUSTOMERS).map((each) => ({ ...each, id: newId() }));
  const saved = async (place: number, name: string) => {
    const person = people[place];
    if (person === undefined) throw new Error('nobody');
    const { id: customer, phone } = person;
    const card = { name, phone, salt: makeSalt(), cardSalt: makeCardSalt(), ...NO_SEALED_DETAILS };
    const recordHash = await sealCard(card);
    cards.set(recordHash, card);
    const body = { customer, recordHash, credit: { kind: 'shop-limit' } };
    return { act: 'customer-saved', body };
  };
  for (let number = 1; number <= count; number += 1) {
    const place = number <= CUSTOMERS ? number - 1 : Math.floor(random() * CUSTOMERS);
    const { id = '', name = '' } = people[place] ?? {};
    const kind = number <= CUSTOMERS ? 0 : random();
    if (kind < 0.1) yield await saved(place, `${name} ${number}`);
    else yield { act: 'sale', body: await saleOf(number, kind < 0.7 ? id : null) };
  }
}

/** Bread and cheese: on the customer's account with their code, or paid by nobody known. */
async function saleOf(number: number, customer: string | null): Promise<SaleBody> {
  const total = 110_000;
  const onAccount = customer === null ? 0 : total;
  const { id: sale, lines } = receiptOf(newId(), { cheese: 1, customer });
  return {
    sale,
    number,
    currency: 'RUB',
    customer,
    total,
    changeDue: 0,
    pointsEarned: 0,
    onAccount,
    dueDays: null,
    day: '2026-11-28',
    rounding: 0,
    pointValue: 100,
    repaidEarns: null,
    given: null,
    byRules: null,
    discountsAllowedBy: null,
    ageConfirmed: null,
    removed: { lines: 0, sum: 0 },
    held: { times: 0, longestMs: 0 },
    lines: lines.map(({ product, name, barcode, unit, quantity, unitPrice, listPrice }) => ({
      product,
      name,
      barcode,
      unit,
      quantity,
      unitPrice,
      listPrice,
      total: unitPrice,
      priceFrom: 'list',
      noDiscounts: false,
      askAge: null,
      mark: null,
      tax: { subject: 'goods', vat: 'none' },
      discounts: [],
      pointsPart: 0,
      category: null,
      given: null,
    })),
    tenders: customer === null ? [{ kind: 'cash', amount: total }] : [],
    accounts: customer === null ? [] : [{ customer, account: 'debt', delta: total }],
    confirmations: customer === null ? [] : [await codeFor(sale, customer, total)],
    stock: productsOf(lines).map((product) => ({ product, delta: -1_000 })),
  };
}

async function codeFor(receipt: string, customer: string, minor: number): Promise<Confirmation> {
  const { privateKey, kid } = shop.relay;
  const challenge = newId();
  const grant: Grant = {
    v: 1,
    shop: SHOP,
    till: OTHER,
    challenge,
    receipt,
    customer,
    person: null,
    channel: 'sms',
    action: 'sell-on-account',
    operator: OWNER,
    provider: 'smsru',
    broughtIn: null,
    weak: false,
    demo: false,
    phoneHash: await phoneHash('0'.repeat(64), '+79250000601'),
    phoneSince: AT - 99 * HOUR,
    amount: { minor, currency: 'RUB' },
    dealHash: '0'.repeat(64),
    iat: AT,
    exp: AT + HOUR,
  };
  const jws = await signGrant(grant, privateKey, kid);
  return { kind: 'code', action: 'sell-on-account', amount: minor, challenge, grant: jws };
}

let worker: Worker;

/** Calls a function of `order.ts` in its worker. `script`: of the built `order`, the first time. */
export async function inWorker(
  name: OrderCall['name'],
  script: string | null = null,
): Promise<number> {
  if (script !== null) {
    worker = new Worker(URL.createObjectURL(new Blob([script])));
    const database = shop.db.name;
    await asked('prepare', { database, till: TILL, epoch: EPOCH, at: AT, pages, cards });
  }
  return asked(name);
}

function asked(name: OrderCall['name'], order: Order | null = null): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ value: number; failed?: string }>) =>
      data.failed === undefined ? resolve(data.value) : reject(new Error(data.failed));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage({ name, order } satisfies OrderCall);
  });
}

/** One sale at this till, at any moment; ms until it was durable. */
async function sellOne(): Promise<number> {
  const receipt = receiptOf(newId(), { cheese: 1, tenders: [cash(110_000)] });
  await new Promise((resolve) => setTimeout(resolve, 30 * moment()));
  const since = performance.now();
  const outcome = await shop.sell(receipt);
  if (outcome.kind !== 'saved') throw new Error(outcome.kind);
  return performance.now() - since;
}

/** So many sales, one after another; ms of each. */
export async function sellIdle(count: number): Promise<number[]> {
  const took: number[] = [];
  while (took.length < count) took.push(await sellOne());
  return took;
}

/** The longest block of the page while the order comes down, ms; 0: none of 50. */
export async function longestBlock(): Promise<number> {
  let block = 0;
  const note = (entries: PerformanceEntryList) => {
    for (const { duration } of entries) block = Math.max(block, duration);
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: 'longtask' });
  await inWorker('downloadOrder');
  note(observer.takeRecords());
  observer.disconnect();
  return block;
}

/** Sells as long as the order comes down; ms of each sale. */
export async function sellMeanwhile(): Promise<number[]> {
  let isDone = false;
  const coming = inWorker('downloadOrder').finally(() => (isDone = true));
  const took: number[] = [];
  while (!isDone) took.push(await sellOne());
  await coming;
  return took;
}
