// Uploads of the journal: in order and once, over any losses; a watermark counts only if it is valid.
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { metaIn, isEnrolled, tillIn } from '$lib/storage/database/meta';
import fc from 'fast-check';
import type { Entry } from '$lib/contract/journal';
import { hashOf } from '$lib/proof/canonical';
import { MOST_CARDS, UPLOAD_BYTES, type Card, type Watermark } from '$lib/contract/journal-upload';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Phone } from '$lib/domain/values/phone';
import { sealCard, sealedPart } from '$lib/proof/record';
import { importCustomers, saveCustomer } from '$lib/storage/customers/customers';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import { headIn } from '$lib/storage/journal/reader';
import { publicKeyOf } from '$lib/storage/till/till';
import { acknowledged, signedByRelay, keepWatermark } from '$lib/storage/journal/watermark';
import { writeAct } from '$lib/storage/journal/writer';
import { batchOf, cardsNamed, heldOf } from '$lib/sync/batch';
import { Upload } from '$lib/sync/upload';
import { JournalAtRelay, type Way } from '../support/journal-at-relay';
import { discardShop, openShopWithFile, spoilRows, stopTill } from '../support/journal-disk';
import {
  ANNA,
  AT,
  BORIS,
  CASHIER,
  cash,
  discard,
  id,
  NO_CREDIT,
  NO_PHONE,
  openShop,
  OWNER,
  overrideBy,
  owingOf,
  receiptOf,
  SENIOR,
  SHOP,
  signer,
  TILL,
  type Shop,
  wholeJournal,
} from '../support/storage-shop';

let shop: Shop;
let relay: JournalAtRelay;
let upload: Upload;

beforeEach(async () => {
  shop = await openShop();
  const till = await tillIn(shop.db);
  if (till === null) throw new Error('no till');
  relay = new JournalAtRelay(shop.relay, await publicKeyOf(till));
  upload = new Upload({ db: shop.db, client: relay, now: () => AT, proven: () => AT });
});
afterEach(() => discard(shop.db));

let receipts = 1_000;

async function sell(): Promise<void> {
  receipts += 1;
  const outcome = await shop.sell(receiptOf(id(receipts), { tenders: [cash(10_000)] }));
  expect(outcome.kind).toBe('saved');
}

/** Any act, quicker than a sale. */
const note = (n = 0) =>
  writeAct(shop.db, {
    act: 'pin-locked',
    operator: null,
    at: AT + n,
    policy: 1,
    body: { operator: CASHIER, failures: 5, until: AT + 60_000 + n },
  });

async function expectWhole(): Promise<void> {
  const journal = [];
  for await (const entry of wholeJournal(shop.db)) journal.push(entry);
  expect(relay.kept).toEqual(journal);
}

const relayHas = async () => {
  const till = await tillIn(shop.db);
  return isEnrolled(till) ? ((await acknowledged(shop.db, till))?.seq ?? null) : null;
};

