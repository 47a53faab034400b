// Uploads of journals: in order, each entry once, and a fork of one till's journal is recognised.
import * as fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ENTRY_BYTES } from '$lib/contract/journal-upload';
import { sealEntry } from '$lib/proof/chain';
import { verifyWatermark } from '$lib/proof/journal-head';
import { ask, debtRequest, START } from '../support/challenges';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { cases, limitOf } from '../support/cases';
import { TillClient, type Reply } from '../support/till-client';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

const MINUTE = 60_000;

let clock: ReturnType<typeof makeClock>;
let relay: RunningRelay;
let till: TillClient;
let journal: TillJournal;
beforeEach(async () => {
  clock = makeClock(START);
  relay = await startRelay({ now: clock.now });
  till = await TillClient.ready(relay.url, clock.now);
  journal = new TillJournal(till, clock.now);
  await journal.enrolled();
});
afterEach(() => relay.stop());

async function watermark({ json }: Reply): Promise<unknown> {
  if (till.relayKey === null || typeof json.watermark !== 'string')
    throw new Error(JSON.stringify(json));
  return verifyWatermark(json.watermark, till.relayKey);
}

/** The tills' entries that the relay has, in the shop's order. */
const kept = (): { till: string; seq: number; hash: string }[] =>
  relay.file
    .prepare('SELECT till, seq, hash FROM journal WHERE till <> shop ORDER BY shop_order')
    .all() as never;
const flags = (): unknown[] =>
  relay.file.prepare('SELECT kind FROM flags ORDER BY cursor').pluck().all();

/** Another till of the shop. */
async function secondTill(): Promise<TillClient> {
  const other = await TillClient.make(relay.url, clock.now);
  await till.elevate();
  const offer = await till.call('POST', '/tills/enrolments');
  await other.enrol(offer.json.token as string);
  await other.signIn();
  return other;
}

test('the reply to an upload has a watermark: the relay’s signed statement of how far it has the journal', async () => {
  await journal.idle();
  const reply = await journal.upload();
  expect(reply.status).toBe(200);
  expect(await watermark(reply)).toEqual({
    v: 1,
    purpose: 'watermark',
    shop: till.shopId,
    till: till.id,
    seq: 2,
    hash: journal.head.hash,
    at: START,
  });
});

test('the last entry sent again brings the watermark again and changes nothing', async () => {
  await journal.upload();
  const before = kept();
  const again = await journal.upload(journal.entries.slice(-1));
  expect(await watermark(again)).toMatchObject({ seq: 1, hash: journal.head.hash });
  expect(kept()).toEqual(before);
});

test('a missing part is a gap, named by the entry the relay waits for, and nothing is stored', async () => {
  for (let i = 0; i < 4; i += 1) await journal.idle();
  await journal.upload(journal.entries.slice(0, 2));
  const reply = await journal.upload(journal.entries.slice(3));
  expect([reply.status, reply.json]).toEqual([409, { kind: 'gap', expectedSeq: 3 }]);
  const torn = [journal.entries[2]!, journal.entries[4]!];
  expect((await journal.upload(torn)).json).toEqual({ kind: 'gap', expectedSeq: 4 });
  expect(kept()).toHaveLength(2);
});

test('a till restored from an old copy learns where its journal differs from the relay’s', async () => {
  await journal.idle();
  const copy = new TillJournal(till, clock.now);
  copy.entries.push(...journal.entries);
  await journal.idle();
  await journal.idle();
  await journal.upload();
  clock.pass(1000);
  await copy.idle();
  await copy.idle();
  await copy.idle();
  const fork = { kind: 'fork', seq: 3 };
  expect((await copy.upload()).json).toEqual(fork);
  expect((await copy.upload(copy.entries.slice(2))).json).toEqual(fork);
  // it has continued on its own, so its next entry does not follow the relay's last one
  expect((await copy.upload(copy.entries.slice(4))).json).toEqual({ kind: 'fork', seq: 4 });
  expect(kept().map(({ hash }) => hash)).toEqual(journal.entries.map(({ hash }) => hash));
});

