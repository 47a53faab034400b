// A shop of several tills over a bad network: random steps, and a record of what really happened.
import { codeHash } from '$lib/domain/values/receipt-number';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import type { Act, Entry, EntryOf } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import type { DiscountRule } from '$lib/contract/discount-rule';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { RemoteEntryRow } from '$lib/contract/shop-copy';
import { DAY_MS } from '$lib/domain/values/durations';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import { joinedDebts } from '$lib/domain/customers/debts';
import { money } from '$lib/domain/values/money';
import { originalOf } from '$lib/proof/known-entry';
import type { Phone } from '$lib/domain/values/phone';
import { expectedCash, expectedTerminal, isOpen } from '$lib/domain/shift/shift';
import { customerById, customersByIds } from '$lib/storage/customers/customers';
import { openDiscrepancies } from '$lib/storage/customers/discrepancies';
import { saveCorrection } from '$lib/storage/sales/corrections';
import { debtsOf, savePayout, saveRepayment } from '$lib/storage/customers/debts';
import { closeDispute, disputeOf, openDispute } from '$lib/storage/customers/disputes';
import { lineageIn } from '$lib/storage/database/meta';
import { areForgotten } from '$lib/storage/remote/forgotten-customers';
import { entriesOf, headIn, latestRepayments } from '$lib/storage/journal/reader';
import { saveCancellation } from '$lib/storage/sales/cancelled-repayments';
import { saveReturn } from '$lib/storage/sales/returns';
import { forgetRemote, remoteCursorIn } from '$lib/storage/remote/remote-order';
import { snapshotIn } from '$lib/storage/remote/remote-snapshot';
import { cancelReceipt, recordReprint, takeUpReceipt } from '$lib/storage/sales/receipts';
import { closeShift, countDrawer, recordInShift, shiftOf } from '$lib/storage/shifts/shifts';
import { openSnapshots } from '../../relay/journal/snapshots';
import { standingOf } from '../../relay/store/account-steps';
import { declarePutBack } from '../../relay/tills/restored';
import { adoptService, smsruDraft } from '../support/challenges';
import { FakeSmsru } from '../support/fake-smsru';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { RelayCopy } from '../support/relay-copy';
import { rememberWebCrypto } from '../support/remembered-webcrypto';
import { TillClient } from '../support/till-client';
import { acceptWaiting } from '../support/till-journal';
import { BREAD, WholeTill, type Rung, type Shop } from '../support/whole-till';
import {
  cardsInOrder,
  categoriesInOrder,
  goodsInOrder,
  personsInOrder,
  proofsUsedTwice,
  type Undone,
} from './naive-order';
import { issueCodes, ringByCode, type HeldCode } from './simulated-reserve-codes';
import {
  addNewPerson,
  BREAD_ADDED,
  changeBread,
  importOne,
  removeOnePerson,
  reviewOldest,
  settleOne,
  undoOneImport,
  type By,
} from './simulated-acts';

// relay and till derive the same slow hashes
rememberWebCrypto();

const TILLS = 3;
/** The last of them rarely owes anything, so that they can be forgotten. */
const CUSTOMERS = 3;
/** After this many exchanges of every till with the relay nothing may be under way. */
const ENOUGH = 4;

/** Off a dear receipt, and for a customer who has bought enough. It takes as much off every sale, so that none is like another. */
const RULES = (
  [
    { kind: 'total', from: 30_000 },
    { kind: 'purchases', from: 40_000 },
  ] as const
).map((condition): DiscountRule => ({
  id: uuidv7(),
  name: `From ${condition.from}`,
  active: true,
  adds: false,
  condition,
  from: null,
  until: null,
  hours: null,
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  scope: { kind: 'everything' },
  amount: { kind: 'once', sum: 1_000 },
}));

/** What the network does with one exchange. */
const FAULTS = [
  ...(['none', 'request-lost', 'reply-lost'] as const),
  // the request arrives after its sender has given up and sent a later one
  'request-late',
  // the reply arrives after later requests, while the till goes on
  'reply-late',
  'doubled',
] as const;
type NetworkFault = (typeof FAULTS)[number];

/** The path of a till's request; its URL is always a string. */
const pathOf = (input: Parameters<typeof fetch>[0]): string =>
  typeof input === 'string' ? input : '';