describe('uploads', () => {
  test('the whole journal is uploaded in order, and the relay’s watermark is stored', async () => {
    await sell();
    expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    await expectWhole();
    expect(await relayHas()).toBe((await headIn(shop.db)).seq);
  });

  test('later only new entries are uploaded', async () => {
    await upload.run();
    const { seq } = await headIn(shop.db);
    relay.requests.length = 0;
    await sell();
    await upload.run();
    expect(relay.requests).toEqual([[seq + 1]]);
  });

  test('more entries than a request may hold are uploaded in several requests', async () => {
    await Promise.all(Array.from({ length: 210 }, (_, n) => note(n)));
    expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    expect(relay.requests.map((each) => each.length)).toEqual([200, expect.any(Number)]);
    // only the last says that no later entry is older
    expect(relay.signedAt).toEqual([null, AT]);
    await expectWhole();
  });

  test('what may have reached the relay is noted before it leaves, and shown with the watermark', async () => {
    const till = (await tillIn(shop.db))!.id;
    expect(await signedByRelay(shop.db, till)).toEqual({});
    await upload.run();
    const { seq } = await headIn(shop.db);
    expect(await signedByRelay(shop.db, till)).toEqual({
      acknowledged: { watermark: (await metaIn(shop.db, 'watermark'))?.jws, offered: seq },
    });
    await sell();
    relay.ways.push('answer-lost');
    await upload.run();
    expect(await signedByRelay(shop.db, till)).toMatchObject({
      acknowledged: { offered: seq + 1 },
    });
  });

  test('two runs at once upload everything once', async () => {
    const [one, two] = await Promise.all([upload.run(), upload.run()]);
    expect([one, two]).toEqual([{ kind: 'up-to-date' }, { kind: 'up-to-date' }]);
    expect(relay.requests).toHaveLength(1);
  });

  test('with nothing to upload the last entry is sent again, to learn the relay’s watermark', async () => {
    await upload.run();
    relay.requests.length = 0;
    const { seq } = await headIn(shop.db);
    expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    expect(relay.requests).toEqual([[seq]]);
  });

  test('phone numbers are sent for customers whose debt or points changed, and for nobody else', async () => {
    await upload.run();
    relay.contacts.clear();
    const owing = owingOf(id(900), ANNA);
    const sold = await shop.sell(owing, [overrideBy(SENIOR, 'sell-on-account')]);
    expect(sold.kind).toBe('saved');
    await upload.run();
    expect([...relay.contacts]).toEqual([[ANNA, '+79250000602']]);
    expect(NO_PHONE).not.toBe(ANNA);
  });

  test('a number added to a card later is sent with the card, and so are those of imported cards', async () => {
    await upload.run();
    expect([...relay.contacts.keys()].toSorted()).toEqual([ANNA, BORIS, NO_CREDIT].toSorted());
    relay.contacts.clear();
    const phone = '+79161234567' as Phone;
    const credit = { kind: 'shop-limit' } as const;
    const card = { id: NO_PHONE, name: 'Вера Без Телефона', phone, credit, ...NO_DETAILS };
    const saved = await saveCustomer(shop.db, { customer: card, operator: CASHIER, at: AT });
    expect(saved.kind).toBe('saved');
    await upload.run();
    expect([...relay.contacts]).toEqual([[NO_PHONE, phone]]);
  });

  test('a relay that accepts fewer entries at once gets fewer', async () => {
    relay.answer = (asked) => (asked.entries.length > 1 ? { kind: 'too-large' } : null);
    expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    expect(relay.requests.every((each) => each.length === 1)).toBe(true);
    await expectWhole();
  });

  test('a relay restored from an older copy is sent what it lost', async () => {
    await sell();
    await upload.run();
    relay.kept.length = 1;
    await sell();
    expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    await expectWhole();
  });
});

