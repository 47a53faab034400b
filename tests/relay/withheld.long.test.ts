// A till that withholds its journal from the relay:
// sales that are missing after a code, and heads that it states but never uploads.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SaleBody } from '$lib/contract/acts/sale';
import { health } from '$lib/contract/health';
import type { TillOnRelay } from '$lib/contract/till';
import { ask, check, debtRequest, openShop, PHONE, START, type Shop } from '../support/challenges';
import { TillClient } from '../support/till-client';
import {
  cashSale,
  challengeFor,
  onAccountSale,
  reEnrolled,
  TillJournal,
} from '../support/till-journal';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The life of a grant, and the time after it in which the sale must be in a signed head. */
const DUE = 30 * MINUTE;

let shop: Shop;
let journal: TillJournal;
let customer: string;
beforeEach(async () => {
  shop = await openShop();
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await journal.upload();
  customer = uuidv7();
  await shop.trust(customer, PHONE);
});
afterEach(() => shop.stop());

const later = async (ms: number): Promise<void> => {
  shop.clock.pass(ms);
  await shop.till.signIn();
};
const flags = () =>
  shop.relay.file.prepare('SELECT till, seq, kind, detail FROM flags ORDER BY cursor').all();
const unclaimed = (receipt: string, seq: number) => ({
  till: shop.till.id,
  seq,
  kind: 'grant-unclaimed',
  detail: receipt,
});

type Granted = { readonly body: SaleBody; readonly challenge: string; readonly grant: string };

/** A debt the customer has confirmed by the code of a real message. */
async function granted(onAccount = 54_000): Promise<Granted> {
  const body = onAccountSale({ customer, onAccount }, null);
  const challenge = uuidv7();
  const { journalHead } = journal;
  const asked = challengeFor(body, PHONE);
  const reply = await ask(shop.till, debtRequest({ ...asked, journalHead }), challenge);
  if (reply.json.kind !== 'awaiting-code') throw new Error(JSON.stringify(reply.json));
  const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1)!);
  return { body, challenge, grant: String(json.grant) };
}
/** Writes the confirmed sale. */
const sold = ({ body, challenge, grant }: Granted) =>
  journal.sale({
    ...body,
    confirmations: [
      { kind: 'code', action: 'sell-on-account', amount: body.onAccount, challenge, grant },
    ],
  });
const another = () => cashSale({ customer, total: 100 });

describe('a confirmed debt whose sale never comes', () => {
  test('is flagged with the first upload signed 15 minutes after the grant’s end, once', async () => {
    const { body } = await granted();
    await later(DUE - 1);
    await journal.sale(another());
    await journal.upload();
    expect(flags()).toEqual([]);
    shop.clock.pass(1);
    await journal.sale(another());
    await journal.upload();
    expect(flags()).toEqual([unclaimed(body.sale, 3)]);
    await later(HOUR);
    await journal.sale(another());
    await journal.upload();
    await journal.upload();
    expect(flags()).toHaveLength(1);
  });

  test('is flagged with the first session after that, if the relay holds the head that it states', async () => {
    const { body } = await granted();
    await journal.sale(another());
    await later(DUE);
    expect(flags()).toEqual([]);
    await journal.upload(journal.entries, {
      headSigned: await shop.till.signHead(journal.head, START),
    });
    expect(flags()).toEqual([]);
    await later(1);
    expect(flags()).toEqual([unclaimed(body.sale, 2)]);
    await later(HOUR);
    expect(flags()).toHaveLength(1);
  });

  test('is flagged with the next request for a code that states such a head, without any upload', async () => {
    const { body } = await granted();
    await later(DUE);
    await granted();
    expect(flags()).toEqual([unclaimed(body.sale, 1)]);
  });

  test('is not flagged if the sale arrived, was carried over by the re-enrolled device, or the grant was revoked', async () => {
    await sold(await granted());
    await journal.upload();
    const givenUp = await granted();
    await shop.till.call('DELETE', `/challenges/${givenUp.challenge}`);
    await later(HOUR);
    await journal.sale(another());
    await journal.upload();
    const lost = await sold(await granted());
    const anew = await reEnrolled(shop, journal, []);
    const other = anew.till;
    await anew.add({ act: 'carried-over', body: { entry: lost }, operator: shop.till.ownerId });
    await anew.upload();
    shop.clock.pass(HOUR);
    await other.signIn();
    await anew.idle();
    await anew.upload();
    expect(flags().filter((one) => JSON.stringify(one).includes('unclaimed'))).toEqual([]);
  });

  test('is flagged once its device acts under another name, to which it was not carried over', async () => {
    const { body } = await granted();
    await journal.sale(another());
    const anew = await reEnrolled(shop, journal, []);
    await later(HOUR);
    await anew.till.signIn();
    await anew.upload();
    expect(flags()).toEqual([]);
    await anew.idle();
    await anew.upload();
    const till = anew.till.id;
    expect(flags()).toEqual([
      { till, seq: 1, kind: 'former-incomplete', detail: '2' },
      { ...unclaimed(body.sale, 2), till: anew.till.id },
    ]);
  });

  test('is not flagged for a till that was offline for hours and uploads its journal in parts', async () => {
    await sold(await granted());
    shop.clock.pass(5 * HOUR);
    for (let i = 0; i < 4; i += 1) await journal.sale(another());
    await shop.till.signIn();
    for (let from = 1; from < journal.entries.length; from += 1)
      await journal.upload(journal.entries.slice(from, from + 1));
    expect(flags()).toEqual([]);
  });

  test('is not flagged while only the till’s clock is ahead, or its stated head is not uploaded yet', async () => {
    await granted();
    await journal.sale(another(), { at: shop.clock.now() + 2 * HOUR });
    await journal.upload();
    expect(flags().filter((one) => JSON.stringify(one).includes('unclaimed'))).toEqual([]);
    await journal.sale(another());
    await granted();
    expect(flags().filter((one) => JSON.stringify(one).includes('unclaimed'))).toEqual([]);
  });

  test('is not missing if its entry carries the grant for another deal', async () => {
    const { body, ...yes } = await granted();
    await sold({
      ...yes,
      body: { ...body, total: 1, accounts: [{ customer, account: 'debt', delta: 1 }] },
    });
    await journal.upload();
    await later(HOUR);
    await journal.idle();
    await journal.upload();
    expect(flags().filter((one) => JSON.stringify(one).includes('unclaimed'))).toEqual([]);
  });
});