test('a chain that is broken is a fork at that place', async () => {
  await journal.idle();
  const stranger = await sealEntry({ seq: 2, hash: 'f'.repeat(64) }, { ...journal.entries[1]! });
  const reply = await journal.upload([...journal.entries, stranger]);
  expect(reply.json).toEqual({ kind: 'fork', seq: 2 });
  expect(kept()).toHaveLength(2);
});

describe('who may upload', () => {
  test('nobody uploads the journal of another till', async () => {
    const other = await secondTill();
    const theirs = new TillJournal(other, clock.now);
    await theirs.enrolled();
    const headSigned = await other.signHead(theirs.head);
    const reply = await till.call('POST', '/journal', { entries: theirs.entries, headSigned });
    expect([reply.status, reply.json.kind]).toEqual([403, 'other-till']);
  });

  test('a head that the till’s key has not signed is refused', async () => {
    const other = await secondTill();
    const headSigned = await other.signHead(journal.head);
    const reply = await journal.upload(journal.entries, { headSigned });
    expect([reply.status, reply.json.kind]).toEqual([403, 'wrong-signature']);
    expect(kept()).toEqual([]);
  });

  test('a removed till can still upload its journal, by its signature alone', async () => {
    const other = await secondTill();
    const theirs = new TillJournal(other, clock.now);
    await theirs.enrolled();
    other.bearer = null;
    expect((await theirs.upload()).json.kind).toBe('session-unknown');
    await till.call('DELETE', `/tills/${other.id}`);
    const reply = await theirs.upload();
    expect([reply.status, reply.json.kind]).toEqual([200, 'kept']);
    clock.pass(5 * MINUTE);
    await theirs.idle();
    await theirs.upload(theirs.entries.slice(1));
    expect(flags()).toEqual(['till-revoked']);
  });

  test('an unknown till is refused as such', async () => {
    const other = await TillClient.make(relay.url, clock.now);
    other.shopId = till.shopId;
    other.relayKey = till.relayKey;
    const theirs = new TillJournal(other, clock.now);
    await theirs.enrolled();
    expect((await theirs.upload()).json.kind).toBe('unknown-till');
  });
});

describe('one bad entry delays no other', () => {
  test('an act of a later version is stored unchanged, without a flag', async () => {
    const body = { colour: 'green', more: [{ v: 2 }] };
    const entry = await journal.add({ act: 'hologram-shown', body });
    await journal.idle();
    expect((await journal.upload()).json.kind).toBe('kept');
    const row = relay.file
      .prepare('SELECT entry FROM journal WHERE till <> shop AND seq = 2')
      .pluck()
      .get();
    expect(JSON.parse(String(row))).toEqual(entry);
    expect(flags()).toEqual([]);
  });

  test('a known act with an invalid body is stored and flagged', async () => {
    await journal.add({ act: 'sale', body: { lines: 'none' } });
    await journal.idle();
    expect((await journal.upload()).json.kind).toBe('kept');
    expect(kept()).toHaveLength(3);
    expect(flags()).toEqual(['malformed']);
  });
});

test('entries of several tills have one order without gaps, over a restart', async () => {
  const other = await secondTill();
  const theirs = new TillJournal(other, clock.now);
  await theirs.enrolled();
  await journal.upload();
  await theirs.upload();
  await relay.restart();
  await till.signIn();
  await journal.idle();
  await journal.upload();
  expect(kept().map(({ till: of, seq }) => [of, seq])).toEqual([
    [till.id, 1],
    [other.id, 1],
    [till.id, 2],
  ]);
});

test('every acknowledged entry survives a power cut: SQLite syncs in full', async () => {
  const { db } = relay.relay;
  expect(await db.transaction((writing) => writing.value('PRAGMA synchronous'))).toBe(2);
});

test('a body beyond the limit, and more entries than an upload may have, are refused by name', async () => {
  const entry = { ...journal.entries[0]!, body: { x: 'a'.repeat(17 * 1024 * 1024) } };
  expect((await journal.upload([entry])).json.kind).toBe('too-large');
  const many = Array.from({ length: 201 }, () => journal.entries[0]!);
  expect((await journal.upload(many)).json).toEqual({ kind: 'malformed', path: 'entries' });
});

