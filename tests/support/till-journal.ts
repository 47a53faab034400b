// A till's journal for tests: entries sealed and uploaded as a till does.
import { v7 as uuidv7 } from 'uuid';
import type { ChallengeRequest } from '$lib/contract/challenge';
import type { AccountEntry, Confirmation } from '$lib/contract/acts/account';
import { actBodies, type BodyOf, type Entry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import type { Contact, JournalUpload } from '$lib/contract/journal-upload';
import { tillsReply, type FormerAccepted, type FormerWaiting } from '$lib/contract/till';
import type { SaleAction } from '$lib/contract/values';
import { businessDay } from '$lib/domain/values/business-day';
import { discountOf } from '$lib/domain/receipt/discounts';
import type { ImportPurpose } from '$lib/contract/grant';
import { openingSums } from '$lib/domain/acts/customers/customers-imported';
import { GENESIS, sealEntry, type ChainHead } from '$lib/proof/chain';
import { accountsHash } from '$lib/proof/grant';
import { keyId } from '$lib/proof/keys';
import { offerEnrolment } from '../../relay/tills/tokens';
import type { RunningRelay } from './relay';
import { TillClient, ZONE, type Reply } from './till-client';

/** Whether an act is counted in the sums of a business day. */
function isOfDay(act: string): boolean {
  const bodies: Readonly<Record<string, { readonly shape?: object }>> = actBodies;
  return 'day' in (bodies[act]?.shape ?? {});
}

/** The parts of an entry that a test may choose. */
export type Made = {
  readonly act: string;
  readonly body: Entry['body'];
  readonly at?: number;
  readonly operator?: string | null;
  readonly policy?: number;
};

/** The salt of every card in the tests, unless a test is about salts. */
export const CARD_SALT = 'c'.repeat(64);

type UploadParts = Partial<Pick<JournalUpload, 'headSigned' | 'cards'>> & {
  readonly contacts?: readonly (Omit<Contact, 'cardSalt'> & Partial<Contact>)[];
};

export class TillJournal {
  readonly entries: Entry[] = [];
  /** How far the till knows the shop's order when it makes an entry. */
  seen: Entry['seen'] = { epoch: 0, order: 0 };
  readonly till: TillClient;
  readonly #now: () => number;

  constructor(till: TillClient, now: () => number) {
    this.till = till;
    this.#now = now;
    // another journal of the same till belongs to a copy of the device
    till.head ??= () => this.head;
  }

  get head(): ChainHead {
    return this.entries.at(-1) ?? GENESIS;
  }

  /** The journal's head, as a challenge states it. */
  get journalHead(): { seq: number; hash: string; at: number } {
    const { seq, hash } = this.head;
    return { seq, hash, at: this.entries.at(-1)?.at ?? this.#now() };
  }

  /** Appends an entry; by default the owner's, now, under policy 1. */
  async add(made: Made): Promise<Entry> {
    const { act, body, at = this.#now(), operator = this.till.ownerId, policy = 1 } = made;
    const { seen } = this;
    // an act that counts in the sums of a day gets the day on which it is made, unless its body states another
    const dated = isOfDay(act) ? { day: businessDay(at, ZONE), ...body } : body;
    const draft = { till: this.till.id, at, operator, policy, seen, act, body: dated };
    const entry = await sealEntry(this.head, draft);
    this.entries.push(entry);
    return entry;
  }

  /** The first entry of every till. */
  async enrolled(former: BodyOf<'till-enrolled'>['former'] = null): Promise<Entry> {
    const { relayKey, shopId: shop } = this.till;
    if (relayKey === null) throw new Error('not enrolled');
    const body = { shop, relayKey: await keyId(relayKey), contract: 1, former };
    return this.add({ act: 'till-enrolled', body, operator: null, policy: 0 });
  }

  /** An entry without any effect. */
  idle(): Promise<Entry> {
    const body = { operator: this.till.ownerId, failures: 5, until: this.#now() };
    return this.add({ act: 'pin-locked', body, operator: null });
  }

  /** A sale dated on the day on which it is made. */
  sale(body: SaleBody, made: Omit<Made, 'act' | 'body'> = {}): Promise<Entry> {
    const { at = this.#now() } = made;
    return this.add({ ...made, at, act: 'sale', body: { ...body, day: businessDay(at, ZONE) } });
  }

  /** Uploads entries (by default all) with the head's signature. */
  async upload(
    entries: readonly Entry[] = this.entries,
    { contacts, ...parts }: UploadParts = {},
  ): Promise<Reply> {
    const last = entries.at(-1) ?? { ...GENESIS, seq: 1 };
    const isAll = last.seq === this.head.seq;
    const headSigned = await this.till.signHead(last, isAll ? this.#now() : null);
    const named = contacts?.map((contact) => ({ cardSalt: CARD_SALT, ...contact }));
    const upload = { entries, headSigned, ...(named && { contacts: named }), ...parts };
    this.till.offered = Math.max(this.till.offered, last.seq);
    return this.till.call('POST', '/journal', upload);
  }
}

/** The device under a new till id, which carries over entries of its former journal. */
export async function reEnrolled(
  { relay, clock }: { readonly relay: RunningRelay; readonly clock: { now: () => number } },
  former: TillJournal,
  carried: readonly unknown[] = former.entries,
): Promise<TillJournal> {
  const till = await TillClient.make(relay.url, clock.now);
  await till.enrol((await offerEnrolment(relay.relay)).token);
  await till.signIn();
  const anew = new TillJournal(till, clock.now);
  const { seq, hash } = former.head;
  await anew.enrolled({ till: former.till.id, seq, hash });
  for (const entry of carried)
    await anew.add({ act: 'carried-over', body: { entry }, operator: former.till.ownerId });
  return anew;
}

/** The waiting entries of a former till, in the form of the request that accepts them. */
export const acceptanceOf = (waiting: FormerWaiting): FormerAccepted => {
  const { former, entries, head, digest, sums } = waiting;
  return { former, entries, head, digest, sums };
};

/**
 * An elevated owner accepts all entries that tills brought from journals which the relay never had; returns how many journals.
 */
export async function acceptWaiting(owner: TillClient): Promise<number> {
  const { tills } = tillsReply.parse((await owner.call('GET', '/tills')).json);
  const brought = tills.flatMap(({ id, waiting }) => waiting.map((each) => ({ id, each })));
  for (const { id, each } of brought) {
    const { status } = await owner.call('POST', `/tills/${id}/former-journal`, acceptanceOf(each));
    if (status !== 204) throw new Error(`not accepted: ${status}`);
  }
  return brought.length;
}

/** The product of every sale here. */
export const LOAF = '0198c000-0000-7000-8000-000000000001';
let numbers = 0;
/** A receipt number that no other sale has, of any till. */
export const nextNumber = (): number => (numbers += 1);

/** Points for money paid by the policy of first run: one for a hundred roubles. */
export const earnedOn = (paid: number): number => Math.floor(paid / 10_000);

/** A loaf at this price, minor units. */
const lineOf = (total: number): SaleBody['lines'][number] => ({
  product: LOAF,
  name: 'Хлеб',
  barcode: null,
  unit: 'piece',
  quantity: 1000,
  listPrice: total,
  unitPrice: total,
  priceFrom: 'list',
  noDiscounts: false,
  askAge: null,
  mark: null,
  tax: { subject: 'goods', vat: 'none' },
  category: null,
  given: null,
  discounts: [],
  total,
  pointsPart: 0,
});

export type OnAccount = { customer: string; onAccount: number; receipt?: string };

/** A sale entirely on account, with the given confirmation. */
export function onAccountSale(
  { customer, onAccount, receipt = uuidv7() }: OnAccount,
  confirmation: Confirmation | null,
): SaleBody {
  return {
    sale: receipt,
    number: nextNumber(),
    currency: 'RUB',
    day: '2026-11-28',
    customer,
    lines: [lineOf(onAccount)],
    total: onAccount,
    given: null,
    byRules: null,
    discountsAllowedBy: null,
    ageConfirmed: null,
    removed: { lines: 0, sum: 0 },
    held: { times: 0, longestMs: 0 },
    rounding: 0,
    tenders: [],
    changeDue: 0,
    onAccount,
    dueDays: null,
    pointsEarned: 0,
    repaidEarns: null,
    pointValue: 100,
    accounts: [{ customer, account: 'debt', delta: onAccount }],
    confirmations: confirmation === null ? [] : [confirmation],
    stock: [{ product: LOAF, delta: -1000 }],
  };
}

/** A sale paid entirely in cash, which earned this many points; by default what the policy gives. */
export function cashSale({
  customer,
  total,
  earned = earnedOn(total),
}: {
  customer: string;
  total: number;
  earned?: number;
}): SaleBody {
  const accounts: AccountEntry[] =
    earned === 0 ? [] : [{ customer, account: 'points', delta: earned }];
  return {
    ...onAccountSale({ customer, onAccount: total }, null),
    tenders: [{ kind: 'cash', amount: total }],
    onAccount: 0,
    pointsEarned: earned,
    accounts,
  };
}

/** A sale paid half with points, worth a rouble each, and half in cash. */
export function pointsSale(
  { customer, points, receipt = uuidv7() }: { customer: string; points: number; receipt?: string },
  confirmation: Confirmation | null,
): SaleBody {
  const worth = points * 100;
  return {
    ...onAccountSale({ customer, onAccount: 2 * worth, receipt }, confirmation),
    lines: [{ ...lineOf(2 * worth), pointsPart: worth }],
    tenders: [
      { kind: 'points', amount: worth, points },
      { kind: 'cash', amount: worth },
    ],
    onAccount: 0,
    pointsEarned: earnedOn(worth),
    accounts: [
      { customer, account: 'points', delta: -points },
      ...(earnedOn(worth) > 0
        ? [{ customer, account: 'points' as const, delta: earnedOn(worth) }]
        : []),
    ],
  };
}

/** Such a sale as a challenge states it: the act, its amount and the deal with this number. */
export function challengeFor(
  body: SaleBody,
  phone: string,
): Pick<ChallengeRequest, 'action' | 'amount' | 'deal' | 'receiptId' | 'customer'> {
  const { sale: receiptId, customer, currency, lines, tenders } = body;
  if (customer === null) throw new Error('nobody to ask');
  const redeemed = tenders.find((tender) => tender.kind === 'points');
  const action: SaleAction = redeemed === undefined ? 'sell-on-account' : 'redeem-points';
  const amount =
    redeemed === undefined
      ? { minor: body.onAccount, currency }
      : { points: redeemed.points, worth: { minor: redeemed.amount, currency } };
  const priced = lines.map((line) => ({
    product: line.product,
    quantity: line.quantity,
    unitPrice: line.unitPrice,
    discount: discountOf(line),
  }));
  return {
    action,
    amount,
    receiptId,
    deal: { kind: 'sale', lines: priced, tenders },
    customer: { id: customer, phone, cardSalt: CARD_SALT },
  };
}

/** The approval of these opening balances, requested by the elevated operator and given by a token or an owner's code. */
export async function approvalOf(
  till: TillClient,
  accounts: readonly AccountEntry[],
  operatorId = till.ownerId,
  purpose: ImportPurpose = 'import',
): Promise<string> {
  const moved = purpose === 'import' ? 1 : -1;
  const sums = openingSums(accounts.map((step) => ({ ...step, delta: moved * step.delta })));
  const asked = { purpose, accounts: await accountsHash(accounts), sums };
  await till.signIn();
  await till.elevate({ operatorId });
  const { json } = await till.call('POST', '/customers/imports', asked);
  if (json.kind !== 'import-approved') throw new Error(JSON.stringify(json));
  return json.approval as string;
}

/** Gives each of these customers points by one import, approved where the till has tokens. */
export async function givePoints(
  journal: TillJournal,
  given: string | readonly string[],
  points: number,
): Promise<void> {
  const customers = [given].flat();
  const credit = { kind: 'shop-limit' } as const;
  const cards = customers.map((customer) => ({ customer, recordHash: 'a'.repeat(64), credit }));
  const accounts: AccountEntry[] = customers.map((customer) => ({
    customer,
    account: 'points',
    delta: points,
  }));
  if (journal.entries.length === 0) await journal.enrolled();
  const { till } = journal;
  const approval = till.tokens === null ? null : await approvalOf(till, accounts);
  await journal.add({
    act: 'customers-imported',
    body: { source: 'file', customers: cards, accounts, confirmations: [], approval },
  });
  const reply = await journal.upload(journal.entries.slice(-200));
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
}

type Override = Extract<Confirmation, { kind: 'override' }>;

/** An override: somebody went on without a code. */
export function overrideBy(by: string, amount: number, parts: Partial<Override> = {}): Override {
  return {
    kind: 'override',
    action: 'sell-on-account',
    amount,
    askedBy: by,
    by,
    because: 'no-internet',
    note: null,
    connectivity: {
      state: 'offline',
      relayAt: null,
      providerAt: null,
      noCodeBecause: 'unreachable',
    },
    caps: {
      perAct: 300_000,
      perCustomer: 300_000,
      perTill: 1_500_000,
      usedByCustomer: 0,
      usedByTill: 0,
    },
    ...parts,
  };
}