describe('a head that contradicts an earlier one', () => {
  const differing = () => flags().filter((one) => JSON.stringify(one).includes('head-differs'));
  const signIn = (head: { seq: number; hash: string }) => shop.till.signIn({ head });
  const OTHER = 'f'.repeat(64);

  test('is flagged once a day if the relay holds another entry', async () => {
    for (let n = 0; n < 3; n += 1) {
      shop.clock.pass(HOUR);
      await signIn({ seq: 1, hash: OTHER });
    }
    expect(differing()).toHaveLength(1);
    shop.clock.pass(DAY);
    await signIn({ seq: 1, hash: OTHER });
    expect(differing()).toHaveLength(2);
  });

  test('is flagged if the till has signed a longer journal before', async () => {
    await signIn({ seq: 1_000_000, hash: OTHER });
    shop.clock.pass(MINUTE);
    await later(0);
    expect(differing()).toHaveLength(1);
  });

  test('is not flagged if two requests overtake each other', async () => {
    await journal.idle();
    const early = { ...journal.journalHead, at: shop.clock.now() };
    await journal.idle();
    shop.clock.pass(1000);
    await shop.till.signIn();
    const customerNow = { id: customer, phone: PHONE };
    const headSigned = await shop.till.signHead(early, early.at);
    const asked = debtRequest({ customer: customerNow, journalHead: early });
    await ask(shop.till, { ...asked, headSigned });
    expect(differing()).toEqual([]);
  });
});

test('a confirmed debt is found missing in time, even if the till signs its head with an old time', async () => {
  const { body } = await granted();
  shop.clock.pass(DUE + 10 * MINUTE);
  await shop.till.signIn({ head: { seq: 1, hash: 'f'.repeat(64) } });
  const { journalHead } = journal;
  const headSigned = await shop.till.signHead(journal.head, START);
  const asked = debtRequest({ customer: { id: customer, phone: PHONE }, journalHead });
  await ask(shop.till, { ...asked, headSigned });
  expect(flags()).toMatchObject([{ kind: 'head-differs' }, unclaimed(body.sale, 1)]);
});

test('a till that always states one entry more than it uploads gets no code after ten minutes', async () => {
  for (let i = 0; i < 4; i += 1) await journal.idle();
  const stating = (seq: number) => {
    const { hash } = journal.entries[seq - 1]!;
    const journalHead = { seq, hash, at: START };
    return ask(shop.till, debtRequest({ customer: { id: customer, phone: PHONE }, journalHead }));
  };
  expect((await stating(2)).json.kind).toBe('awaiting-code');
  await later(10 * MINUTE);
  expect((await stating(3)).json.kind).toBe('awaiting-code');
  await later(1);
  expect((await stating(4)).json.kind).toBe('journal-behind');
  await journal.upload(journal.entries.slice(0, 2));
  expect((await stating(4)).json.kind).toBe('journal-behind');
  await journal.upload(journal.entries.slice(0, 4));
  expect((await stating(5)).json.kind).toBe('awaiting-code');
});