test('an import of many customers is uploaded as one entry, larger than an upload of several may be', async () => {
  const customers = Array.from({ length: 9000 }, () => ({
    customer: uuidv7(),
    recordHash: 'a'.repeat(64),
    credit: { kind: 'shop-limit' },
  }));
  const body = { source: 'file', customers, accounts: [], confirmations: [], approval: null };
  const entry = await journal.add({ act: 'customers-imported', body });
  await journal.upload(journal.entries.slice(0, 1));
  expect((await journal.upload([entry])).json.kind).toBe('kept');
});

test('an entry of the largest size is uploaded, also inside the entry that carries it over', async () => {
  const room = ENTRY_BYTES - JSON.stringify(journal.entries[0]).length - 100;
  const large = await journal.add({ act: 'note', body: { x: 'a'.repeat(room) } });
  await journal.upload(journal.entries.slice(0, 1));
  expect((await journal.upload([large])).json.kind).toBe('kept');
  const carried = await journal.add({ act: 'carried-over', body: { entry: large } });
  expect((await journal.upload([carried])).json.kind).toBe('kept');
});

test(
  'over doubled, lost and reordered parallel uploads every entry counts exactly once',
  async () => {
    const customer = uuidv7();
    for (let i = 0; i < 30; i += 1)
      await journal.sale(
        onAccountSale({ customer, onAccount: 100 }, overrideBy(till.ownerId, 100)),
      );
    const total = journal.entries.length;
    const batch = fc.record({
      from: fc.integer({ min: 0, max: total - 1 }),
      length: fc.integer({ min: 1, max: 12 }),
      // the reply is lost, so the same is uploaded again
      again: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 12 }), async (batches) => {
        const sends = batches.flatMap(({ from, length, again }) => {
          const entries = journal.entries.slice(from, from + length);
          return again ? [entries, entries] : [entries];
        });
        const replies = await Promise.all(sends.map((entries) => journal.upload(entries)));
        for (const { json } of replies) expect(['kept', 'gap']).toContain(json.kind);
      }),
      { numRuns: cases(25) },
    );
    await journal.upload();
    expect(kept().map(({ seq, hash }) => [seq, hash])).toEqual(
      journal.entries.map(({ seq, hash }) => [seq, hash]),
    );
    const owed = relay.file.prepare('SELECT SUM(delta), COUNT(*) FROM journal_steps').raw().get();
    expect(owed).toEqual([3000, 30]);
  },
  limitOf(30_000),
);