describe('cards', () => {
  const save = async (customer: string, name: string, phone: Phone | null = null) => {
    const credit = { kind: 'shop-limit' } as const;
    const card = { id: customer, name, phone, credit, ...NO_DETAILS };
    const saved = await saveCustomer(shop.db, { customer: card, operator: OWNER, at: AT });
    expect(saved.kind).toBe('saved');
  };
  const cardHere = async (customer: string): Promise<Card> => {
    const row = await shop.db.customers.get(customer);
    if (row === undefined) throw new Error('no card');
    return sealedPart(row);
  };
  const namesSent = () => relay.cards.map((cards) => cards.map(({ name }) => name));

  test('those of an upload’s entries are sent with it, as they are sealed, and no others', async () => {
    await upload.run();
    const sent = relay.cards.flat();
    expect(sent).toEqual(
      await Promise.all([ANNA, BORIS, NO_CREDIT, NO_PHONE].toSorted().map(cardHere)),
    );
    const named = relay.kept.flatMap(({ body }) =>
      ((body['customers'] ?? []) as { recordHash: string }[]).map(({ recordHash }) => recordHash),
    );
    expect(await Promise.all(sent.map(sealCard))).toEqual(named);
    relay.cards.length = 0;
    await sell();
    await upload.run();
    expect(relay.cards).toEqual([]);
    await save(BORIS, 'Борис Ершов', '+79161234567' as Phone);
    await upload.run();
    expect(relay.cards).toEqual([[await cardHere(BORIS)]]);
  });

  test('of one that was changed again before the upload only the newest is sent', async () => {
    await upload.run();
    relay.cards.length = 0;
    for (const name of ['Дина', 'Дина Н.', 'Дина Новая']) await save(id(60), name);
    await save(id(61), 'Егор');
    await upload.run();
    expect(namesSent()).toEqual([['Дина Новая', 'Егор']]);
  });

  test('damaged cards are left out, and keep no entry back', async () => {
    await upload.run();
    relay.cards.length = 0;
    for (const n of [60, 61, 62, 63]) await save(id(n), `Номер ${n}`);
    await shop.db.customers.update(id(60), { name: 'Другое имя' });
    await shop.db.customers.update(id(61), { phone: 'nobody' as Phone });
    const undo = spoilRows(['customers', id(62)]);
    try {
      expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    } finally {
      undo();
    }
    expect(namesSent()).toEqual([['Номер 63']]);
    await expectWhole();
  });

  test('a card that the database cannot read goes up from the journal file', async () => {
    const withFile = await openShopWithFile();
    try {
      const till = await tillIn(withFile.db);
      if (till === null) throw new Error('no till');
      const there = new JournalAtRelay(withFile.relay, await publicKeyOf(till));
      const deps = { db: withFile.db, client: there, now: () => AT, proven: () => AT };
      await new Upload(deps).run();
      there.cards.length = 0;
      const card = { phone: null, credit: { kind: 'shop-limit' } as const, ...NO_DETAILS };
      for (const [n, name] of [
        [60, 'Дина'],
        [61, 'Егор'],
      ] as const) {
        const attempt = { customer: { id: id(n), name, ...card }, operator: OWNER, at: AT };
        expect((await saveCustomer(withFile.db, attempt)).kind).toBe('saved');
      }
      await withFile.db.customers.delete(id(60));
      const undo = spoilRows(['customers', id(61)]);
      try {
        expect(await new Upload(deps).run()).toEqual({ kind: 'up-to-date' });
      } finally {
        undo();
      }
      expect(there.cards.flat().map(({ name }) => name)).toEqual(['Дина', 'Егор']);
    } finally {
      stopTill(withFile.db);
      await discardShop(withFile.db);
    }
  });

  test('cards go with the entries that carry theirs over from a former journal', async () => {
    await save(id(60), 'Дина');
    const former = await headIn(shop.db);
    const entry = await shop.db.journal.get([TILL, former.seq]);
    const carried = { ...entry, act: 'carried-over', body: { entry } } as Entry;
    const named = cardsNamed([{ ...carried, body: { entry: carried } }, null]);
    expect(named).toEqual([expect.objectContaining({ customer: id(60) })]);
  });

  test('no upload has more cards, or more bytes with them, than the relay takes', async () => {
    await upload.run();
    relay.cards.length = 0;
    const customers = Array.from({ length: 800 }, (_, n) => ({
      id: id(10_000 + n),
      name: 'ы'.repeat(300),
      phone: null,
      credit: { kind: 'shop-limit' } as const,
      owed: 100,
      points: 100,
      birthday: { day: 29, month: 12, year: 1999 },
      note: 'ы'.repeat(200),
      group: id(1),
      reminders: 'declined' as const,
    }));
    const attempt = { source: 'file', approvals: [], operator: OWNER, at: AT } as const;
    expect((await importCustomers(shop.db, { ...attempt, customers })).kind).toBe('saved');
    for (let n = 0; n < 220; n += 1) await save(id(20_000 + n), 'ы'.repeat(300));
    let largest = 0;
    relay.answer = (asked) => {
      largest = Math.max(largest, new TextEncoder().encode(JSON.stringify(asked)).length);
      return null;
    };
    await upload.run();
    const counts = relay.cards.map((cards) => cards.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(MOST_CARDS);
    expect(counts.reduce((sum, count) => sum + count)).toBe(1020);
    expect(largest).toBeLessThan(UPLOAD_BYTES);
  });

  test('an import waits for the next upload where its cards have no room beside the entries before it', () => {
    const note = { act: 'note', body: { filling: 'a'.repeat(10_000) } } as unknown as Entry;
    const customers = Array.from({ length: 300 }, (_, n) => ({ customer: id(n), recordHash: '' }));
    const imported = { act: 'customers-imported', body: { customers } } as unknown as Entry;
    const held = [...Array.from({ length: 65 }, () => note), imported];
    const batch = batchOf(held.map((entry, n) => ({ ...heldOf(entry), seq: n + 1 })));
    expect(batch).toHaveLength(65);
  });

  test('after any saves, uploads and losses every newest card is at the relay', async () => {
    const act = fc.oneof(
      fc.record({ save: fc.constantFrom(60, 61, 62), name: fc.nat(2) }),
      fc.constantFrom<Way[]>('there-and-back', 'lost-on-the-way', 'answer-lost'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
        for (const each of acts) {
          if (typeof each === 'object') await save(id(each.save), `Имя ${each.name}`);
          else {
            relay.ways.push(each);
            await upload.run();
          }
        }
        expect(await upload.run()).toEqual({ kind: 'up-to-date' });
        const here = await shop.db.customers.toArray();
        const held = await Promise.all(relay.cards.flat().map(sealCard));
        for (const card of here) expect(held).toContain(await sealCard(card));
      }),
      { numRuns: 25 },
    );
  });
});