describe('three of them in a day', () => {
  const request = () =>
    ask(
      shop.till,
      debtRequest({ customer: { id: customer, phone: PHONE }, journalHead: journal.journalHead }),
    );
  /** Makes this many confirmed debts without a sale. */
  async function withheld(times: number): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      await granted(1000);
      await later(DUE);
    }
    await journal.idle();
    await journal.upload();
  }

  const stopped = async () => health.parse((await shop.till.call('GET', '/health')).json).stopped;

  test('stop the codes of that till, and of no other', async () => {
    await withheld(2);
    expect((await request()).json.kind).toBe('awaiting-code');
    await withheld(1);
    const stopped = await request();
    expect([stopped.status, stopped.json]).toEqual([409, { kind: 'codes-stopped' }]);
    await shop.till.elevate();
    const other = await TillClient.make(shop.relay.url, shop.clock.now);
    const offer = await shop.till.call('POST', '/tills/enrolments');
    await other.enrol(offer.json.token as string);
    await other.signIn();
    const reply = await ask(other, debtRequest({ customer: { id: customer, phone: PHONE } }));
    expect(reply.json.kind).toBe('awaiting-code');
  });

  test('stop them also after a restart, until somebody lifts the stop', async () => {
    await withheld(3);
    await shop.relay.restart();
    await shop.till.signIn();
    expect((await request()).json.kind).toBe('codes-stopped');
    await later(30 * DAY);
    expect((await request()).json.kind).toBe('codes-stopped');
    expect(await stopped()).toMatchObject([{ till: shop.till.id, until: null }]);
  });

  test('spread over more than a day stop nothing', async () => {
    await withheld(2);
    await later(DAY);
    await withheld(1);
    expect((await request()).json.kind).toBe('awaiting-code');
  });

  test('are shown to every till as a stop, which an elevated owner lifts', async () => {
    await withheld(3);
    expect(await stopped()).toMatchObject([{ till: shop.till.id, because: 'grant-unclaimed' }]);
    await shop.till.elevate();
    expect((await shop.till.call('DELETE', `/provider/stops/${shop.till.id}`)).status).toBe(204);
    expect(await stopped()).toEqual([]);
    expect((await request()).json.kind).toBe('awaiting-code');
  });
});

describe('the list of tills says how much of a journal the relay has', () => {
  async function listed(): Promise<TillOnRelay> {
    await shop.till.elevate();
    const { json } = await shop.till.call('GET', '/tills');
    return (json.tills as TillOnRelay[])[0]!;
  }

  test('stated and held head are the same after an upload', async () => {
    expect(await listed()).toMatchObject({ stated: 1, held: 1, differSince: null });
  });

  test('they differ from the first statement of a longer one until it is uploaded', async () => {
    const at = shop.clock.now();
    await journal.sale(another());
    await granted();
    await later(MINUTE);
    await journal.sale(another());
    await granted();
    expect(await listed()).toMatchObject({ stated: 3, held: 1, differSince: at });
    await journal.upload(journal.entries.slice(1, 2));
    expect(await listed()).toMatchObject({ stated: 3, held: 2, differSince: at });
    await journal.upload();
    expect(await listed()).toMatchObject({ stated: 3, held: 3, differSince: null });
  });

  test('it includes heads that were refused as too far behind or as forked', async () => {
    const since = shop.clock.now();
    await journal.sale(another(), { at: since + 11 * MINUTE });
    const { journalHead } = journal;
    const behind = await ask(
      shop.till,
      debtRequest({ customer: { id: customer, phone: PHONE }, journalHead }),
    );
    expect(behind.json.kind).toBe('journal-behind');
    expect(await listed()).toMatchObject({ stated: 2, held: 1, differSince: since });
    const forked = { seq: 1, hash: 'f'.repeat(64), at: since };
    await ask(
      shop.till,
      debtRequest({ customer: { id: customer, phone: PHONE }, journalHead: forked }),
    );
    expect(await listed()).toMatchObject({ stated: 1, held: 1, differSince: since });
  });

  test('it counts the confirmed debts of the last day whose sale is missing', async () => {
    await granted();
    await later(DUE);
    await journal.idle();
    await journal.upload();
    expect(await listed()).toMatchObject({ unclaimed: 1 });
    await later(DAY);
    expect(await listed()).toMatchObject({ unclaimed: 0 });
  });
});