const till = fc.nat(TILLS - 1);
const customer = fc.nat(CUSTOMERS - 1);
const fault = fc.constantFrom('none', 'none', ...FAULTS);
const kind = <K extends string>(name: K) => fc.constant(name);
const price = fc.integer({ min: 1, max: 60 });
/** Customers, and after them the one who was imported last. */
const payer = fc.nat(CUSTOMERS);
const buyer = fc.oneof(
  { arbitrary: fc.nat(CUSTOMERS - 2), weight: 9 },
  { arbitrary: customer, weight: 1 },
);
const sell = fc.record({
  kind: kind('sell'),
  till,
  customer: buyer,
  price,
  paid: fc.constantFrom(0, 0.5, 1),
  points: fc.nat(3),
  consent: fc.constantFrom('owner' as const, 'customer' as const),
});
const step = fc.oneof(
  { arbitrary: sell, weight: 12 },
  { arbitrary: fc.record({ kind: kind('repay'), till, customer: payer, price }), weight: 5 },
  { arbitrary: fc.record({ kind: kind('cancel'), till, nth: fc.nat(3) }), weight: 3 },
  { arbitrary: fc.record({ kind: kind('pay-out'), till, customer: payer, price }), weight: 3 },
  {
    arbitrary: fc.record({
      kind: kind('correct'),
      till,
      customer: payer,
      price,
      way: fc.constantFrom('debt-up', 'debt-down', 'points-up', 'points-down'),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({ kind: kind('return'), till, nth: fc.nat(30) }),
    weight: 5,
  },
  {
    arbitrary: fc.record({ kind: kind('return-without-sale'), till, customer: payer, price }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: kind('up'), till, fault }), weight: 8 },
  { arbitrary: fc.record({ kind: kind('down'), till, fault }), weight: 8 },
  { arbitrary: fc.record({ kind: kind('save'), till, customer }), weight: 8 },
  { arbitrary: fc.record({ kind: kind('dispute'), till, customer: payer }), weight: 2 },
  { arbitrary: fc.record({ kind: kind('close'), till, customer: payer }), weight: 2 },
  { arbitrary: fc.record({ kind: kind('forget'), till, customer }), weight: 3 },
  {
    arbitrary: fc.record({ kind: kind('merge'), till, customer: buyer, into: customer }),
    weight: 2,
  },
  { arbitrary: fc.record({ kind: kind('reprint'), till, nth: fc.nat(9) }), weight: 3 },
  { arbitrary: fc.record({ kind: kind('drop-copy'), till }), weight: 1 },
  { arbitrary: fc.record({ kind: kind('join'), till, chunks: fc.nat(9) }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: kind('drawer'),
      till,
      amount: fc.integer({ min: 1, max: 900 }),
      what: fc.constantFrom('in', 'out', 'open', 'close', 'cancel'),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      kind: kind('goods'),
      till,
      amount: price,
      what: fc.constantFrom('price', 'price', 'name', 'count'),
    }),
    weight: 8,
  },
  {
    arbitrary: fc.record({
      kind: kind('category'),
      till,
      order: fc.integer({ min: 1, max: 9 }),
      category: fc.constantFrom('Еда', 'Рыба'),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ kind: kind('add-person'), till, customer: buyer }), weight: 3 },
  {
    arbitrary: fc.record({ kind: kind('remove-person'), till, customer: buyer, nth: fc.nat(2) }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      kind: kind('import'),
      till,
      points: fc.nat(30),
      owed: fc.oneof(fc.constant(0), fc.integer({ min: -30, max: 60 })),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: kind('sell-imported'), till, price }), weight: 2 },
  { arbitrary: fc.record({ kind: kind('undo-import'), till, nth: fc.nat(1) }), weight: 3 },
  // seldom: deriving five slow hashes takes as long as a whole schedule
  { arbitrary: fc.record({ kind: kind('issue-codes'), till, customer: buyer }), weight: 1 },
  { arbitrary: fc.record({ kind: kind('sell-by-code'), till, price }), weight: 3 },
  {
    arbitrary: fc.record({
      kind: kind('settle'),
      till,
      nth: fc.nat(2),
      isApplied: fc.boolean(),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: kind('review'), till }), weight: 2 },
  { arbitrary: fc.record({ kind: kind('re-enrol'), till }), weight: 2 },
  { arbitrary: fc.record({ kind: kind('restart'), till }), weight: 1 },
  // sets the clock of a till
  {
    arbitrary: fc.record({ kind: kind('clock'), till, days: fc.constantFrom(-1, 0, 1) }),
    weight: 3,
  },
  // closes a tab while entries are applied
  {
    arbitrary: fc.record({ kind: kind('tab'), till, nth: fc.integer({ min: 1, max: 2 }) }),
    weight: 2,
  },
  // makes a second device with the same records: both sell, and one of them uploads first
  {
    arbitrary: fc.record({
      kind: kind('clone'),
      till,
      customer: buyer,
      price,
      isFirst: fc.boolean(),
      consent: fc.constantFrom('owner' as const, 'customer' as const),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ kind: kind('copy'), till }), weight: 1 },
  { arbitrary: fc.record({ kind: kind('put-back'), till, isSaid: fc.boolean() }), weight: 2 },
);
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The step that makes each act; null: none, for the given reason. */
export const STEP_OF = {
  ...({ sale: 'sell', repayment: 'repay', 'repayment-cancelled': 'cancel' } as const),
  ...({ 'overpayment-returned': 'pay-out', 'balance-corrected': 'correct' } as const),
  ...({ return: 'return', 'receipt-reprinted': 'reprint', 'customer-saved': 'save' } as const),
  ...({ 'customer-forgotten': 'forget', 'customers-merged': 'merge' } as const),
  ...({ 'authorised-person-added': 'add-person' } as const),
  ...({ 'authorised-person-removed': 'remove-person' } as const),
  ...({ 'customers-imported': 'import', 'import-undone': 'undo-import' } as const),
  ...({ 'products-changed': 'goods', 'categories-changed': 'category' } as const),
  ...({ 'shift-opened': 'drawer', 'shift-closed': 'drawer', 'cash-moved': 'drawer' } as const),
  ...({ 'drawer-counted': 'drawer', 'drawer-opened': 'drawer' } as const),
  ...({ 'receipt-cancelled': 'drawer', 'receipt-resumed': 'drawer' } as const),
  ...({ dispute: 'dispute', settled: 'settle', 'unconfirmed-reviewed': 'review' } as const),
  ...({ 'till-enrolled': 're-enrol', 'carried-over': 're-enrol' } as const),
  // codes become void by many wrong tries only, which concern one device
  ...({ 'reserve-codes-issued': 'issue-codes', 'reserve-codes-voided': null } as const),
  // concern only the files of one device, and leave nothing at others
  ...({ 'backup-restored': null, 'entries-skipped': null, 'numbers-skipped': null } as const),
  ...({ 'pin-locked': null, 'policy-refused': null } as const),
  // counted like cash put in, by people with a right that no built-in group has
  ...({ tip: null } as const),
  // of one till's open shift; what reaches other tills is a row of the kind that returns leave
  ...({ 'tender-corrected': null } as const),
} as const satisfies Record<Act, Step['kind'] | null>;
/** Sequences that single random steps rarely make. */
const scene = fc
  .record({ a: till, b: till, customer: buyer, price, paid: price })
  .chain(({ a, b, customer: place, price: sum, paid }) => {
    const whose = { customer: place, price: sum };
    const atOf = (of: number, what: 'up' | 'down'): Step => ({
      kind: what,
      till: of,
      fault: 'none',
    });
    const sold: Step = {
      kind: 'sell',
      till: a,
      ...whose,
      paid: 0,
      points: 0,
      consent: 'owner',
    };
    const repaid = (of: number, customer = place): Step => ({
      kind: 'repay',
      till: of,
      customer,
      price: paid,
    });
    const goods = (of: number, amount: number): Step => ({
      kind: 'goods',
      till: of,
      what: 'price',
      amount,
    });
    const [sent, got] = [atOf(a, 'up'), atOf(b, 'down')];
    const payout: Step = { kind: 'pay-out', till: b, ...whose };
    const imported: Step = { kind: 'import', till: a, owed: paid - 30, points: sum };
    const undone = (of: number): Step => ({ kind: 'undo-import', till: of, nth: 0 });
    const issued: Step = { kind: 'issue-codes', till: a, customer: place };
    const byCode = (of: number): Step => ({ kind: 'sell-by-code', till: of, price: sum });
    const clone: Step = { kind: 'clone', till: a, ...whose, isFirst: true, consent: 'owner' };
    const anew: Step = { kind: 're-enrol', till: a };
    const bought: Step = { kind: 'sell-imported', till: b, price: sum };
    return fc.constantFrom<readonly Step[]>(
      [sold, repaid(a), { kind: 'cancel', till: a, nth: 0 }],
      [sold, sent, got, repaid(a), repaid(b), sent, got, payout],
      [goods(a, sum), goods(b, paid), sent, atOf(b, 'up')],
      [imported, sent, got, bought, undone(a)],
      [imported, sent, got, repaid(b, CUSTOMERS), undone(a), sent],
      [imported, sent, got, undone(b), atOf(b, 'up')],
      [issued, got, byCode(a), byCode(b), issued, byCode(b)],
      [issued, byCode(a), anew, byCode(a), sent, byCode(a)],
      [issued, clone, byCode(a), sent],
    );
  });
export const schedules = fc
  .array(
    fc.oneof(
      { arbitrary: step.map((one): readonly Step[] => [one]), weight: 15 },
      { arbitrary: scene, weight: 1 },
    ),
    { minLength: 4, maxLength: 24, size: 'max' },
  )
  .map((parts) => parts.flat());

/** Faults that must happen in a run; otherwise it proves nothing about them. */
export const FAULTS_TO_MEET = [
  ...(['request-lost', 'reply-lost', 'fork', 'put-back', 'stale-edit', 'tab-closed'] as const),
  ...(['clock-wrong', 're-enrolled', 'forgotten', 'forget-refused', 'merged'] as const),
  ...(['reduced', 'rounded', 'balances-undone', 'reserve-code', 'unlisted'] as const),
  ...(['stale-goods', 'request-late', 'reply-late', 'doubled', 'snapshot-resumed'] as const),
  ...(['stale-category'] as const),
];
export type FaultMet = (typeof FAULTS_TO_MEET)[number];