describe('after re-enrolment', () => {
  const debt = (customer: string) =>
    onAccountSale({ customer, onAccount: 5000 }, overrideBy(till.ownerId, 5000));
  const steps = (): unknown =>
    relay.file.prepare('SELECT COUNT(*) FROM journal_steps').pluck().get();
  const formerOf = (former: TillJournal) => ({ till: till.id, ...at(former) });
  const at = ({ head: { seq, hash } }: TillJournal) => ({ seq, hash });

  test('a carried-over entry counts once, even if the former journal is uploaded, too', async () => {
    const held = await journal.sale(debt(uuidv7()));
    await journal.upload();
    const owed = await journal.sale(debt(uuidv7()));
    const other = await secondTill();
    const anew = new TillJournal(other, clock.now);
    await anew.enrolled(formerOf(journal));
    // the till did not know that the relay already has the first entry
    await anew.add({ act: 'carried-over', body: { entry: held } });
    await anew.add({ act: 'carried-over', body: { entry: owed } });
    expect((await anew.upload()).json.kind).toBe('kept');
    expect(steps()).toBe(2);
    expect(flags()).toEqual([]);
    await journal.upload();
    expect([steps(), flags()]).toEqual([2, ['former-elsewhere']]);
  });

  test('a device re-enrolled twice carries over what was carried over', async () => {
    const owed = await journal.sale(debt(uuidv7()));
    const [second, third] = [await secondTill(), await secondTill()];
    const middle = new TillJournal(second, clock.now);
    await middle.enrolled(formerOf(journal));
    const carried = await middle.add({ act: 'carried-over', body: { entry: owed } });
    await middle.upload(middle.entries.slice(0, 1));
    const anew = new TillJournal(third, clock.now);
    await anew.enrolled({ till: second.id, ...at(middle) });
    await anew.add({ act: 'carried-over', body: { entry: carried } });
    await anew.upload();
    expect([steps(), flags()]).toEqual([1, []]);
  });

  test('also if the relay learns of the name in between only from the last name', async () => {
    const owed = await journal.sale(debt(uuidv7()));
    const [second, third] = [await secondTill(), await secondTill()];
    const middle = new TillJournal(second, clock.now);
    const named = await middle.enrolled(formerOf(journal));
    const anew = new TillJournal(third, clock.now);
    await anew.enrolled({ till: second.id, ...at(middle) });
    for (const entry of [named, owed]) await anew.add({ act: 'carried-over', body: { entry } });
    await anew.upload();
    expect([steps(), flags()]).toEqual([1, []]);
  });

  describe('a former name', () => {
    /** A till that claims a former name, with one entry of that name carried over. */
    async function goingOnFrom(former: TillJournal, name = till.id) {
      const other = await secondTill();
      const anew = new TillJournal(other, clock.now);
      await anew.enrolled({ till: name, ...at(former) });
      const bring = async () => {
        const entry = await journal.idle();
        await anew.add({ act: 'carried-over', body: { entry } });
        await other.signIn();
        await anew.upload();
      };
      return { other, anew, bring };
    }
    const flagged = (): unknown =>
      relay.file.prepare('SELECT till, seq, kind, detail FROM flags ORDER BY cursor').all();

    test('that is used again is no longer accepted, and this is flagged once', async () => {
      const { other, bring } = await goingOnFrom(journal);
      await bring();
      expect(flags()).toEqual([]);
      clock.pass(MINUTE);
      await till.call('GET', '/health');
      await till.call('GET', '/health');
      const refuted = { till: other.id, seq: 1, kind: 'former-elsewhere', detail: till.id };
      expect(flagged()).toEqual([refuted]);
      await bring();
      expect(flags()).toEqual(['former-elsewhere', 'foreign-entry']);
    });

    test('that was used for days after the new enrolment is not accepted at all', async () => {
      const { bring } = await goingOnFrom(journal);
      clock.pass(25 * 60 * MINUTE);
      await till.signIn();
      await bring();
      expect(flags()).toEqual(['former-elsewhere', 'foreign-entry']);
    });

    test('may stay in use while the device changes over, because a reply was lost or it is not ready yet', async () => {
      const { bring } = await goingOnFrom(journal);
      clock.pass(60 * MINUTE);
      await till.signIn();
      await bring();
      expect(flags()).toEqual([]);
    });

    test('belongs to the first till that claims it', async () => {
      const first = await goingOnFrom(journal);
      await first.bring();
      const second = await goingOnFrom(journal);
      await second.bring();
      expect(flags()).toEqual(['former-elsewhere', 'foreign-entry']);
      await first.bring();
      expect(flags()).toHaveLength(2);
    });

    test('stays the device’s own after another till claimed it in vain', async () => {
      const thief = await goingOnFrom(journal);
      await thief.bring();
      clock.pass(25 * 60 * MINUTE);
      await till.signIn();
      await till.call('GET', '/health');
      const before = flags().length;
      const heir = await goingOnFrom(journal);
      await heir.bring();
      expect(flags().slice(before)).toEqual([]);
    });

    test('cannot be the till’s own name', async () => {
      const other = await secondTill();
      const anew = new TillJournal(other, clock.now);
      await anew.enrolled({ till: other.id, ...at(journal) });
      await anew.upload();
      expect(flags()).toEqual(['former-elsewhere']);
    });

    test('is disproved by an upload of that till, even if it was removed', async () => {
      await till.elevate();
      const { bring } = await goingOnFrom(journal);
      await bring();
      await till.call('DELETE', `/tills/${till.id}`);
      till.bearer = null;
      await journal.upload();
      expect(flags()).toEqual(['former-elsewhere']);
    });
  });

  test('an entry invented for another till counts against the till that uploads it', async () => {
    await journal.upload();
    const other = await secondTill();
    const anew = new TillJournal(other, clock.now);
    await anew.enrolled();
    for (let seq = 2; seq < 8; seq += 1) {
      const copy = new TillJournal(till, clock.now);
      copy.entries.push(...journal.entries);
      const invented = await copy.sale(debt(uuidv7()));
      await anew.add({ act: 'carried-over', body: { entry: invented } });
    }
    await anew.upload();
    const names = (sql: string) => relay.file.prepare(sql).pluck().all();
    expect(names('SELECT DISTINCT till FROM flags')).toEqual([other.id]);
    expect(names('SELECT DISTINCT till FROM journal_acts')).toEqual([other.id]);
    const before = flags().length;
    await journal.sale(debt(uuidv7()));
    expect((await journal.upload()).json.kind).toBe('kept');
    expect(flags().slice(before)).toEqual(['override-while-others-online']);
  });

  test('an entry edited on the way, or of a journal that the device never wrote, is stored and flagged', async () => {
    const owed = await journal.sale(debt(uuidv7()));
    const other = await secondTill();
    const anew = new TillJournal(other, clock.now);
    await anew.enrolled();
    const edited = { ...owed, body: { ...owed.body, number: 2 } };
    await anew.add({ act: 'carried-over', body: { entry: edited } });
    await anew.upload();
    // it counts as an act of the uploading till, because nothing else is known
    const asItsOwn = 'override-while-others-online';
    expect(flags()).toEqual(['late-edit', 'foreign-entry', asItsOwn]);
  });
});

