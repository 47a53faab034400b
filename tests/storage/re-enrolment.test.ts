// A device gets a new till id: nothing is lost, and entries unknown to the relay are carried over.
import { metaIn, isEnrolled, formerTillsIn, tillIn } from '$lib/storage/database/meta';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import { GENESIS, sealEntry } from '$lib/proof/chain';
import { standingIn } from '$lib/storage/customers/accounts';
import type { TillDb } from '$lib/storage/database/db';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import { chainIn, confirmationsPage, headIn } from '$lib/storage/journal/reader';
import { currentPolicy, savePolicy } from '$lib/storage/policy/policies';
import { setQuarantine } from '$lib/storage/journal/quarantine';
import { signedByRelay } from '$lib/storage/journal/watermark';
import { publicKeyOf } from '$lib/storage/till/till';
import { unconfirmedActs } from '$lib/storage/customers/unconfirmed';
import { usageIn } from '$lib/storage/sales/usage';
import { verify } from '$lib/storage/audit/verification';
import { Upload } from '$lib/sync/upload';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import { JournalAtRelay } from '../support/journal-at-relay';
import {
  ANNA,
  AT,
  cash,
  discard,
  id,
  openShop,
  overrideBy,
  OWNER,
  owingOf,
  policyOf,
  receiptOf,
  SENIOR,
  SHOP,
  signer,
  TILL,
  type Shop,
  wholeJournal,
} from '../support/storage-shop';
import { signPolicy } from '$lib/proof/policy';
import { verifyChain } from '../support/verify-chain';
import { saleIn } from '../support/stored-sale';

const ANEW = id(3);
const OTHER_SHOP = id(4);

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

async function entries(): Promise<Entry[]> {
  const all: Entry[] = [];
  for await (const entry of wholeJournal(shop.db)) all.push(entry);
  return all;
}

const formerEntries = () => chainIn(shop.db, TILL).toArray();

async function uploaded(): Promise<void> {
  const till = await tillIn(shop.db);
  if (till === null) throw new Error('no till');
  const client = new JournalAtRelay(shop.relay, await publicKeyOf(till));
  await new Upload({ db: shop.db, client, now: () => AT, proven: () => AT }).run();
}

async function anew(
  but: Partial<Parameters<typeof completeReEnrolment>[1]> = {},
): ReturnType<typeof completeReEnrolment> {
  await beginReEnrolment(shop.db, { id: ANEW });
  const policy = await shop.policyJws(1);
  return completeReEnrolment(
    shop.db,
    { shop: SHOP, relayKey: shop.relay.publicKey, contract: 1, number: 2, policy, ...but },
    { operator: OWNER, at: AT + 1_000 },
  );
}

/** The reply of another relay, with its own key and shop. */
async function elsewhere(): Promise<Partial<Parameters<typeof completeReEnrolment>[1]>> {
  const relay = await signer();
  const policy = policyOf(1, (each) => {
    each.shop.id = OTHER_SHOP;
  });
  const jws = await signPolicy(policy, relay.privateKey, relay.kid);
  return { shop: OTHER_SHOP, relayKey: relay.publicKey, policy: jws };
}

/** Adds acts until the journal has this many entries; returns all of them. */
async function lengthen(db: TillDb, to: number): Promise<Entry[]> {
  const all = await entries();
  const added: Entry[] = [];
  const body = { operator: OWNER, failures: 5, until: AT };
  const draft = { till: TILL, at: AT, operator: null, policy: 1, act: 'pin-locked', body };
  while (all.length + added.length < to)
    added.push(await sealEntry(added.at(-1) ?? all.at(-1) ?? GENESIS, draft));
  await db.journal.bulkAdd(added);
  return [...all, ...added];
}

const sellOwing = async (receipt: number) => {
  const sold = await shop.sell(owingOf(id(receipt), ANNA), [overrideBy(SENIOR, 'sell-on-account')]);
  expect(sold.kind).toBe('saved');
};

