// The signed heads of a till show when an entry can have been made:
// after the heads that do not include it, and before the relay saw one that does.
import * as fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { flagsReply } from '$lib/contract/journal-upload';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import { offerEnrolment } from '../../relay/tills/tokens';
import { cases } from '../support/cases';
import { ask, debtRequest, openShop, PHONE, START, type Shop } from '../support/challenges';
import { TillClient } from '../support/till-client';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let shop: Shop;
let journal: TillJournal;
beforeEach(async () => {
  shop = await openShop();
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await uploaded();
});
afterEach(() => shop.stop());

const owner = (): string => shop.till.ownerId;
/** The most that one act without a code may be worth; five of them use up a till's daily cap. */
const override = (at: number, into = journal) =>
  into.sale(
    onAccountSale(
      { customer: uuidv7(), onAccount: 300_000 },
      overrideBy(owner(), 300_000, { because: 'provider-failed', connectivity: ONLINE }),
    ),
    { at, operator: owner() },
  );
const ONLINE = {
  state: 'provider-unavailable',
  relayAt: START,
  providerAt: null,
  noCodeBecause: 'refused:no-money',
} as const;

async function uploaded(entries = journal.entries): Promise<void> {
  expect((await journal.upload(entries)).json.kind).toBe('kept');
}

async function kinds(): Promise<string[]> {
  await shop.till.elevate();
  const { json } = await shop.till.call('GET', '/journal/flags?after=0');
  return flagsReply.parse(json).flags.map(({ kind }) => kind);
}

/** Six overrides, each dated on a different day, the last one now. */
async function spread(): Promise<void> {
  for (let ago = 5; ago >= 0; ago -= 1) await override(shop.clock.now() - ago * DAY);
}

const sixInOneWindow = [...Array<string>(5).fill('backdated'), 'cap-exceeded'].toSorted();

describe('a till in contact every day cannot date overrides into its idle days', () => {
  test.each([
    ['by sessions', () => shop.till.signIn()],
    [
      'by requests for codes',
      () => ask(shop.till, debtRequest({ journalHead: journal.journalHead })),
    ],
    ['by uploads that bring nothing new', () => uploaded()],
    [
      'by uploads of other entries',
      async () => {
        await journal.idle();
        await uploaded();
      },
    ],
  ])('%s', async (_, touch) => {
    for (let day = 0; day < 6; day += 1) {
      shop.clock.pass(DAY);
      // only the session states a head that is never uploaded
      await shop.till.signIn({ head: { seq: 1000, hash: 'e'.repeat(64) } });
      await touch();
    }
    await spread();
    await uploaded();
    // the head that is never uploaded also limits when its entries count, so they are dated ahead, too
    const found = (await kinds()).filter((kind) => kind !== 'future');
    expect(found.toSorted()).toEqual(sixInOneWindow);
  });

  test('not if it only signs in before the first of them', async () => {
    shop.clock.pass(6 * DAY);
    await shop.till.signIn();
    await spread();
    await uploaded();
    expect((await kinds()).toSorted()).toEqual(sixInOneWindow);
  });

  test('not by uploading in parts that each leave entries out', async () => {
    shop.clock.pass(6 * DAY);
    await shop.till.signIn();
    await spread();
    for (let from = 1; from < journal.entries.length; from += 1)
      await uploaded(journal.entries.slice(from, from + 1));
    expect((await kinds()).toSorted()).toEqual(sixInOneWindow);
  });

  test('not after a restart of the relay', async () => {
    shop.clock.pass(6 * DAY);
    await shop.till.signIn();
    await shop.relay.restart();
    await spread();
    await shop.till.signIn({ head: { seq: 1000, hash: 'e'.repeat(64) } });
    await uploaded();
    expect((await kinds()).toSorted()).toEqual(sixInOneWindow);
  });
});