/** Flags that a fault explains: two devices of one till, and tills that a restored relay does not know. */
const EXPLAINED: Partial<Record<FaultMet, readonly FlagKind[]>> = {
  fork: [
    ...(['quarantined', 'head-differs', 'unconfirmed', 'number-repeated'] as const),
    ...(['former-elsewhere', 'former-incomplete', 'foreign-entry'] as const),
  ],
  'put-back': ['former-relay'],
};

type Account = { readonly customer: string; readonly account: string; readonly delta: number };

export class SimulatedShop {
  readonly clock: ReturnType<typeof makeClock>;
  readonly relay: RunningRelay;
  readonly tills: WholeTill[] = [];
  /** How many tills have compared their control sums with the relay's, and how many could not. */
  readonly sums = { compared: 0, notCompared: 0 };
  /** Faults met since it was opened. */
  readonly met = new Set<FaultMet>();
  readonly #shop: Shop;
  readonly #smsru: FakeSmsru;
  readonly #copy = new RelayCopy();
  /** Clones that are tills of their own, until the end of the schedule. */
  #clones: WholeTill[] = [];
  #customers: readonly string[] = [];
  /** Steps of accounts of every sale, repayment and correction, and the name on every card, by hash. */
  #moved = new Map<string, readonly Account[]>();
  /** What is left of every debt, by the hash of the entry that made it. */
  #debts = new Map<string, { readonly customer: string; left: number }>();
  /** Points that repayments of each debt have earned. */
  #earned = new Map<string, number>();
  readonly #names = new Map<string, string>();
  /** Requests under way whose sender has given up. */
  #late: (() => Promise<unknown>)[] = [];
  /** Exchanges that wait for a reply; `arrive` delivers it, and resolves when the exchange ends. */
  #held: { readonly at: WholeTill; readonly arrive: () => Promise<unknown> }[] = [];
  /** Tills that joined in this schedule, until its end. */
  #joined: WholeTill[] = [];
  /** Tills that began with a part of a snapshot, and the snapshot's place in the order. */
  #cut = new Map<WholeTill, number>();
  /** Customers who were imported in this schedule, with their numbers. */
  readonly #imported = new Map<string, Phone>();
  /** Reserve codes as the customers have them, the newest issue first. */
  #codes: HeldCode[] = [];
  #serial = 0;
  #schedules = 0;
  /** Whether the relay was restored from a copy in this schedule. */
  #isPutBack = false;
  /** Whether an upload got no reply, and the relay was restored after it: then no till can prove that it arrived. */
  #isUnanswered: 'no' | 'uploaded' | 'put-back' = 'no';
  /** The newest finding and the last entry of the relay before this schedule, and when it began, ms. */
  #flagsBefore = 0;
  #orderBefore = 0;
  #began = 0;

  private constructor(shop: Shop & { clock: SimulatedShop['clock'] }, smsru: FakeSmsru) {
    this.#shop = shop;
    this.relay = shop.relay;
    this.clock = shop.clock;
    this.#smsru = smsru;
  }

  static async open(): Promise<SimulatedShop> {
    const clock = makeClock(Date.parse('2026-11-20T10:00:00Z'));
    const smsru = await FakeSmsru.start();
    // other tests check the disk and the use of transactions; here both would only cost time
    const guard = { run: <T>(work: () => Promise<T>) => work(), isInside: () => false };
    const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    const dataDir = mkdtempSync(join(memory, 'counterfoil-simulation-'));
    const relay = await startRelay({ now: clock.now, dataDir, overrides: { guard } });
    const owner = await TillClient.ready(relay.url, clock.now);
    await owner.elevate();
    await adoptService(relay, owner, smsruDraft(smsru));
    const policy = await owner.policy();
    policy.points.onRepayment = true;
    policy.cashRounding = { step: 100, way: 'nearest' };
    policy.discountRules = RULES;
    const next = { ...policy, version: policy.version + 1 };
    const { json } = await owner.putPolicy(policy.version, next);
    if (json.kind !== 'policy') throw new Error(JSON.stringify(json));
    const opened = new SimulatedShop({ relay, clock, owner }, smsru);
    for (let n = 1; n <= TILLS; n += 1)
      opened.tills.push(await WholeTill.enrolled(opened.#shop, `Касса ${n}`));
    await opened.#till(0).changeGoods([BREAD_ADDED]);
    return opened;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all().map((each) => each.close()));
    await this.relay.stop();
    rmSync(this.relay.dataDir, { recursive: true, force: true });
    await this.#smsru.stop();
    this.#copy.remove();
  }

  /** Begins a schedule with new customers, after all windows of caps and thresholds have passed. */
  async begin(): Promise<void> {
    this.clock.pass(31 * DAY_MS);
    this.#smsru.forget();
    for (const each of [...this.#clones.splice(0), ...this.#joined.splice(0)]) await each.close();
    for (const each of this.tills) each.skewMs = 0;
    this.#moved.clear();
    this.#debts.clear();
    this.#earned.clear();
    this.#imported.clear();
    this.#codes = [];
    this.#cut.clear();
    this.#isPutBack = false;
    this.#isUnanswered = 'no';
    this.#serial = 0;
    this.#schedules += 1;
    this.#customers = Array.from({ length: CUSTOMERS }, () => uuidv7());
    for (const place of this.#customers.keys()) await this.#save(this.#till(0), place);
    await this.heal();
    this.#copy.take(this.relay);
    const newest = (sql: string) => this.relay.file.prepare(sql).pluck().get() as number;
    this.#flagsBefore = newest('SELECT coalesce(max(cursor), 0) FROM flags');
    this.#orderBefore = newest('SELECT max(shop_order) FROM journal');
    // the clock of a till may be a day behind
    this.clock.pass(2 * DAY_MS);
    this.#began = this.clock.now() - DAY_MS;
  }

  #all(): readonly WholeTill[] {
    return [...this.tills, ...this.#clones, ...this.#joined];
  }

  #till(place: number): WholeTill {
    const found = this.tills[place];
    if (found === undefined) throw new Error('no till');
    return found;
  }

  /** Of an imported customer it is the newest. */
  #customer(place: number): string {
    return this.#customers[place] ?? this.#newestImported() ?? this.#customers[0] ?? '';
  }

  #newestImported(): string | undefined {
    return [...this.#imported.keys()].at(-1);
  }

  /** Other numbers in each schedule, because the number of a forgotten customer is erased. `place`: below 1 000. */
  #phoneOf(place: number): Phone {
    return `+7925${String(this.#schedules * 1_000 + place).padStart(7, '0')}` as Phone;
  }

  async #save(at: WholeTill, place: number): Promise<void> {
    const [isForgotten] = await areForgotten(at.db, [this.#customer(place)]);
    if (isForgotten === true) return;
    this.#serial += 1;
    const name = `Анна ${this.#serial}`;
    await at.save(this.#customer(place), { name, phone: this.#phoneOf(place) });
    return this.#noteCard(at);
  }

  /** Records the name on the card that a till saved last. */
  async #noteCard(at: WholeTill): Promise<void> {
    const entry = (await at.entries()).at(-1);
    if (entry?.act !== 'customer-saved') return;
    const card = await customerById(at.db, String(entry.body['customer']));
    if (card !== null) this.#names.set(String(entry.body['recordHash']), card.name);
  }

  /** Makes a sale with a unique sum, so that each message about it is unique. Returns whether it was saved. */
  async #sell(
    at: WholeTill,
    wish: Omit<Extract<Step, { kind: 'sell' }>, 'kind' | 'till' | 'customer'>,
    id: string,
  ): Promise<boolean> {
    this.#serial += 1;
    const total = wish.price * 1_000 + this.#serial;
    const cash = Math.floor((total * wish.paid) / 100) * 100;
    const points = wish.points * 100 <= total - cash ? wish.points : 0;
    const known = await customerById(at.db, id);
    const rung = await at.ring(known === null ? null : id, {
      price: total,
      points: known === null ? 0 : points,
      cash: known === null ? Math.ceil(total / 100) * 100 : cash,
      consent: known === null || known.phone === null ? 'owner' : wish.consent,
      // every fifth sum, which changes no random schedule
      isUnlisted: this.#serial % 5 === 0,
    });
    return this.#sellRung(at, rung);
  }

  /** Closes the receipt. Returns whether the sale was saved. */
  async #sellRung(at: WholeTill, rung: Rung): Promise<boolean> {
    const outcome = await at.sellRung(rung);
    if (outcome.kind !== 'saved') return false;
    const { hash, body } = outcome.entry;
    this.#moved.set(hash, body['accounts'] as Account[]);
    if (body['rounding'] !== 0) this.met.add('rounded');
    if (rung.receipt.lines.some(({ product }) => product === null)) this.met.add('unlisted');
    if ((body['byRules'] as SaleBody['byRules'])?.names.length) this.met.add('reduced');
    const { onAccount } = outcome.sale;
    const { customer } = rung.receipt;
    if (customer !== null && onAccount > 0) this.#debts.set(hash, { customer, left: onAccount });
    return true;
  }

