// A till's journal for tests: entries sealed and uploaded as a till does.
import { v7 as uuidv7 } from 'uuid';
import type { ChallengeRequest } from '$lib/contract/challenge';
import type { AccountEntry, BodyOf, Confirmation, Entry, SaleBody } from '$lib/contract/journal';
import type { JournalUpload } from '$lib/contract/journal-upload';
import type { SaleAction } from '$lib/contract/values';
import { GENESIS, sealEntry, type ChainHead } from '$lib/proof/chain';
import { dealHash } from '$lib/proof/deal';
import { keyId } from '$lib/proof/keys';
import type { Reply, TillClient } from './till-client';

/** The parts of an entry that a test may choose. */
export type Made = {
  readonly act: string;
  readonly body: Entry['body'];
  readonly at?: number;
  readonly operator?: string | null;
  readonly policy?: number;
};

export class TillJournal {
  readonly entries: Entry[] = [];
  readonly till: TillClient;
  readonly #now: () => number;

  constructor(till: TillClient, now: () => number) {
    this.till = till;
    this.#now = now;
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
    const draft = { till: this.till.id, at, operator, policy, act, body };
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

  sale(body: SaleBody, made: Omit<Made, 'act' | 'body'> = {}): Promise<Entry> {
    return this.add({ ...made, act: 'sale', body });
  }

  /** Uploads entries (by default all) with the head's signature. */
  async upload(
    entries: readonly Entry[] = this.entries,
    parts: Partial<Pick<JournalUpload, 'contacts' | 'headSignature'>> = {},
  ): Promise<Reply> {
    const last = entries.at(-1) ?? { ...GENESIS, seq: 1 };
    const headSignature = await this.till.signHead({ seq: last.seq, hash: last.hash });
    return this.till.call('POST', '/journal', { entries, headSignature, ...parts });
  }
}

/** A loaf at this price, minor units. */
const lineOf = (total: number): SaleBody['lines'][number] => ({
  product: '0198c000-0000-7000-8000-000000000001',
  name: 'Хлеб',
  barcode: null,
  unit: 'piece',
  quantity: 1000,
  unitPrice: total,
  discount: 0,
  total,
});

export type OnAccount = { customer: string; onAccount: number; receipt?: string };

/** A sale entirely on account, with the given confirmation. */
export function onAccountSale(
  { customer, onAccount, receipt = uuidv7() }: OnAccount,
  confirmation: Confirmation | null,
): SaleBody {
  return {
    sale: receipt,
    number: 1,
    currency: 'RUB',
    customer,
    lines: [lineOf(onAccount)],
    total: onAccount,
    tenders: [],
    changeDue: 0,
    onAccount,
    pointsEarned: 0,
    accounts: [{ customer, account: 'debt', delta: onAccount }],
    confirmations: confirmation === null ? [] : [confirmation],
    stock: [],
  };
}

/** A sale paid entirely in cash, which earned this many points. */
export function cashSale({
  customer,
  total,
  earned = 0,
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

/** A sale paid entirely with points, worth a rouble each. */
export function pointsSale(
  { customer, points, receipt = uuidv7() }: { customer: string; points: number; receipt?: string },
  confirmation: Confirmation,
): SaleBody {
  const worth = points * 100;
  return {
    ...onAccountSale({ customer, onAccount: worth, receipt }, confirmation),
    tenders: [{ kind: 'points', amount: worth, points }],
    onAccount: 0,
    accounts: [{ customer, account: 'points', delta: -points }],
  };
}

/** The challenge's view of such a sale: the act, its amount, and the hash of the deal with this number. */
export async function challengeFor(
  body: SaleBody,
  phone: string,
): Promise<Pick<ChallengeRequest, 'action' | 'amount' | 'dealHash' | 'receiptId' | 'customer'>> {
  const { sale: receiptId, customer, currency, lines, tenders } = body;
  if (customer === null) throw new Error('nobody to ask');
  const redeemed = tenders.find((tender) => tender.kind === 'points');
  const action: SaleAction = redeemed === undefined ? 'sell-on-account' : 'redeem-points';
  const amount =
    redeemed === undefined
      ? { minor: body.onAccount, currency }
      : { points: redeemed.points, worth: { minor: redeemed.amount, currency } };
  const hash = await dealHash({
    ...{ receiptId, action, customerId: customer, phone, amount, tenders },
    lines: lines.map(({ product, quantity, unitPrice, discount }) => ({
      ...{ productId: product, quantity, unitPrice, discount },
    })),
  });
  return { action, amount, dealHash: hash, receiptId, customer: { id: customer, phone } };
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