describe('a till in contact every day that signs heads it never uploads dates nothing into its idle days', () => {
  const fake = (seq: number) => ({ seq, hash: 'e'.repeat(64) });
  /** All count at the time of the first signed head that includes them; those with a later date count as dated ahead. */
  const allInOneDay = ['cap-exceeded', ...Array<string>(5).fill('future')];

  test.each([
    ['always the same one', () => 1000],
    ['a longer one each day', (day: number) => 1000 * day],
    ['a shorter one each day', (day: number) => 1000 - day],
  ])('%s', async (_, seqOn) => {
    for (let day = 1; day <= 6; day += 1) {
      shop.clock.pass(DAY);
      await shop.till.signIn({ head: fake(seqOn(day)) });
    }
    await spread();
    for (let from = 1; from < journal.entries.length; from += 1)
      await journal.upload(journal.entries.slice(from, from + 1), {
        // like an upload that leaves entries out
        headSigned: await shop.till.signHead(journal.entries[from]!, null),
      });
    expect(new Set(await kinds())).toEqual(new Set([...allInOneDay, ...contradicting(seqOn)]));
    const counted = (await kinds()).filter((kind) => kind !== 'head-differs');
    expect(counted.toSorted()).toEqual(allInOneDay);
  });
  const contradicting = (seqOn: (day: number) => number) =>
    seqOn(2) < seqOn(1) ? ['head-differs'] : [];

  test('an upload that claims to be complete contradicts such a head', async () => {
    await shop.till.signIn({ head: fake(1000) });
    shop.clock.pass(MINUTE);
    await journal.idle();
    await uploaded();
    expect(await kinds()).toEqual(['head-differs']);
  });

  test('not even with short heads that the relay forgets after a hundred longer ones', async () => {
    for (let day = 1; day <= 5; day += 1) {
      shop.clock.pass(DAY);
      await shop.till.signIn({ head: fake(1 + day) });
    }
    shop.clock.pass(DAY);
    for (let n = 0; n < 120; n += 1) await shop.till.signIn({ head: fake(1_000_000 + n) });
    await spread();
    expect((await journal.upload()).json).toEqual({ kind: 'fork', seq: 2 });
  });

  test('whatever it signs and writes, it gets at most two days’ caps of acts without a code', async () => {
    const head = fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 40 }));
    const DAYS = 6;
    const FITS = 10;
    let controls = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(head, { minLength: DAYS, maxLength: DAYS }),
        fc.array(fc.nat(DAYS * 24), { minLength: 25, maxLength: 25 }),
        async (heads, hoursAgo) => {
          const till = await TillClient.make(shop.relay.url, shop.clock.now);
          await till.enrol((await offerEnrolment(shop.relay.relay)).token);
          await till.signIn();
          const its = new TillJournal(till, shop.clock.now);
          await its.enrolled();
          await its.upload();
          for (const seq of heads) {
            shop.clock.pass(DAY);
            await till.signIn({ head: seq === 1 ? its.head : fake(seq) });
          }
          for (const ago of hoursAgo.toSorted((a, b) => b - a))
            await override(shop.clock.now() - ago * HOUR, its);
          await its.upload(its.entries, {
            headSigned: await till.signHead(its.head, null),
          });
          const sql = `SELECT COUNT(*) FROM journal_acts a WHERE till = ? AND NOT EXISTS (
            SELECT 1 FROM flags f WHERE f.hash = a.hash AND f.kind IN ('cap-exceeded', 'backdated'))`;
          const fits = shop.relay.file.prepare(sql).pluck().get(till.id);
          expect(fits).toBeLessThanOrEqual(FITS);
          controls = Math.max(controls, fitting(hoursAgo));
        },
      ),
      { numRuns: cases(12) },
    );
    // control: by its own dates more would fit
    expect(controls).toBeGreaterThan(FITS);
  });

  /** How many of the overrides the cap of five a day lets through by their dates alone. */
  function fitting(hoursAgo: readonly number[]): number {
    const kept: number[] = [];
    for (const ago of hoursAgo.toSorted((a, b) => b - a))
      if (kept.filter((before) => before < ago + 24).length < 5) kept.push(ago);
    return kept.length;
  }
});

describe('no flag for', () => {
  test('a till that was out of reach for days', async () => {
    for (let day = 0; day < 5; day += 1) {
      shop.clock.pass(DAY);
      await override(shop.clock.now());
    }
    await shop.till.signIn();
    for (let from = 1; from < journal.entries.length; from += 2)
      await uploaded(journal.entries.slice(from, from + 2));
    expect(await kinds()).toEqual([]);
  });

  test('an entry dated a minute or two before its till’s last signature', async () => {
    shop.clock.pass(DAY);
    await shop.till.signIn();
    await override(shop.clock.now() - MINUTE);
    await override(shop.clock.now() - 2 * MINUTE);
    await uploaded();
    expect(await kinds()).toEqual([]);
    await override(shop.clock.now() - 2 * MINUTE - 1);
    await uploaded();
    expect(await kinds()).toEqual(['backdated']);
  });

  test('entries made after a till’s clock, which was ahead, is right again', async () => {
    await override(shop.clock.now() + DAY);
    for (let hour = 0; hour < 3; hour += 1) {
      shop.clock.pass(HOUR);
      await override(shop.clock.now());
    }
    await shop.till.signIn();
    await uploaded();
    expect(await kinds()).toEqual(['future']);
  });

  test('entries of a till whose sessions succeed while its uploads do not', async () => {
    for (let day = 0; day < 5; day += 1) {
      shop.clock.pass(DAY);
      await override(shop.clock.now());
      await shop.till.signIn();
      shop.clock.pass(1);
      await override(shop.clock.now() - 1);
    }
    await shop.till.signIn();
    await uploaded(journal.entries.slice(1, 4));
    await uploaded();
    expect(await kinds()).toEqual([]);
  });

  test('the original while a copy of the till signs heads of its own', async () => {
    const copy = new TillJournal(shop.till, shop.clock.now);
    copy.entries.push(...journal.entries);
    await override(START);
    await uploaded();
    shop.clock.pass(2 * HOUR);
    await copy.idle();
    shop.clock.pass(DAY);
    await shop.till.signIn({ head: copy.head });
    await override(START + 3 * HOUR);
    await uploaded();
    // the copy itself is flagged
    expect(await kinds()).toEqual(['head-differs']);
  });
});