test('what the relay has acknowledged is not carried over; everything after it is, oldest first', async () => {
  await uploaded();
  await sellOwing(500);
  await shop.sell(receiptOf(id(501), { tenders: [cash(10_000)] }));
  const before = await entries();
  const { seq, hash } = await headIn(shop.db);
  expect((await anew()).kind).toBe('enrolled');

  const after = await entries();
  expect((await verifyChain(after)).kind).toBe('whole');
  expect(after.map(({ till, act }) => [till, act])).toEqual([
    [ANEW, 'till-enrolled'],
    [ANEW, 'carried-over'],
    [ANEW, 'carried-over'],
  ]);
  expect(after[0]?.body['former']).toEqual({ till: TILL, seq, hash });
  expect(after.slice(1).map(({ body }) => body['entry'])).toEqual(before.slice(-2));
  expect(await formerEntries()).toEqual(before);
});

test('a journal of which the relay has acknowledged nothing is carried over completely', async () => {
  const before = await entries();
  await anew();
  expect((await entries()).slice(1).map(({ body }) => body['entry'])).toEqual(before);
});

describe('at a relay that has none of it', () => {
  const carriedIn = (all: readonly Entry[]) => all.slice(1).map(({ body }) => body['entry']);

  test('what the former relay acknowledged is carried over, too, because the new one has nothing of it', async () => {
    await sellOwing(500);
    await uploaded();
    await sellOwing(501);
    const before = await entries();
    await anew(await elsewhere());
    const after = await entries();
    expect((await verifyChain(after)).kind).toBe('whole');
    expect(carriedIn(after)).toEqual(before);
    expect(await formerEntries()).toEqual(before);
  });

  test('the same holds if the same relay does not know this till any more', async () => {
    await uploaded();
    await setQuarantine(shop.db, { because: 'unknown-till', since: AT });
    const before = await entries();
    await anew();
    expect(carriedIn(await entries())).toEqual(before);
  });

  test('so are journals of former till ids: their first entries, then every other entry once', async () => {
    await sellOwing(500);
    await uploaded();
    await sellOwing(501);
    const first = await entries();
    await anew();
    await sellOwing(502);
    const second = await entries();
    await beginReEnrolment(shop.db, { id: id(5) });
    const answer = { contract: 1, number: 2, ...(await elsewhere()) } as Parameters<
      typeof completeReEnrolment
    >[1];
    await completeReEnrolment(shop.db, answer, { operator: OWNER, at: AT + 2_000 });
    const after = await entries();
    expect((await verifyChain(after)).kind).toBe('whole');
    expect(carriedIn(after)).toEqual([second[0], ...first, second.at(-1)]);
  });

  test('notice states of the former relay are kept, but none is waiting any more', async () => {
    await sellOwing(500);
    await sellOwing(501);
    const [sent, waiting] = (await unconfirmedActs(shop.db, 9)).slice(-2);
    const notices = ([entry, state]: [string, 'sent' | 'waiting']) => ({
      entry,
      customer: ANNA,
      state,
    });
    await shop.db.notices.bulkAdd([
      notices([sent!.entry.hash, 'sent']),
      notices([waiting!.entry.hash, 'waiting']),
    ]);
    await anew(await elsewhere());
    const after = (await unconfirmedActs(shop.db, 9)).slice(-2);
    expect(after.map(({ notice }) => notice)).toEqual(['sent', 'account']);
  });

  test('a long journal is carried over completely, batch by batch', async () => {
    const long = await lengthen(shop.db, 1_200);
    await anew(await elsewhere());
    const after = await entries();
    expect((await verifyChain(after)).kind).toBe('whole');
    expect(carriedIn(after)).toEqual(long);
  });

  test('stopped half-way, nothing has changed, and the next try carries over everything', async () => {
    const long = await lengthen(shop.db, 1_200);
    let added = 0;
    const stop = () => {
      added += 1;
      if (added > 700) throw new DOMException('the disk is full', 'QuotaExceededError');
    };
    shop.db.journal.hook('creating', stop);
    await expect(anew(await elsewhere())).rejects.toMatchObject({ kind: 'disk-full' });
    shop.db.journal.hook('creating').unsubscribe(stop);
    expect([await entries(), await shop.db.journal.count()]).toEqual([long, long.length]);
    expect((await tillIn(shop.db))?.id).toBe(TILL);
    await anew(await elsewhere());
    expect(carriedIn(await entries())).toEqual(long);
  });
});