  /** Imports a customer with unique balances. */
  async #import(
    at: WholeTill,
    wish: { readonly owed: number; readonly points: number },
    by: By,
  ): Promise<void> {
    this.#serial += 1;
    const [customer, phone] = [uuidv7(), this.#phoneOf(10 + this.#serial)];
    const entry = await importOne(at, {
      id: customer,
      name: `Импорт ${this.#serial}`,
      phone,
      owed: wish.owed && wish.owed * 1_000 + this.#serial,
      points: wish.points,
      ...by,
    });
    this.#imported.set(customer, phone);
    const { accounts } = entry.body;
    this.#moved.set(entry.hash, accounts);
    for (const { account, delta } of accounts)
      if (account === 'debt') this.#debts.set(entry.hash, { customer, left: delta });
  }

  /** Makes a repayment with a unique message. */
  async #repay(at: WholeTill, wish: { customer: number; price: number }): Promise<void> {
    this.#serial += 1;
    const amount = Math.floor((wish.price * 1_000 + this.#serial) / 100) * 100;
    // another minute makes its message unique, even if two tills pay off the whole debt
    this.clock.pass(61_000);
    const outcome = await saveRepayment(at.db, {
      repayment: uuidv7(),
      customer: this.#customer(wish.customer),
      operator: this.#shop.owner.ownerId,
      at: at.now(),
      tenders: [{ kind: 'cash', amount: money(amount) }],
    });
    if (outcome.kind !== 'saved') return;
    const { hash, body } = outcome.entry;
    this.#moved.set(hash, body.accounts);
    for (const { debt, amount } of body.settles) {
      const settled = this.#debts.get(debt);
      if (settled !== undefined) settled.left -= amount;
    }
    for (const { debt, points } of body.earned)
      this.#earned.set(debt, (this.#earned.get(debt) ?? 0) + points);
  }

  /** Cancels one of the till's newest repayments; the owner allows it without a code. */
  async #cancel(at: WholeTill, nth: number): Promise<void> {
    const latest = await latestRepayments(at.db, 4);
    const repayment = latest[nth % Math.max(1, latest.length)];
    if (repayment?.act !== 'repayment' || !this.#moved.has(repayment.hash)) return;
    const outcome = await saveCancellation(at.db, {
      allowedBy: null,
      cancellation: uuidv7(),
      repayment: repayment as EntryOf<'repayment'>,
      reason: 'Wrong',
      operator: this.#shop.owner.ownerId,
      at: at.now(),
      confirmations: [at.override('sell-on-account')],
    });
    if (outcome.kind !== 'saved') return;
    const { hash, body } = outcome.entry;
    this.#moved.set(hash, body.accounts);
    for (const { debt, amount } of body.settles) {
      const owed = this.#debts.get(debt);
      if (owed !== undefined) owed.left += amount;
    }
    for (const { debt, points } of body.takenBack)
      this.#earned.set(debt, (this.#earned.get(debt) ?? 0) - points);
  }

  /** Pays out what the shop owes a customer, by what the till knows, or a part of it. */
  async #payOut(at: WholeTill, wish: { customer: number; price: number }): Promise<void> {
    const customer = this.#customer(wish.customer);
    const { weOwe } = await debtsOf(at.db, customer);
    // another minute makes its message unique, even if another till pays out the same sum
    this.clock.pass(61_000);
    const outcome = await savePayout(at.db, {
      payout: uuidv7(),
      customer,
      tender: 'cash',
      allowedBy: null,
      amount: money(Math.min(weOwe, wish.price * 1_000)),
      operator: this.#shop.owner.ownerId,
      at: at.now(),
    });
    if (outcome.kind !== 'saved') return;
    const { hash, body } = outcome.entry;
    this.#moved.set(hash, body.accounts);
    this.#debts.set(hash, { customer, left: body.amount });
  }

  /** Makes a correction with a unique sum; the owner allows it without a code. */
  async #correct(at: WholeTill, wish: Extract<Step, { kind: 'correct' }>): Promise<void> {
    this.#serial += 1;
    const isDebt = wish.way.startsWith('debt');
    const sum = isDebt ? wish.price * 100 + this.#serial : wish.price;
    const delta = wish.way.endsWith('up') ? sum : -sum;
    const isTaken = isDebt ? delta > 0 : delta < 0;
    const customer = this.#customer(wish.customer);
    const outcome = await saveCorrection(at.db, {
      correction: uuidv7(),
      customer,
      account: isDebt ? 'debt' : 'points',
      delta,
      reason: `Miscounted ${this.#serial}`,
      debt: null,
      operator: this.#shop.owner.ownerId,
      at: at.now(),
      confirmations: isTaken ? [at.override(isDebt ? 'sell-on-account' : 'redeem-points')] : [],
    });
    if (outcome.kind !== 'saved') return;
    const { hash, body } = outcome.entry;
    this.#moved.set(hash, body.accounts);
    if (isDebt && delta > 0) this.#debts.set(hash, { customer, left: delta });
    for (const { debt, amount } of body.settles) {
      const lowered = this.#debts.get(debt);
      if (lowered !== undefined) lowered.left -= amount;
    }
  }

  /** Returns goods of one of the sales that the till knows. */
  async #return(at: WholeTill, { nth }: { nth: number }): Promise<void> {
    const rows = [...(await at.db.sales.toArray()), ...(await at.db.remoteSales.toArray())];
    const known = rows.toSorted((a, b) => b.at - a.at || (a.hash < b.hash ? -1 : 1));
    const [row] = known.slice(nth % Math.max(1, Math.min(known.length, 4)));
    const [sale] = row === undefined ? [] : await entriesOf(at.db, [row]);
    if (sale === undefined || !this.#moved.has(sale.hash)) return;
    // another minute makes its message unique, even if another till returns the same goods
    this.clock.pass(61_000);
    const outcome = await saveReturn(at.db, {
      return: uuidv7(),
      sale: sale as EntryOf<'sale'>,
      inCash: false,
      approvedBy: null,
      operator: this.#shop.owner.ownerId,
      at: at.now(),
      note: null,
      shown: 'paper',
      scanned: codeHash(sale.hash),
      reason: 'faulty',
      goods: [{ line: 0, quantity: 1000, to: 'stock' }],
    });
    if (outcome.kind !== 'saved') return;
    const { hash, body } = outcome.entry;
    this.#moved.set(hash, body.accounts);
    const debt = this.#debts.get(sale.hash);
    if (debt !== undefined) debt.left -= body.debtReduced;
  }

  /** Returns goods without a known sale, for a customer who may owe. */
  async #returnWithoutSale(
    at: WholeTill,
    { customer: place, price }: { customer: number; price: number },
  ): Promise<void> {
    this.#serial += 1;
    const list = price * 100 + this.#serial;
    const customer = this.#customer(place);
    const outcome = await saveReturn(at.db, {
      return: uuidv7(),
      sale: null,
      customer,
      inCash: true,
      approvedBy: null,
      note: null,
      operator: this.#shop.owner.ownerId,
      at: at.now(),
      reason: 'faulty',
      goods: [
        {
          product: BREAD,
          name: 'Bread',
          unit: 'piece',
          quantity: 1000,
          to: 'stock',
          prices: { given: list, list },
          mark: null,
          tax: USUAL_TAX,
        },
      ],
    });
    if (outcome.kind !== 'saved') return;
    const { hash, body } = outcome.entry;
    this.#moved.set(hash, body.accounts);
    for (const { debt, amount } of body.settles) {
      const lowered = this.#debts.get(debt);
      if (lowered !== undefined) lowered.left -= amount;
    }
  }

  async run(one: Step): Promise<void> {
    this.clock.pass(1_000);
    const at = this.#till(one.till);
    const by = { operator: this.#shop.owner.ownerId, at: at.now() };
    switch (one.kind) {
      case 'sell':
        await this.#sell(at, one, this.#customer(one.customer));
        return;
      case 'goods':
        return changeBread(at, one);
      case 'category': {
        const { category, order } = one;
        await at.changeCategories([{ category, field: 'order', value: order }]);
        return;
      }
      case 'add-person':
        this.#serial += 1;
        // each person of a schedule has another number
        return addNewPerson(at, {
          customer: this.#customer(one.customer),
          serial: this.#schedules * 1_000 + this.#serial,
        });
      case 'remove-person':
        return removeOnePerson(at, { ...one, customer: this.#customer(one.customer) });
      case 'import':
        return this.#import(at, one, by);
      case 'sell-imported': {
        const wish = { price: one.price, paid: 0, points: 0, consent: 'owner' } as const;
        const id = this.#newestImported();
        if (id !== undefined && (await customerById(at.db, id)) !== null)
          await this.#sell(at, wish, id);
        return;
      }
      case 'issue-codes': {
        // its upload must not wait for a reply that arrives later
        await this.#arrive(at);
        const asked = { customer: this.#customer(one.customer), smsru: this.#smsru, ...by };
        const issued = await issueCodes(at, { ...asked, relay: this.relay.relay });
        this.#codes.unshift(...issued);
        return;
      }
      case 'sell-by-code': {
        this.#serial += 1;
        const rung = await ringByCode(at, this.#codes, one.price * 1_000 + this.#serial);
        if (rung !== null && (await this.#sellRung(at, rung))) this.met.add('reserve-code');
        return;
      }
      case 'undo-import':
        return undoOneImport(at, { ...by, nth: one.nth, since: this.#began });
      case 'settle':
        await settleOne(at, { ...one, ...by });
        return this.#noteCard(at);
      case 'review':
        return reviewOldest(at, by);
      case 'repay':
        return this.#repay(at, one);
      case 'cancel':
        return this.#cancel(at, one.nth);
      case 'pay-out':
        return this.#payOut(at, one);
      case 'correct':
        return this.#correct(at, one);
      case 'return':
        return this.#return(at, one);
      case 'return-without-sale':
        return this.#returnWithoutSale(at, one);
      case 'up':
      case 'down':
        return this.#exchange(at, one);
      case 'join':
        return this.#join(one.chunks);
      case 'save':
        return this.#save(at, one.customer);
      case 'dispute': {
        const about = { customer: this.#customer(one.customer), about: null, note: null };
        await openDispute(at.db, { ...about, ...by });
        return;
      }
      case 'close': {
        const open = await disputeOf(at.db, this.#customer(one.customer));
        if (open === null) return;
        const { customer: whose, entry } = open;
        const closing = { customer: whose, outcome: 'stands', note: 'Asked them', ...by } as const;
        await closeDispute(at.db, { entry, ...closing });
        return;
      }
      case 'drawer':
        return drawer(at, one, by);
      case 'reprint':
        return reprint(at, one.nth, by);
      case 'forget':
        await at.forget(this.#customer(one.customer));
        return;
      case 'merge':
        await at.merge(this.#customer(one.customer), this.#customer(one.into));
        return;
      case 'drop-copy':
        return forgetRemote(at.db, 'kept');
      case 're-enrol':
        this.met.add('re-enrolled');
        return at.reEnrol();
      case 'restart':
        return this.relay.restart();
      case 'clock':
        at.skewMs = one.days * DAY_MS;
        // set back, a clock changes nothing while the page runs
        if (at.now() !== this.clock.now()) this.met.add('clock-wrong');
        return;
      case 'tab':
        await this.#arrive(at);
        if (await at.closedWhileApplying(one.nth)) this.met.add('tab-closed');
        return;
      case 'clone':
        return this.#clone(at, one);
      case 'copy':
        return this.#copy.take(this.relay);
      case 'put-back':
        this.met.add('put-back');
        this.#isPutBack = true;
        if (this.#isUnanswered === 'uploaded') this.#isUnanswered = 'put-back';
        // the relay's flags so far are lost with it
        this.#noteRefused();
        await this.#copy.putBack(this.relay);
        if (one.isSaid) await declarePutBack(this.relay.relay);
    }
  }

  async #exchange(
    at: WholeTill,
    { kind: way, fault: what }: { kind: 'up' | 'down'; fault: NetworkFault },
  ): Promise<void> {
    // a till has one upload and one download under way at most
    await this.#arrive(at);
    if (what !== 'none') this.met.add(what);
    const isAnswered = what === 'none' || what === 'request-lost' || what === 'doubled';
    if (!isAnswered && this.#isUnanswered === 'no') this.#isUnanswered = 'uploaded';
    const later = this.#late.splice(0);
    const exchange = () => (way === 'up' ? at.upload() : at.download());
    if (what === 'reply-late') await this.#hold(at, exchange);
    else {
      at.network = (ask) => async (input, init) => {
        if (what === 'request-lost') throw new TypeError('lost');
        if (what === 'request-late') {
          this.#late.push(() => ask(input, { ...init, signal: null }));
          throw new TypeError('lost');
        }
        const response = await ask(input, init);
        if (what === 'doubled') await ask(input, init);
        if (what === 'reply-lost') throw new TypeError('lost');
        return response;
      };
      await exchange();
      if (way === 'down') await at.pullReserveCodes();
      at.network = (ask) => ask;
    }
    for (const ask of later) await ask();
  }

  /** Starts an exchange whose next reply is delayed, except the reply to its sign-in, for which everything else would wait. */
  async #hold(at: WholeTill, exchange: () => Promise<unknown>): Promise<void> {
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const waiting = new Promise<void>((reached) => {
      at.network = (ask) => async (input, init) => {
        const response = await ask(input, init);
        if (pathOf(input).endsWith('/sessions')) return response;
        at.network = (next) => next;
        reached();
        await released;
        return response;
      };
    });
    const running = exchange();
    this.#held.push({ at, arrive: () => (release(), running) });
    await Promise.race([waiting, running]);
    at.network = (ask) => ask;
  }

  /** Delivers the replies that this till waits for. */
  async #arrive(at: WholeTill): Promise<void> {
    const held = this.#held.filter((each) => each.at === at);
    this.#held = this.#held.filter((each) => each.at !== at);
    for (const { arrive } of held) await arrive();
  }

  /** A till joins the shop, and gets this many chunks of the relay's snapshot before the network fails. */
  async #join(chunks: number): Promise<void> {
    if (this.#joined.length > 1) return;
    await openSnapshots(this.relay.relay, 1).round();
    const joined = await WholeTill.enrolled(this.#shop, `Касса ${this.#joined.length + 4}`);
    this.#joined.push(joined);
    let left = chunks;
    joined.network = (ask) => async (input, init) => {
      if (pathOf(input).includes('/snapshot/')) left -= 1;
      if (left < 0) throw new TypeError('lost');
      return ask(input, init);
    };
    const { kind } = await joined.download();
    joined.network = (ask) => ask;
    const { order } = (await snapshotIn(joined.db)) ?? {};
    if (kind === 'unreachable' && order !== undefined) this.#cut.set(joined, order);
  }

  async #clone(at: WholeTill, one: Extract<Step, { kind: 'clone' }>): Promise<void> {
    await this.#arrive(at);
    const clone = await at.cloned();
    this.#clones.push(clone);
    const id = this.#customer(one.customer);
    const wish = { price: one.price, paid: 0, points: 0, consent: one.consent } as const;
    const card = await customerById(at.db, id);
    // both have the receipt to which the customer has consented
    const rung =
      one.consent === 'customer' && (card?.phone ?? null) !== null
        ? await at.ring(id, { price: one.price * 1_000, consent: 'customer' })
        : null;
    const sellAt = (each: WholeTill) =>
      rung === null ? this.#sell(each, wish, id) : this.#sellRung(each, rung);
    const sold = [await sellAt(at)];
    this.clock.pass(1_000);
    sold.push(await sellAt(clone));
    const [first, second] = one.isFirst ? [clone, at] : [at, clone];
    const { kind } = await first.upload();
    const refused = await second.upload();
    if (kind !== 'up-to-date' || sold.includes(false)) return;
    if (refused.kind !== 'quarantined') throw new Error(`two devices of one id: ${refused.kind}`);
    this.met.add('fork');
  }

  /** All tills exchange everything until nothing is under way; a till that was refused enrols again. */
  async heal(): Promise<void> {
    for (const each of this.tills) await this.#arrive(each);
    for (const ask of this.#late.splice(0)) await ask();
    let left: string[] = [];
    for (let exchange = 1; exchange <= ENOUGH; exchange += 1) {
      const all = this.#all().entries();
      for (const [, each] of all)
        if ((await each.upload()).kind === 'quarantined') {
          await each.reEnrol();
          await each.upload();
        }
      await this.#acceptFormer();
      const found: string[] = [];
      for (const [n, each] of this.#all().entries()) {
        const { kind } = await each.download();
        if (kind !== 'up-to-date') found.push(`till ${n} does not download: ${kind}`);
        await each.pullReserveCodes();
      }
      await this.relay.relay.outbox.round();
      left = [...found, ...(await this.#underWay())];
      for (const [each, order] of this.#cut)
        if ((await snapshotIn(each.db))?.order === order) this.met.add('snapshot-resumed');
      if (left.length === 0 && !this.#isForgetting()) return;
      if (left.length === 0) this.clock.pass(DAY_MS);
    }
    throw new Error(`still under way: ${JSON.stringify(left)}`);
  }

  /** Whether a customer is still to be erased, a day after the act. */
  #isForgetting(): boolean {
    const delayed = 'SELECT 1 FROM forgettings WHERE due_at IS NOT NULL';
    return this.relay.file.prepare(delayed).get() !== undefined;
  }

  /** An owner accepts entries from journals that the relay never had. */
  async #acceptFormer(): Promise<void> {
    if (this.relay.file.prepare('SELECT 1 FROM former_journals').get() === undefined) return;
    const { owner } = this.#shop;
    await owner.signIn();
    await owner.elevate();
    await acceptWaiting(owner);
  }

  /** Everything still under way: entries not uploaded, entries not downloaded, messages at the relay. */
  async #underWay(): Promise<string[]> {
    const found: string[] = [];
    const asked = this.relay.file.prepare('SELECT hash FROM journal WHERE till = ? AND seq = ?');
    const head = this.relay.file.prepare('SELECT max(shop_order) FROM journal').pluck().get();
    for (const [n, { id, db }] of this.#all().entries()) {
      const { seq, hash } = await headIn(db);
      if (asked.pluck().get(id, seq) !== hash) found.push(`till ${n}: entry ${seq}`);
      const cursor = await remoteCursorIn(db);
      if (cursor?.order !== head) found.push(`till ${n}: at ${cursor?.order} of ${String(head)}`);
    }
    const due = this.relay.file
      .prepare(
        "SELECT count(*) FROM outbox_recipients WHERE state IN ('waiting', 'leaving') AND next_at <= ?",
      )
      .pluck()
      .get(this.clock.now());
    if (due !== 0) found.push(`${String(due)} messages`);
    return found;
  }

  /** Differences of tills from what really happened, from the order, or from each other. */
  async disagreements(): Promise<string[]> {
    const found: string[] = [];
    const all = this.#all();
    const order = cardsInOrder(this.relay.file, this.#customers);
    if (order.stale > 0) this.met.add('stale-edit');
    const [first] = all;
    for (const [place, id] of [...this.#customers, ...this.#imported.keys()].entries()) {
      const account = order.accountOf(id);
      if (account.length > 1) this.met.add('merged');
      const real = this.#realSums(account, order.undone);
      const card = order.cards.get(id);
      const isImported = this.#imported.has(id);
      const name = card === undefined ? null : (this.#names.get(card.hash) ?? null);
      // a card that was changed again, and then lost by the relay, no longer exists anywhere
      const hasCard = card !== undefined && this.#hasCard(card.hash);
      // the relay decides by these balances about requests for codes
      const held = await standingOf(this.relay.relay.db, id);
      if (held.owed !== real.owed || held.points !== real.points)
        found.push(`relay, customer ${place}: ${held.owed} and ${held.points}`);
      const dispute = first === undefined ? null : await disputeOf(first.db, id);
      for (const [n, each] of all.entries()) {
        const who = `till ${n}, customer ${place}`;
        const { owed, points } = await each.standing(id);
        if (owed !== real.owed || points !== real.points)
          found.push(`${who}: ${owed} and ${points}, not ${real.owed} and ${real.points}`);
        const debts = await this.#debtsAt(each, account);
        if (debts !== this.#realDebts(account, order.undone)) found.push(`${who}: debts ${debts}`);
        const shown = (await customerById(each.db, id))?.name ?? null;
        // a restored relay may not know which ids were one device, and so take a later card of the same device for another's
        const isFormer =
          this.met.has('put-back') &&
          (await lineageIn(each.db)).slice(1).includes(card?.till ?? '');
        if (hasCard && !isImported && !isFormer && shown !== name)
          found.push(`${who}: ${shown ?? 'nobody'}, not ${name ?? 'nobody'}`);
        if (order.forgotten.has(id)) found.push(...(await this.#leftOf(each, place, who)));
        if ((await disputeOf(each.db, id))?.entry !== dispute?.entry)
          found.push(`${who}: another dispute`);
      }
    }
    found.push(...order.misjudged);
    this.#noteRefused();
    if (order.forgotten.size > 0) this.met.add('forgotten');
    if (order.undone.some(({ accounts }) => accounts.length > 0)) this.met.add('balances-undone');
    const undone = order.undone.flatMap(({ customers }) => customers);
    for (const id of [...order.forgotten, ...undone]) {
      const left = this.relay.file.prepare('SELECT COUNT(*) FROM cards WHERE customer = ?');
      if (left.pluck().get(id) !== 0) found.push(`the relay has the erased card of ${id}`);
    }
    const erased = [...this.#imported].filter(([id]) => undone.includes(id));
    for (const [n, each] of all.entries()) {
      const everything = erased.length > 0 ? await each.everything() : '';
      if (erased.some(([, phone]) => everything.includes(phone)))
        found.push(`till ${n} has the number of an undone import`);
    }
    for (const [n, each] of all.entries()) {
      // a snapshot has sums, but not the entries that it includes
      if ((await snapshotIn(each.db)) !== null) continue;
      for (const [hash, accounts] of this.#moved) {
        const own = await stepsOf(each.db.accountEntries, hash);
        const remote = await stepsOf(each.db.remoteAccountEntries, hash);
        if (own + remote !== accounts.length)
          found.push(`till ${n}: ${own + remote} steps of an act with ${accounts.length}`);
      }
    }
    found.push(...(await this.#differences(all)), ...(await this.#falseAlarms(all)));
    for (const hash of proofsUsedTwice(this.relay.file)) found.push(`${hash} uses a proof again`);
    const missing = await this.#missingEntries(all);
    return [...found, ...missing, ...this.#doubledMessages(), ...this.#brokenRules()];
  }

  /** Differences of tills in goods, categories and persons from the order, and in what else they show from each other. */
  async #differences(all: readonly WholeTill[]): Promise<string[]> {
    const found: string[] = [];
    const { fields, moved, stale } = goodsInOrder(this.relay.file, BREAD);
    if (stale > 0) this.met.add('stale-goods');
    const bread = { ...BREAD_ADDED, ...fields, stock: (BREAD_ADDED.stock ?? 0) + moved };
    const { categories, ...edited } = categoriesInOrder(this.relay.file);
    if (edited.stale > 0) this.met.add('stale-category');
    const persons = personsInOrder(this.relay.file);
    const shownAtFirst = new Map<string, string>();
    for (const [n, each] of all.entries()) {
      const [goods] = await each.goods();
      const { price: has, name, stock } = goods ?? {};
      if (has !== bread.price || name !== bread.name || stock !== bread.stock)
        found.push(`till ${n}: bread ${has} ${name} ${stock}, not ${JSON.stringify(bread)}`);
      const held = new Map((await each.categories()).map((row) => [row.category, row]));
      for (const [category, { order }] of categories)
        if (held.get(category)?.order !== order)
          found.push(
            `till ${n}: ${category} at ${held.get(category)?.order}, not ${String(order)}`,
          );
      for (const [place, id] of this.#customers.entries()) {
        const shown = (await customerById(each.db, id))?.persons.map((one) => one.id) ?? [];
        const real = [...(persons.get(id) ?? [])];
        if (shown.toSorted().join() !== real.toSorted().join())
          found.push(`till ${n}: persons of ${place}: ${shown.join()}, not ${real.join()}`);
      }
      const open = (await openDiscrepancies(each.db)).map(({ id }) => id);
      const shown: Record<string, unknown> = {
        discrepancies: open.toSorted(),
        categories: await each.categories(),
        imported: (await customersByIds(each.db, [...this.#imported.keys()])).map(
          ({ name: of }) => of,
        ),
      };
      for (const [place, id] of this.#customers.entries())
        shown[`persons of ${place}`] = (await each.persons(id)).toSorted();
      for (const [what, value] of Object.entries(shown)) {
        const text = JSON.stringify(value);
        const first = shownAtFirst.get(what) ?? text;
        shownAtFirst.set(what, first);
        if (text !== first) found.push(`till ${n}: ${what} ${text}, not ${first}`);
      }
    }
    return found;
  }

  /** Tills whose control sums differ from the relay's: false alarms, because nothing is damaged. */
  async #falseAlarms(all: readonly WholeTill[]): Promise<string[]> {
    const found: string[] = [];
    for (const [n, each] of all.entries()) {
      const outcome = await each.sums();
      if (outcome === 'differ') found.push(`till ${n}: other control sums`);
      if (outcome === 'not-compared') this.sums.notCompared += 1;
      else this.sums.compared += 1;
    }
    return found;
  }

  /** Entries of this schedule that a till has but the relay has not acknowledged, or that are in the order but not at a till. */
  async #missingEntries(all: readonly WholeTill[]): Promise<string[]> {
    const rows = this.relay.file
      .prepare(
        'SELECT shop_order AS "order", verdict, till, seq, hash, entry FROM journal WHERE shop_order > ?',
      )
      .all(this.#orderBefore) as (Place & { entry: string })[];
    const order = rows.map(placeText);
    const inOrder = new Set(rows.map(({ entry }) => originalOf(JSON.parse(entry) as Entry).hash));
    const found: string[] = [];
    for (const [n, { db }] of all.entries()) {
      const after = Math.max(this.#orderBefore, (await snapshotIn(db))?.order ?? 0);
      const had = await db.remoteJournal.where('order').above(after).toArray();
      const places = had.map(placeText);
      for (const each of rows.filter((row) => row.order > after).map(placeText))
        if (!places.includes(each)) found.push(`till ${n} lacks ${each}`);
      for (const each of places.filter((place) => !order.includes(place)))
        found.push(`till ${n} alone has ${each}`);
      for (const entry of await db.journal.toArray())
        if (entry.at > this.#began && !inOrder.has(originalOf(entry).hash))
          found.push(`the relay lacks ${entry.act} ${entry.till} ${entry.seq} of till ${n}`);
    }
    return found;
  }

  #noteRefused(): void {
    const refused = "SELECT 1 FROM flags WHERE kind = 'forget-refused' AND cursor > ?";
    if (this.relay.file.prepare(refused).get(this.#flagsBefore) !== undefined)
      this.met.add('forget-refused');
  }

  /** What a till still has of a forgotten customer. */
  async #leftOf(at: WholeTill, place: number, who: string): Promise<string[]> {
    const everything = await at.everything();
    const phone = this.#phoneOf(place);
    const left = [...this.#names.values()].filter((name) =>
      everything.includes(`"name":"${name}","phone":"${phone}"`),
    );
    return left.length > 0 || everything.includes(phone) ? [`${who}: still ${left.join()}`] : [];
  }

  #hasCard(recordHash: string): boolean {
    const asked = this.relay.file.prepare('SELECT 1 FROM cards WHERE hash = ?');
    return asked.get(recordHash) !== undefined;
  }

  #realSums(cards: readonly string[], undone: readonly Undone[]): { owed: number; points: number } {
    const all = [...this.#moved.values(), ...undone.map(({ accounts }) => accounts)].flat();
    const steps = all.filter((step) => cards.includes(step.customer));
    const sum = (account: string) =>
      steps.reduce((all, step) => all + (step.account === account ? step.delta : 0), 0);
    return { owed: sum('debt'), points: sum('points') };
  }

  /** What is left of each debt, and what repaying it has earned, as text. */
  #realDebts(cards: readonly string[], undone: readonly Undone[]): string {
    const all = [...this.#debts].filter(([, { customer }]) => cards.includes(customer));
    return all
      .map(([hash, { left }]) => {
        const back = undone.flatMap(({ of, accounts }) => (of === hash ? accounts : []));
        const takenBack = back.filter(({ account }) => account === 'debt');
        const rest = takenBack.reduce((sum, { delta }) => sum + delta, left);
        return { hash, rest, earned: this.#earned.get(hash) ?? 0 };
      })
      .filter(({ rest, earned }) => rest !== 0 || earned !== 0)
      .map(({ hash, rest, earned }) => `${hash} ${rest} ${earned}`)
      .toSorted()
      .join();
  }

  async #debtsAt({ db }: WholeTill, cards: readonly string[]): Promise<string> {
    const rows = [...(await db.debts.toArray()), ...(await db.remoteDebts.toArray())];
    return joinedDebts(rows.filter(({ customer }) => cards.includes(customer)))
      .filter(({ left, earned }) => left !== 0 || earned.points !== 0)
      .map(({ debt, left, earned }) => `${debt} ${left} ${earned.points}`)
      .toSorted()
      .join();
  }

  /**
   * Messages sent twice. Entries kept beside a journal, and uploads without a reply, are not acknowledged: a restored relay cannot
   * know that it sent messages about them, so these do not count.
   */
  #doubledMessages(): string[] {
    if (this.#clones.length > 0 && this.#isPutBack) return [];
    if (this.#isUnanswered === 'put-back') return [];
    const sent = this.#smsru.messages.map(({ to, text }) => `${to} ${text ?? ''}`);
    return sent.filter((text, place) => sent.indexOf(text) !== place);
  }

  /** The relay's flags that no fault of the schedule explains. */
  #brokenRules(): string[] {
    // to the relay, each of two devices with one id knew what the other did
    if (this.#clones.length > 0) return [];
    const found = this.relay.file
      .prepare('SELECT kind, detail, till, seq FROM flags WHERE cursor > ?')
      .all(this.#flagsBefore) as { kind: FlagKind; detail: string | null }[];
    const explained = new Set([...this.met].flatMap((fault) => EXPLAINED[fault] ?? []));
    return found
      .filter(({ kind: each }) => !isDiscrepancy(each) && !explained.has(each))
      .map((each) => `flag ${JSON.stringify(each)}`);
  }

  /** The acts in the relay's order. */
  acts(): readonly string[] {
    return this.relay.file.prepare('SELECT DISTINCT act FROM journal').pluck().all() as string[];
  }

  /** What the tills hold, without values that are random in each run: the same for the same schedule. */
  async state(): Promise<string> {
    const hash = createHash('sha256');
    for (const each of this.tills) {
      for (const id of this.#customers) {
        const { name } = (await customerById(each.db, id)) ?? {};
        const isDisputed = (await disputeOf(each.db, id)) !== null;
        hash.update(JSON.stringify([await each.standing(id), name, isDisputed]));
      }
      const order = await each.db.remoteJournal.orderBy('order').toArray();
      const goods = (await each.goods()).map(({ name, price, stock }) => [name, price, stock]);
      const open = (await openDiscrepancies(each.db)).map(({ kind }) => kind);
      const verdicts = order.map(({ order: at, verdict, effect, entry }) => [
        ...[at, verdict, effect, entry?.act],
      ]);
      hash.update(JSON.stringify([verdicts, goods.sort(), open.sort()]));
    }
    return hash.digest('hex');
  }
}

type Place = Pick<RemoteEntryRow, 'order' | 'verdict' | 'till' | 'seq' | 'hash'>;
const placeText = ({ order, verdict, till: of, seq, hash }: Place): string =>
  `${order} ${verdict} ${of} ${seq} ${hash}`;

/** The steps of debt and points of an entry. */
const stepsOf = (table: WholeTill['db']['accountEntries'], hash: string): Promise<number> =>
  table
    .where('[hash+index]')
    .between([hash, 0], [hash, 1_000])
    .filter(({ account }) => account !== 'purchases')
    .count();

/** Prints a sale or repayment once more, of this till or of another. */
async function reprint(
  at: WholeTill,
  nth: number,
  by: { readonly operator: string; readonly at: number },
): Promise<void> {
  const remote = (await at.db.remoteJournal.toArray()).flatMap(({ entry }) => entry ?? []);
  const all = [...(await at.entries()), ...(remote as Entry[])];
  const receipts = all.filter(({ act }) => act === 'sale' || act === 'repayment');
  const of = receipts.at(-1 - nth);
  if (of === undefined) return;
  const outcome = await recordReprint(at.db, { of, ...by });
  if (outcome.kind !== 'saved') throw new Error(`no copy: ${outcome.because.kind}`);
}

/** Moves cash, or counts the drawer and closes the shift. */
async function drawer(
  { db }: WholeTill,
  { what, amount }: Extract<Step, { kind: 'drawer' }>,
  by: { readonly operator: string; readonly at: number },
): Promise<void> {
  if (what === 'cancel') {
    const cancelled = { ...by, id: uuidv7(), receipt: uuidv7() };
    const removed = { lines: 1, sum: amount % 5 };
    const given = {
      lines: 2,
      total: amount,
      removed,
      held: { times: amount % 3, longestMs: amount },
    };
    await cancelReceipt(db, { ...cancelled, ...given });
    const { receipt } = cancelled;
    if (amount % 3 === 0)
      await takeUpReceipt(db, { ...by, id: uuidv7(), receipt, cancelled: cancelled.id });
    return;
  }
  if (what === 'open') {
    await recordInShift(db, 'drawer-opened', {
      ...by,
      id: uuidv7(),
      reason: 'other',
      note: 'Looked in',
    });
    return;
  }
  if (what !== 'close') {
    const asked = {
      ...by,
      id: uuidv7(),
      direction: what,
      amount: money(amount),
      note: null,
      approvedBy: null,
    };
    await recordInShift(db, 'cash-moved', {
      ...asked,
      reason: what === 'in' ? 'small-change' : 'cash-drop',
    });
    return;
  }
  const { shift } = await shiftOf(db);
  if (!isOpen(shift)) return;
  // some counts are short, some are over
  const counted = money(Math.max(0, expectedCash(shift) + (amount % 3) - 1));
  const terminal = expectedTerminal(shift.totals).map(({ kind, expected }) => ({
    kind,
    counted: expected + (amount % 2),
  }));
  await countDrawer(db, { ...by, id: uuidv7(), counted, pieces: [], terminal });
  const closing = { ...by, id: uuidv7(), left: money(Math.min(counted, amount)), note: null };
  const closed = await closeShift(db, { ...closing, reason: 'unknown' });
  if (closed.kind !== 'saved') throw new Error(`no close: ${closed.because.kind}`);
}