describe('a clock that is set back without contact', () => {
  test('is flagged once, and breaks no rule', async () => {
    await override(shop.clock.now() + DAY);
    for (let hour = 0; hour < 3; hour += 1) {
      shop.clock.pass(HOUR);
      await override(shop.clock.now());
    }
    shop.clock.pass(2 * DAY);
    await shop.till.signIn();
    await uploaded();
    expect(await kinds()).toEqual(['clock-set-back']);
    expect(isDiscrepancy('clock-set-back')).toBe(true);
  });

  test('is flagged again when it is set back again', async () => {
    for (const at of [4, 2, 3, 1]) await override(START + at * DAY);
    shop.clock.pass(6 * DAY);
    await shop.till.signIn();
    await uploaded();
    expect(await kinds()).toEqual(['clock-set-back', 'clock-set-back']);
  });

  test('does not let acts use the caps of idle days', async () => {
    shop.clock.pass(6 * DAY);
    await override(shop.clock.now());
    for (let ago = 5; ago >= 1; ago -= 1) await override(shop.clock.now() - ago * DAY);
    await shop.till.signIn();
    await uploaded();
    expect(await kinds()).toEqual(['clock-set-back', 'cap-exceeded']);
  });
});

describe('a signed head is binding', () => {
  test('another entry at its place is a fork: it and what follows stay beside the journal', async () => {
    await journal.idle();
    const copy = new TillJournal(shop.till, shop.clock.now);
    copy.entries.push(...journal.entries);
    await copy.idle();
    await shop.till.signIn({ head: copy.head });
    shop.clock.pass(1);
    for (let i = 0; i < 2; i += 1) await journal.idle();
    const refused = await journal.upload();
    expect([refused.status, refused.json]).toEqual([409, { kind: 'fork', seq: 3 }]);
    expect((await copy.upload()).json.kind).toBe('kept');
  });

  test('a request for a code that states another head there is refused', async () => {
    const copy = new TillJournal(shop.till, shop.clock.now);
    copy.entries.push(...journal.entries);
    await copy.idle();
    await shop.till.signIn({ head: copy.head });
    shop.clock.pass(1);
    await journal.idle();
    const reply = await ask(shop.till, debtRequest({ journalHead: journal.journalHead }));
    expect(reply.json).toEqual({ kind: 'refused', because: 'journal-forked' });
  });

  test('the till’s key signs it in every request for a code', async () => {
    const other = await TillClient.make(shop.relay.url, shop.clock.now);
    const headSigned = await other.signHead(journal.head);
    const reply = await ask(
      shop.till,
      debtRequest({ journalHead: journal.journalHead, headSigned }),
    );
    expect([reply.status, reply.json]).toEqual([401, { kind: 'wrong-signature' }]);
    const request = await shop.till.sessionRequest();
    const stated = { ...request, head: { seq: 0, hash: '0'.repeat(64) } };
    expect((await shop.till.call('POST', '/sessions', stated)).json.kind).toBe('wrong-signature');
  });

  test('a time ahead of the relay’s is not believed', async () => {
    const headSigned = await shop.till.signHead(journal.head, START + 30 * DAY);
    await journal.upload(journal.entries, { headSigned });
    await ask(shop.till, debtRequest({ customer: { id: uuidv7(), phone: PHONE }, headSigned }));
    shop.clock.pass(HOUR);
    await shop.till.signIn();
    await override(shop.clock.now());
    await uploaded();
    expect(await kinds()).toEqual([]);
  });

  test('of heads that are never uploaded, the last hundred are kept, and of earlier ones one for each hour', async () => {
    for (let seq = 2; seq < 130; seq += 1)
      await shop.till.signIn({ head: { seq, hash: 'e'.repeat(64) } });
    const sql = 'SELECT MIN(seq) AS first, COUNT(*) AS count FROM signed_heads WHERE till = ?';
    // one more for the head that was uploaded
    expect(shop.relay.file.prepare(sql).get(shop.till.id)).toEqual({ first: 1, count: 101 });
  });
});