test('debts, sales and their proofs are unchanged, and no cap is reset', async () => {
  await sellOwing(500);
  const owed = await standingIn(shop.db, ANNA);
  const used = await usageIn(shop.db, AT, ANNA);
  expect(used.till).toBe(54_000);
  const filter = { shown: null, action: null, customer: ANNA, after: null, limit: 10 };
  const confirmed = await confirmationsPage(shop.db, filter);
  const sale = await saleIn(shop.db, id(500));
  await anew();
  expect(await standingIn(shop.db, ANNA)).toEqual(owed);
  expect(await usageIn(shop.db, AT, ANNA)).toEqual(used);
  expect(await confirmationsPage(shop.db, filter)).toEqual(confirmed);
  expect(await saleIn(shop.db, id(500))).toEqual(sale);
});

test('the till sells under the new name, and receipts are numbered from one', async () => {
  await shop.sell(receiptOf(id(500), { tenders: [cash(10_000)] }));
  await setQuarantine(shop.db, { because: 'fork', since: AT });
  await anew();
  expect(await metaIn(shop.db, 'quarantine')).toBeNull();
  expect((await currentPolicy(shop.db)).kind).toBe('policy');
  const outcome = await shop.sell(receiptOf(id(501), { tenders: [cash(10_000)] }));
  expect(outcome).toMatchObject({ kind: 'saved', sale: { till: ANEW, number: 1 } });
});

test('after another re-enrolment, carried-over entries are carried over as themselves', async () => {
  await sellOwing(500);
  const before = await entries();
  await anew();
  await beginReEnrolment(shop.db, { id: id(5) });
  const again = await completeReEnrolment(
    shop.db,
    {
      shop: SHOP,
      relayKey: shop.relay.publicKey,
      contract: 1,
      number: 2,
      policy: await shop.policyJws(1),
    },
    { operator: OWNER, at: AT + 2_000 },
  );
  expect(again.kind).toBe('enrolled');
  const carried = (await entries()).slice(1).map(({ body }) => body['entry'] as Entry);
  expect(carried.map(({ till }) => till)).toEqual([ANEW, ...before.map(() => TILL)]);
  expect(carried.slice(1)).toEqual(before);
  expect((await formerTillsIn(shop.db)).map((name) => name.id)).toEqual([ANEW, TILL]);
  // the proof of a debt is found two till ids back
  expect((await saleIn(shop.db, id(500)))?.entry.till).toBe(TILL);
});

describe('what the relay had of the former ids', () => {
  /** What a till sends at its next sign-in. */
  const shown = async () =>
    (await signedByRelay(shop.db, (await tillIn(shop.db))?.id ?? '')).former;

  test('is shown under the new one, with what was carried over', async () => {
    await sellOwing(500);
    await uploaded();
    const { seq } = await headIn(shop.db);
    const mark = await metaIn(shop.db, 'watermark');
    const first = { till: TILL, offered: seq, watermark: mark?.jws };
    await sellOwing(501);
    await anew();
    expect(await shown()).toEqual([first]);

    const { seq: last, hash } = await headIn(shop.db);
    const later = { till: ANEW, seq: last - 1, hash, jws: 'of.the.new' };
    await shop.db.meta.put({ key: 'watermark', value: later });
    await shop.db.meta.put({ key: 'offered', value: { till: ANEW, seq: last } });
    await beginReEnrolment(shop.db, { id: id(5) });
    await completeReEnrolment(
      shop.db,
      {
        shop: SHOP,
        relayKey: shop.relay.publicKey,
        contract: 1,
        number: 3,
        policy: await shop.policyJws(1),
      },
      { operator: OWNER, at: AT + 2_000 },
    );
    const carried = (await formerEntries()).at(-1)?.seq;
    expect(carried).toBeGreaterThan(seq);
    expect(await shown()).toEqual([
      first,
      { till: TILL, offered: carried, watermark: 'of.the.new' },
      { till: ANEW, offered: last, watermark: 'of.the.new' },
    ]);
  });

  test('is not shown to another relay', async () => {
    await uploaded();
    await anew(await elsewhere());
    expect(await shown()).toBeUndefined();
  });
});