describe('a code while the journal is behind', () => {
  const asked = async () =>
    (await ask(till, debtRequest({ journalHead: journal.journalHead }))).json;

  test('ten minutes behind is accepted, more is not, until the journal is here', async () => {
    await journal.upload();
    clock.pass(10 * MINUTE);
    await journal.idle();
    expect((await asked()).kind).toBe('awaiting-code');
    clock.pass(1);
    await journal.idle();
    const id = uuidv7();
    const request = debtRequest({ journalHead: journal.journalHead });
    const refused = await ask(till, request, id);
    expect([refused.status, refused.json]).toEqual([409, { kind: 'journal-behind' }]);
    await journal.upload();
    expect((await ask(till, request, id)).json.kind).toBe('awaiting-code');
  });

  test('an entry dated in the future gains no time', async () => {
    await journal.add({
      act: 'pin-locked',
      body: { operator: till.ownerId, failures: 5, until: 1 },
      at: START + 24 * 60 * MINUTE,
    });
    await journal.upload();
    clock.pass(10 * MINUTE + 1);
    await journal.idle();
    expect((await asked()).kind).toBe('journal-behind');
  });

  test('a till that has never uploaded is behind after its first ten minutes', async () => {
    expect((await asked()).kind).toBe('awaiting-code');
    clock.pass(10 * MINUTE + 1);
    await journal.idle();
    expect((await asked()).kind).toBe('journal-behind');
  });

  test('a copy with a forked journal gets no code, and can still go on by right', async () => {
    const copy = new TillJournal(till, clock.now);
    copy.entries.push(...journal.entries);
    await journal.idle();
    await journal.upload();
    clock.pass(1);
    await copy.idle();
    const reply = await ask(till, debtRequest({ journalHead: copy.journalHead }));
    expect([reply.status, reply.json]).toEqual([
      422,
      { kind: 'refused', because: 'journal-forked' },
    ]);
    // a request from just before the newest entry is not a fork
    const head = { ...journal.journalHead, seq: 1, hash: journal.entries[0]!.hash };
    expect((await ask(till, debtRequest({ journalHead: head }))).json.kind).toBe('awaiting-code');
  });
});