test('over any network losses each entry is at the relay once and in order', async () => {
  const way = fc.constantFrom<Way[]>('there-and-back', 'lost-on-the-way', 'answer-lost');
  const rounds = fc.array(fc.record({ acts: fc.nat(3), ways: fc.array(way, { maxLength: 4 }) }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(rounds, async (days) => {
      for (const { acts, ways } of days) {
        await Promise.all(Array.from({ length: acts }, (_, n) => note(n)));
        relay.ways.push(...ways);
        await upload.run();
        const { seq } = await headIn(shop.db);
        expect(relay.kept.length).toBeLessThanOrEqual(seq);
        expect((await relayHas()) ?? 0).toBeLessThanOrEqual(relay.kept.length);
      }
      relay.ways.length = 0;
      expect(await upload.run()).toEqual({ kind: 'up-to-date' });
      await expectWhole();
    }),
    { numRuns: 25 },
  );
});

test('a journal whose head cannot be read to sign in is no failure of the network', async () => {
  const client = {
    uploadJournal: () => Promise.resolve({ kind: 'unreachable', because: 'disk-failed' } as const),
  };
  const unread = new Upload({ db: shop.db, client, now: () => AT, proven: () => AT });
  expect(await unread.run()).toEqual({ kind: 'not-taken', because: 'disk-failed' });
});

describe('watermarks that do not count', () => {
  test('a watermark signed by another key changes nothing', async () => {
    relay.signer = await signer();
    expect(await upload.run()).toEqual({ kind: 'not-taken', because: 'not-believed' });
    expect(await relayHas()).toBeNull();
  });

  test('a watermark below what was sent, or for another till, changes nothing', async () => {
    relay.mark = (mark) => ({ ...mark, seq: mark.seq - 1 });
    expect(await upload.run()).toEqual({ kind: 'not-taken', because: 'not-believed' });
    relay.mark = (mark) => ({ ...mark, till: OWNER });
    expect(await upload.run()).toEqual({ kind: 'not-taken', because: 'not-believed' });
    expect(await relayHas()).toBeNull();
  });

  test('a watermark raised by hand keeps no entry from the relay', async () => {
    await upload.run();
    await sell();
    const { seq, hash } = await headIn(shop.db);
    const row = await shop.db.meta.get('watermark');
    if (row?.key !== 'watermark') throw new Error('no watermark');
    await shop.db.meta.put({ ...row, value: { ...row.value, seq, hash } });
    expect(await relayHas()).toBeNull();
    expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    await expectWhole();
  });

  test('one that comes without an upload counts if it is newer, for this till and in its journal', async () => {
    await sell();
    await upload.run();
    const { seq } = await headIn(shop.db);
    const kept = async () => (await signedByRelay(shop.db, TILL)).acknowledged?.watermark;
    const first = await kept();
    const other = await signer();
    for (const change of [
      (mark: Watermark) => mark,
      (mark: Watermark) => ({ ...mark, at: AT + 1, till: OWNER }),
      (mark: Watermark) => ({ ...mark, at: AT + 1, hash: 'f'.repeat(64) }),
      (mark: Watermark) => ({ ...mark, at: AT + 1, seq: seq + 1 }),
    ]) {
      relay.mark = change;
      await keepWatermark(shop.db, TILL, await relay.sign());
    }
    relay.mark = (mark) => ({ ...mark, at: AT + 1 });
    await keepWatermark(shop.db, OWNER, await relay.sign());
    relay.signer = other;
    await keepWatermark(shop.db, TILL, await relay.sign());
    expect(await kept()).toBe(first);

    relay.signer = shop.relay;
    const newer = await relay.sign();
    await keepWatermark(shop.db, TILL, newer);
    expect(await kept()).toBe(newer);
    // the relay was restored from an older copy: it has less
    relay.kept.pop();
    relay.mark = (mark) => ({ ...mark, at: AT + 2 });
    await keepWatermark(shop.db, TILL, await relay.sign());
    expect(await relayHas()).toBe(seq - 1);
  });

  test('an upload with a gap that cannot be filled ends, and is tried again later', async () => {
    relay.answer = () => ({ kind: 'gap', expectedSeq: 50 });
    expect(await upload.run()).toEqual({ kind: 'not-taken', because: 'not-believed' });
  });
});

/** Sealed with more in it than the relay takes. */
async function large({ hash: _, ...entry }: Entry): Promise<Entry> {
  const sealed = { ...entry, body: { ...entry.body, stray: 'a'.repeat(17 * 1024 * 1024) } };
  return { ...sealed, hash: await hashOf(sealed) };
}

describe('a damaged entry stops no uploads', () => {
  /** What is sent from now on, each answered as the relay answers a damaged journal. */
  function record(kind: 'quarantined' | 'fork' = 'quarantined'): unknown[][] {
    const sent: unknown[][] = [];
    relay.answer = ({ entries }) => {
      sent.push([...entries]);
      return { kind, seq: 3 };
    };
    return sent;
  }
  const seqs = (sent: readonly unknown[][]) =>
    sent.map((entries) => entries.map((entry) => (entry as Entry | null)?.seq ?? null));
  const quarantined = { kind: 'quarantined', because: 'damaged' };
  /** Replaces the till's newest entry in its database. */
  async function damage(change: (entry: Entry) => unknown): Promise<void> {
    const { seq } = await headIn(shop.db);
    const till = await tillIn(shop.db);
    const entry = await shop.db.journal.get([till?.id ?? '', seq]);
    await shop.db.journal.put((await change(entry!)) as Entry);
  }

  test.each(['quarantined', 'fork'] as const)(
    'after the answer %s all that follows is uploaded, each act once',
    async (kind) => {
      await upload.run();
      const { seq } = await headIn(shop.db);
      for (let n = 0; n < 230; n += 1) await note(n);
      const sent = record(kind);
      const because = kind === 'fork' ? kind : 'damaged';
      expect(await upload.run()).toEqual({ kind: 'quarantined', because });
      const batches = seqs(sent).filter((each) => each.length > 1);
      expect(batches.flat()).toEqual(Array.from({ length: 230 }, (_, n) => seq + 1 + n));
      sent.length = 0;
      await note(1);
      expect(await upload.run()).toEqual({ kind: 'quarantined', because });
      expect(seqs(sent)).toEqual([[seq + 231]]);
      expect(await metaIn(shop.db, 'quarantine')).toEqual({ because, since: AT });
    },
  );

  test.each<[string, (entry: Entry) => unknown]>([
    ['another time', (entry) => ({ ...entry, at: entry.at - 1 })],
    ['another debt', (entry) => ({ ...entry, body: { ...entry.body, accounts: [] } })],
    ['no body', (entry) => ({ ...entry, body: null })],
    ['a hash that is none', (entry) => ({ ...entry, hash: 5 })],
    ['a value without JSON', (entry) => ({ ...entry, body: { ...entry.body, stray: 1n } })],
    ['more than an entry may have', large],
  ])('an entry with %s never leaves the till', async (_, change) => {
    await upload.run();
    await shop.sell(owingOf(id(900), ANNA), [overrideBy(SENIOR, 'sell-on-account')]);
    const { seq } = await headIn(shop.db);
    await damage(change);
    const sent: unknown[][] = [];
    relay.answer = ({ entries }) => {
      sent.push([...entries]);
      return entries[0] === null ? { kind: 'quarantined', seq } : { kind: 'gap', expectedSeq: seq };
    };
    expect(await upload.run()).toEqual(quarantined);
    await note(1);
    expect(await upload.run()).toEqual(quarantined);
    const acts = sent.flat().map((entry) => (entry as Entry | null)?.act ?? null);
    expect(new Set(acts)).toEqual(new Set([null, 'pin-locked']));
  });

  test('in place of an entry that is missing nothing is sent, once the relay asks for it', async () => {
    await upload.run();
    await note(1);
    const { seq } = await headIn(shop.db);
    const till = await tillIn(shop.db);
    await note(2);
    await note(3);
    await shop.db.journal.delete([till?.id ?? '', seq]);
    const sent: unknown[][] = [];
    relay.answer = ({ entries }) => {
      sent.push([...entries]);
      return entries[0] === null ? { kind: 'quarantined', seq } : { kind: 'gap', expectedSeq: seq };
    };
    expect(await upload.run()).toEqual(quarantined);
    expect(seqs(sent)).toEqual([
      [seq + 1, seq + 2],
      [null, seq + 1, seq + 2],
    ]);
  });

  test('a card that cannot be read is left out of the contacts', async () => {
    const undo = spoilRows(['customers', ANNA]);
    try {
      expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    } finally {
      undo();
    }
    expect([...relay.contacts.keys()].toSorted()).toEqual([BORIS, NO_CREDIT].toSorted());
  });

  test('a card whose number was damaged is left out of the contacts', async () => {
    await upload.run();
    relay.contacts.clear();
    const owing = owingOf(id(900), ANNA);
    expect((await shop.sell(owing, [overrideBy(SENIOR, 'sell-on-account')])).kind).toBe('saved');
    await shop.db.customers.update(ANNA, { phone: 'nobody' as Phone });
    let contacts: unknown;
    relay.answer = (asked) => {
      contacts = asked.contacts;
      return null;
    };
    expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    expect(contacts).toBeUndefined();
  });
});

describe('a till that needs re-enrolment', () => {
  test('the relay has another entry at the same number', async () => {
    relay.answer = () => ({ kind: 'fork', seq: 2 });
    expect(await upload.run()).toEqual({ kind: 'quarantined', because: 'fork' });
    expect(await metaIn(shop.db, 'quarantine')).toEqual({ because: 'fork', since: AT });
    await sell();
  });

  test('the relay has more of this journal than the till does', async () => {
    await upload.run();
    relay.kept.push({ ...relay.kept.at(-1)!, seq: relay.kept.length + 1, hash: 'f'.repeat(64) });
    expect(await upload.run()).toEqual({ kind: 'quarantined', because: 'behind' });
  });

  test('receipt numbers that another copy may have given are left out with an entry, once for all that it is known to have', async () => {
    await sell();
    await upload.run();
    const { seq } = await headIn(shop.db);
    const last = relay.kept.at(-1)!;
    // the original device sold three times more
    for (const n of [1, 2, 3]) relay.kept.push({ ...last, seq: seq + n, hash: 'f'.repeat(64) });
    expect(await upload.run()).toEqual({ kind: 'quarantined', because: 'behind' });
    expect(await upload.run()).toEqual({ kind: 'quarantined', because: 'behind' });
    await sell();
    await sell();
    const numbers = (await shop.db.sales.toArray()).map(({ number }) => number);
    expect(numbers.sort((a, b) => a - b)).toEqual([1, 1005, 1006]);
    const skipped = (await shop.db.journal.toArray()).filter(
      ({ act }) => act === 'numbers-skipped',
    );
    expect(skipped).toMatchObject([{ seq: seq + 1, body: { from: 5, to: 1004 } }]);
  });

  test('the till asks how far a fork goes, and leaves its receipt numbers out', async () => {
    await sell();
    await upload.run();
    const { seq } = await headIn(shop.db);
    const last = relay.kept.at(-1)!;
    for (const n of [1, 2]) relay.kept.push({ ...last, seq: seq + n, hash: 'f'.repeat(64) });
    for (let n = 0; n < 3; n += 1) await sell();
    expect(await upload.run()).toEqual({ kind: 'quarantined', because: 'fork' });
    await sell();
    const numbers = (await shop.db.sales.toArray()).map(({ number }) => number);
    expect(Math.max(...numbers)).toBe(4 + 2 + 1_000 + 1);
  });

  test('quarantine because the relay does not know this till ends with the relay’s next watermark', async () => {
    relay.answer = () => ({ kind: 'unknown-till' });
    expect(await upload.run()).toEqual({ kind: 'quarantined', because: 'unknown-till' });
    relay.answer = null;
    expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    expect(await metaIn(shop.db, 'quarantine')).toBeNull();
  });

  test('a watermark under a former name of the device changes nothing under the new one', async () => {
    relay.answer = () => {
      relay.answer = null;
      return { kind: 'fork', seq: 1 };
    };
    const asked = relay.uploadJournal;
    let isForked = true;
    const client = {
      uploadJournal: async (...parts: Parameters<typeof asked>) => {
        const reply = await asked(...parts);
        if (!isForked) return reply;
        isForked = false;
        await beginReEnrolment(shop.db, { id: id(3) });
        const { publicKey: relayKey } = shop.relay;
        const policy = await shop.policyJws(1);
        const named = { shop: SHOP, relayKey, contract: 1, number: 2, policy };
        await completeReEnrolment(shop.db, named, { operator: OWNER, at: AT });
        return reply;
      },
    };
    await new Upload({ db: shop.db, client, now: () => AT, proven: () => AT }).run();
    expect(await metaIn(shop.db, 'quarantine')).toBeNull();
  });

  test('a fork remains one, whatever the relay says afterwards', async () => {
    relay.answer = () => ({ kind: 'fork', seq: 2 });
    await upload.run();
    relay.answer = () => ({ kind: 'unknown-till' });
    expect(await upload.run()).toEqual({ kind: 'quarantined', because: 'fork' });
    relay.answer = null;
    await upload.run();
    expect(await metaIn(shop.db, 'quarantine')).toEqual({ because: 'fork', since: AT });
  });
});

describe('a damaged entry', () => {
  const alter = async (seq: number) => {
    const till = (await tillIn(shop.db))!.id;
    await shop.db.journal.update([till, seq], { at: AT - 1 });
  };

  test('is sent as missing after those before it, and then the till has to be connected again', async () => {
    for (let n = 0; n < 4; n += 1) await note(n);
    await alter(4);
    expect(await upload.run()).toEqual({ kind: 'quarantined', because: 'damaged' });
    expect(relay.requests).toEqual([
      [1, 2, 3],
      [5, 6],
      [null, 5, 6],
    ]);
    expect(relay.kept.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await relayHas()).toBe(3);
    expect(await metaIn(shop.db, 'quarantine')).toEqual({ because: 'damaged', since: AT });
  });

  test('that the relay has already stops nothing', async () => {
    await note();
    await upload.run();
    await alter(2);
    await note(1);
    expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    expect(relay.kept).toHaveLength(4);
    expect(await metaIn(shop.db, 'quarantine')).toBeNull();
  });

  test('is not carried over to a new till id, and the others are', async () => {
    for (let n = 0; n < 4; n += 1) await note(n);
    await alter(4);
    await upload.run();
    await beginReEnrolment(shop.db, { id: id(3) });
    const named = { shop: SHOP, relayKey: shop.relay.publicKey, contract: 1, number: 2 };
    await completeReEnrolment(
      shop.db,
      { ...named, policy: await shop.policyJws(2) },
      { operator: OWNER, at: AT },
    );
    const carried = await shop.db.journal
      .where(':id')
      .between([id(3), 2], [id(3), 99])
      .toArray();
    expect(carried.map(({ body }) => (body['entry'] as { seq: number }).seq)).toEqual([5, 6]);
  });
});

describe('an entry that is missing', () => {
  const lose = async (...seqs: number[]) => {
    const till = (await tillIn(shop.db))!.id;
    await shop.db.journal.bulkDelete(seqs.map((seq): [string, number] => [till, seq]));
  };
  const quarantined = { kind: 'quarantined', because: 'damaged' };

  test('is sent as missing after those before it, and so is the next one', async () => {
    for (let n = 0; n < 7; n += 1) await note(n);
    await lose(4, 7);
    expect(await upload.run()).toEqual(quarantined);
    expect(relay.requests).toEqual([
      [1, 2, 3],
      [5, 6],
      [null, 5, 6],
      [8, 9],
    ]);
    expect(relay.kept.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await relayHas()).toBe(3);
  });

  test('that the relay has already stops nothing, although its answer was lost', async () => {
    for (let n = 0; n < 3; n += 1) await note(n);
    relay.ways.push('answer-lost');
    await upload.run();
    for (let n = 3; n < 6; n += 1) await note(n);
    await lose(1, 2, 4);
    expect(await upload.run()).toEqual({ kind: 'up-to-date' });
    expect(relay.kept.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await metaIn(shop.db, 'quarantine')).toBeNull();
  });

  test('or cannot be read is sent as missing only when the relay asks for it', async () => {
    for (let n = 0; n < 4; n += 1) await note(n);
    shop.db.journal.hook('reading', (entry) => {
      if (entry.seq === 3) throw new DOMException('the row cannot be read', 'UnknownError');
      return entry;
    });
    expect(await upload.run()).toEqual(quarantined);
    expect(relay.requests).toEqual([
      [1, 2],
      [4, 5, 6],
      [null, 4, 5, 6],
    ]);
    expect(relay.kept.map(({ seq }) => seq)).toEqual([1, 2]);
  });
});

test.each<[string, (shop: Shop, place: [string, number]) => PromiseLike<unknown>]>([
  ['damaged', ({ db }, place) => db.journal.update(place, { at: AT - 1 })],
  ['missing', ({ db }, place) => db.journal.delete(place)],
])('a %s entry that the journal file has whole is put back and uploaded', async (_, spoil) => {
  const own = await openShopWithFile();
  try {
    const till = (await tillIn(own.db))!;
    const ownRelay = new JournalAtRelay(own.relay, await publicKeyOf(till));
    const uploadNow = () =>
      new Upload({ db: own.db, client: ownRelay, now: () => AT, proven: () => AT }).run();
    await own.sell(receiptOf(id(1), { tenders: [cash(10_000)] }));
    await own.sell(receiptOf(id(2), { tenders: [cash(10_000)] }));
    // in the middle of an upload, then at its beginning
    for (const seq of [3, 5]) {
      await spoil(own, [till.id, seq]);
      expect(await uploadNow()).toEqual({ kind: 'up-to-date' });
      expect(ownRelay.kept[seq - 1]).toMatchObject({ seq, at: AT });
      await own.sell(receiptOf(id(seq), { tenders: [cash(10_000)] }));
      await own.sell(receiptOf(id(seq + 1), { tenders: [cash(10_000)] }));
    }
    expect(await metaIn(own.db, 'quarantine')).toBeNull();
  } finally {
    stopTill(own.db);
    await discardShop(own.db);
  }
});

test.each(['before an upload', 'while the relay answers'])(
  'a last entry that the browser loses %s is put back: no other copy, no receipt number left out',
  async (when) => {
    const own = await openShopWithFile();
    try {
      const till = (await tillIn(own.db))!;
      const ownRelay = new JournalAtRelay(own.relay, await publicKeyOf(till));
      const sale = (n: number) => own.sell(receiptOf(id(n), { tenders: [cash(10_000)] }));
      await sale(1);
      const last: [string, number] = [till.id, (await headIn(own.db)).seq];
      const lose = () => own.db.journal.delete(last);
      const uploadJournal: JournalAtRelay['uploadJournal'] = async (sent) => {
        const reply = await ownRelay.uploadJournal(sent);
        if (when === 'while the relay answers') await lose();
        return reply;
      };
      const client = { uploadJournal };
      if (when === 'before an upload') {
        await new Upload({ db: own.db, client, now: () => AT, proven: () => AT }).run();
        await lose();
      }
      const uploadNow = new Upload({ db: own.db, client, now: () => AT, proven: () => AT });
      expect(await uploadNow.run()).toEqual({ kind: 'up-to-date' });
      expect(await own.db.journal.get(last)).toMatchObject({ act: 'sale' });
      expect(await metaIn(own.db, 'quarantine')).toBeNull();
      expect(await sale(2)).toMatchObject({ kind: 'saved', sale: { number: 2 } });
    } finally {
      stopTill(own.db);
      await discardShop(own.db);
    }
  },
);