describe('a lost or wrong reply', () => {
  test('the requested id and key are kept until a reply arrives, and the till is unchanged meanwhile', async () => {
    const first = await beginReEnrolment(shop.db, { id: ANEW });
    const second = await beginReEnrolment(shop.db, { id: id(99) });
    expect([first.id, second.id]).toEqual([ANEW, ANEW]);
    expect(await publicKeyOf(second)).toEqual(await publicKeyOf(first));
    expect((await tillIn(shop.db))?.id).toBe(TILL);
  });

  test('the same reply again changes nothing', async () => {
    await anew();
    const before = await entries();
    const outcome = await completeReEnrolment(
      shop.db,
      {
        shop: SHOP,
        relayKey: shop.relay.publicKey,
        contract: 1,
        number: 2,
        policy: await shop.policyJws(1),
      },
      { operator: OWNER, at: AT + 5_000 },
    );
    expect(outcome).toMatchObject({ kind: 'enrolled', till: { id: ANEW } });
    expect(await entries()).toEqual(before);
  });

  test('a policy of another signer, or of another shop, changes nothing', async () => {
    const before = await entries();
    const stranger = await signer();
    const forged = await shop.policyJws(1, undefined, stranger);
    expect(await anew({ policy: forged })).toEqual({ kind: 'policy-refused' });
    expect(await anew({ shop: OTHER_SHOP })).toEqual({ kind: 'policy-refused' });
    expect([await entries(), (await tillIn(shop.db))?.id]).toEqual([before, TILL]);
  });

  test('an older policy of the same relay changes nothing', async () => {
    await savePolicy(shop.db, await shop.policyJws(2));
    expect(await anew()).toEqual({ kind: 'policy-refused' });
  });
});

describe('the verification of everything', () => {
  async function checked() {
    const till = await tillIn(shop.db);
    if (!isEnrolled(till)) throw new Error('not enrolled');
    const judge = new ProofJudge(till, await formerTillsIn(shop.db));
    return verify(shop.db, till, (entry) => judge.judge(entry), {
      signal: new AbortController().signal,
      onprogress: () => undefined,
    });
  }

  test('covers journals of former names, too, and finds all of it whole', async () => {
    await sellOwing(500);
    const entriesBefore = (await entries()).length;
    await anew();
    await sellOwing(501);
    expect(await checked()).toMatchObject({
      entries: entriesBefore * 2 + 2,
      findings: [],
      differences: [],
    });
  });

  test('accepts a policy that starts again at another relay', async () => {
    await savePolicy(shop.db, await shop.policyJws(7));
    await sellOwing(500);
    await anew(await elsewhere());
    await sellOwing(501);
    expect(await checked()).toMatchObject({ findings: [], differences: [] });
  });

  test('reports what was cut off, or edited, in the journal of a former name', async () => {
    await sellOwing(500);
    const { seq } = await headIn(shop.db);
    await anew();
    const last = await shop.db.journal.get([TILL, seq]);
    await shop.db.journal.delete([TILL, seq]);
    expect((await checked())?.findings).toContainEqual({
      kind: 'cut-off',
      after: seq - 1,
      last: seq,
    });
    if (last === undefined) throw new Error('nothing there');
    await shop.db.journal.put({ ...last, at: last.at + 1 });
    expect((await checked())?.findings).toContainEqual({
      kind: 'broken',
      place: { seq, act: 'sale', at: AT + 1 },
      because: 'hash',
    });
  });
});

test('at another relay the till has its shop, key and policy; grants of the former relay are verified with its key', async () => {
  expect((await anew(await elsewhere())).kind).toBe('enrolled');
  const current = await currentPolicy(shop.db);
  expect(current).toMatchObject({ kind: 'policy', policy: { shop: { id: OTHER_SHOP } } });
  expect(await formerTillsIn(shop.db)).toEqual([
    { id: TILL, shop: SHOP, relayKey: shop.relay.publicKey, number: 1 },
  ]);
});
