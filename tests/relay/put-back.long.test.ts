// A relay that is restored from an older copy sends no message twice.
// It may have sent messages that the copy does not contain.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SaleBody } from '$lib/contract/acts/sale';
import type { Notice } from '$lib/contract/journal-upload';
import { makeTillKey } from '$lib/proof/keys';
import { signWatermark } from '$lib/proof/journal-head';
import { offerEnrolment } from '../../relay/tills/tokens';
import { declarePutBack } from '../../relay/tills/restored';
import {
  ask,
  check,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  type Shop,
} from '../support/challenges';
import { RelayCopy } from '../support/relay-copy';
import { withOwnersPhone } from '../support/second-factor';
import { OWNER_PHONE, TillClient } from '../support/till-client';
import {
  challengeFor,
  onAccountSale,
  overrideBy,
  reEnrolled,
  TillJournal,
} from '../support/till-journal';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let shop: Shop;
let journal: TillJournal;
let copy: RelayCopy;
beforeEach(async () => {
  copy = new RelayCopy();
  shop = await openShop(withOwnersPhone);
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await journal.upload();
});
afterEach(async () => {
  await shop.stop();
  copy.remove();
});

const round = () => shop.relay.relay.outbox.round();
type Owed = {
  /** The sum as messages word it; different for each act. */
  readonly sum: string;
  readonly entry: string;
  readonly contact: { readonly customer: string; readonly phone: string };
};
let customers = 0;

/** A debt of a new customer without a code, an hour after the one before: no message is merged with another. */
async function owe(of: TillJournal = journal): Promise<Owed> {
  shop.clock.pass(HOUR);
  customers += 1;
  const contact = { customer: uuidv7(), phone: `+7925${String(1_000_000 + customers)}` };
  const onAccount = (100 + customers) * 100;
  const confirmation = overrideBy(shop.till.ownerId, onAccount);
  const { hash } = await of.sale(onAccountSale({ ...contact, onAccount }, confirmation));
  return { sum: `${100 + customers},00`, entry: hash, contact };
}

async function upload(...owed: readonly Owed[]): Promise<void> {
  await journal.till.signIn();
  const contacts = owed.map(({ contact }) => contact);
  const reply = await journal.upload(journal.entries, { contacts });
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
  await round();
}

/** The end of every daily summary; a summary may be about a single act. */
const SUMMARY = 'Подробнее на кассе.';

/** How many messages about this act went to this number, apart from daily summaries. */
const sentTo = (phone: string, { sum }: Owed): number =>
  shop.smsru.messages.filter(
    ({ to, text }) =>
      to === phone.slice(1) && text?.includes(sum) === true && !text.endsWith(SUMMARY),
  ).length;
/** How many messages went to the customer, and to the operator who allowed the act. */
const told = (owed: Owed): [number, number] => [
  sentTo(owed.contact.phone, owed),
  sentTo(OWNER_PHONE, owed),
];

const toOwner = (what: RegExp): number =>
  shop.smsru.messages.filter(({ to, text }) => to === OWNER_PHONE.slice(1) && what.test(text ?? ''))
    .length;

async function stateOf({ entry }: Owed): Promise<string | undefined> {
  await journal.till.signIn();
  const { json } = await journal.till.call('GET', '/notices?since=0');
  return (json.notices as Notice[]).find((notice) => notice.entry === entry)?.state;
}

/** The service accepts no messages: the two about an act wait, and are tried again. */
async function uploadInVain(owed: Owed): Promise<void> {
  const noMoney = { kind: 'code', code: 201, where: 'number' } as const;
  shop.smsru.next(noMoney, noMoney);
  await upload(owed);
  expect(await stateOf(owed)).toBe('waiting');
}

test.each([
  ['copied while it runs', () => Promise.resolve(copy.take(shop.relay)), false],
  ['copied while it is stopped', () => shop.relay.restart(() => copy.take(shop.relay)), false],
  ['copied while it runs, and "restore" said', () => Promise.resolve(copy.take(shop.relay)), true],
])('tells nobody twice, %s', async (_, takeCopy, isSaid) => {
  const before = await owe();
  await upload(before);
  const waited = await owe();
  await uploadInVain(waited);
  await takeCopy();
  await journal.till.signIn();
  shop.clock.pass(HOUR);
  await round();
  const after = await owe();
  await upload(after);
  // the reply is lost, so only the till knows that it uploaded this entry
  const { watermark } = journal.till;
  const unanswered = await owe();
  await upload(unanswered);
  journal.till.watermark = watermark;
  expect([waited, after, unanswered].map(told)).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
  ]);

  await copy.putBack(shop.relay);
  if (isSaid) await declarePutBack(shop.relay.relay);
  await round();
  const offline = await owe();
  await upload(after, unanswered, offline);
  shop.clock.pass(2 * DAY);
  await upload();

  expect([waited, after, unanswered].map(told)).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
  expect(told(offline)).toEqual([1, 1]);
  expect(await stateOf(before)).toBe('sent');
  for (const owed of [waited, after, unanswered]) expect(await stateOf(owed)).toBe('maybe-sent');
  expect(await stateOf(offline)).toBe('sent');
});

test('notifies nobody twice of entries that a re-enrolled till carries over; new ones are reported', async () => {
  copy.take(shop.relay);
  const before = await owe();
  await upload(before);
  const offline = await owe();
  expect([told(before), told(offline)]).toEqual([
    [1, 1],
    [0, 0],
  ]);
  await copy.putBack(shop.relay);
  await journal.till.signIn();
  const carried = journal.entries.filter(({ hash }) =>
    [before, offline].some(({ entry }) => entry === hash),
  );
  const anew = await reEnrolled(shop, journal, carried);
  const contacts = [before, offline].map(({ contact }) => contact);
  expect((await anew.upload(anew.entries, { contacts })).json.kind).toBe('kept');
  await round();
  expect([told(before), told(offline)]).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

/** Two acts: one uploaded under the first id, one carried over under the second, which the copy does not know. */
async function toldUnderTwoIds() {
  copy.take(shop.relay);
  const first = await owe();
  await upload(first);
  const { offered, watermark } = journal.till;
  const second = await owe();
  const carried = journal.entries.filter(({ hash }) => hash === second.entry);
  const next = await reEnrolled(shop, journal, carried);
  await next.upload(next.entries, { contacts: [second.contact] });
  await round();
  const acts = [first, second];
  expect(acts.map(told)).toEqual([
    [1, 1],
    [1, 1],
  ]);
  return { acts, next, first: { till: journal.till.id, offered, watermark: watermark! } };
}

/** The device uploads everything under a third id, after it has sent these watermarks of the former ids. */
async function underThirdId(
  { acts, next }: Awaited<ReturnType<typeof toldUnderTwoIds>>,
  former: TillClient['former'],
): Promise<void> {
  const [own] = next.entries;
  const third = await reEnrolled(shop, next, [own, ...journal.entries]);
  third.till.former = former;
  await third.till.signIn();
  const contacts = acts.map(({ contact }) => contact);
  expect((await third.upload(third.entries, { contacts })).json.kind).toBe('kept');
  await round();
}

test('notifies nobody twice of entries uploaded under two former ids of a till, the last of them unknown to the copy', async () => {
  const before = await toldUnderTwoIds();
  const { next, first } = before;
  await copy.putBack(shop.relay);
  const { watermark, offered } = next.till;
  const carried = { till: journal.till.id, offered: journal.head.seq, watermark: watermark! };
  await underThirdId(before, [first, carried, { ...carried, till: next.till.id, offered }]);
  expect(before.acts.map(told)).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

test('believes only watermarks of a former id that it has signed itself', async () => {
  const before = await toldUnderTwoIds();
  await copy.putBack(shop.relay);
  const stranger = await makeTillKey();
  const mark = {
    v: 1,
    purpose: 'watermark',
    shop: journal.till.shopId,
    till: journal.till.id,
  } as const;
  const { seq, hash } = journal.head;
  const forged = { ...mark, seq, hash, at: shop.clock.now() };
  const watermark = await signWatermark(forged, stranger.privateKey, 'another');
  await underThirdId(before, [{ till: journal.till.id, offered: seq, watermark }]);
  const toCustomers = before.acts.map((owed) => sentTo(owed.contact.phone, owed));
  expect(toCustomers).toEqual([2, 2]);
});

test.each([
  ['signs in', HOUR, () => journal.till.signIn()],
  ['asks within its session', 10 * MINUTE, () => journal.till.call('GET', '/health')],
])('tells nobody twice what left after the copy, where a till only %s', async (_, after, ask) => {
  const waited = await owe();
  await uploadInVain(waited);
  copy.take(shop.relay);
  shop.clock.pass(after);
  await round();
  expect(told(waited)).toEqual([1, 1]);
  expect((await ask()).status).toBe(200);

  await copy.putBack(shop.relay);
  await journal.till.signIn();
  await round();
  shop.clock.pass(2 * DAY);
  await round();
  expect(told(waited)).toEqual([1, 1]);
  expect(await stateOf(waited)).toBe('maybe-sent');
});

test('sends owners the message about a changed rule once, and a day’s summary once', async () => {
  const weaken = async (threshold: number) => {
    await journal.till.signIn();
    await journal.till.elevate();
    const policy = await journal.till.policy();
    const methods = {
      ...policy.methods,
      'sell-on-account': { ...policy.methods['sell-on-account'], threshold },
    };
    const reply = await journal.till.putPolicy(policy.version, { ...policy, methods });
    await round();
    return reply.json.policy as string;
  };
  const ofRules = () => toOwner(/без кода до/);
  const ofDays = () => toOwner(new RegExp(SUMMARY));
  const first = await owe();
  await upload(first);
  copy.take(shop.relay);
  const newer = await weaken(10_000);
  await upload(await owe());
  shop.clock.pass(DAY);
  await upload();
  expect([ofRules(), ofDays()]).toEqual([1, 1]);

  await copy.putBack(shop.relay);
  await journal.till.signIn();
  const returned = await journal.till.call('POST', '/policy/returned', { policy: newer });
  expect(returned.json.kind).toBe('policy');
  await upload();
  expect([ofRules(), ofDays()]).toEqual([1, 1]);
  shop.clock.pass(DAY);
  await upload();
  expect([ofRules(), ofDays()]).toEqual([1, 2]);
  expect(shop.smsru.messages.at(-1)?.text).toMatch(
    /сервер восстановлен из старой копии, сообщений не повторено: \d+\. Подробнее/,
  );
});

test('a customer’s change of number is reported once, and then waits for an owner', async () => {
  const owed = await owe();
  await upload(owed);
  shop.clock.pass(DAY);
  copy.take(shop.relay);
  const { customer, phone } = owed.contact;
  const renamed = { ...owed, contact: { customer, phone: '+79257654321' } };
  await journal.idle();
  await upload(renamed);
  const told = () => shop.smsru.messages.filter(({ to }) => to === phone.slice(1)).length;
  expect(told()).toBe(2);

  await copy.putBack(shop.relay);
  await upload(renamed);
  expect(told()).toBe(2);
  shop.clock.pass(3 * DAY);
  await journal.till.signIn();
  await journal.till.elevate();
  const { json } = await journal.till.call('GET', '/phones/flags');
  expect(json.flags).toEqual([
    expect.objectContaining({ kind: 'change-waiting', notice: 'maybe-sent', until: null }),
  ]);
});

test('after a mere restart messages wait until their till is in contact or a day has passed', async () => {
  const unseen = await owe();
  await uploadInVain(unseen);
  shop.clock.pass(HOUR);
  await shop.relay.restart();
  await round();
  expect(told(unseen)).toEqual([0, 0]);
  await journal.till.signIn();
  await round();
  expect(told(unseen)).toEqual([1, 1]);

  const later = await owe();
  await uploadInVain(later);
  shop.clock.pass(HOUR);
  await shop.relay.restart();
  shop.clock.pass(DAY - 1);
  await round();
  expect(told(later)).toEqual([0, 0]);
  shop.clock.pass(1);
  await round();
  expect(told(later)).toEqual([1, 1]);
});

test('a watermark that the relay did not sign for this till stops no message', async () => {
  const waited = await owe();
  await uploadInVain(waited);
  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  await other.enrol((await offerEnrolment(shop.relay.relay)).token, {}, { name: 'Касса 2' });
  await other.signIn();
  shop.clock.pass(HOUR);
  const others = new TillJournal(other, shop.clock.now);
  await others.enrolled();
  await others.upload();
  journal.till.watermark = other.watermark;
  journal.till.offered = 1_000_000;
  await journal.till.signIn();
  await round();
  expect(told(waited)).toEqual([1, 1]);
});

describe('after the relay was restored, a number that another till planted', () => {
  const customer = uuidv7();
  let planting: TillClient;

  /** A sale that a code to the customer's own number confirmed; the copy knows nothing of it. */
  async function confirmedSale(): Promise<void> {
    planting = await TillClient.make(shop.relay.url, shop.clock.now);
    await planting.enrol((await offerEnrolment(shop.relay.relay)).token, {}, { name: 'Касса 2' });
    copy.take(shop.relay);
    await journal.till.signIn();
    const body = onAccountSale({ customer, onAccount: 10_000 }, null);
    const { journalHead } = journal;
    const asked = { ...challengeFor(body, PHONE), journalHead };
    const id = uuidv7();
    await ask(journal.till, debtRequest(asked), id);
    const { json } = await check(journal.till, id, shop.smsru.last().code);
    const given = { kind: 'code', action: 'sell-on-account', amount: 10_000 } as const;
    const code = { ...given, challenge: id, grant: json.grant as string };
    await journal.sale({ ...body, confirmations: [code] });
    await journal.upload(journal.entries, { contacts: [{ customer, phone: PHONE }] });
  }

  async function plant(cardSalt?: string): Promise<void> {
    await planting.signIn();
    const others = new TillJournal(planting, shop.clock.now);
    const contact = { customer, phone: OTHER_PHONE, ...(cardSalt !== undefined && { cardSalt }) };
    await others.enrolled();
    expect((await others.upload(others.entries, { contacts: [contact] })).json.kind).toBe('kept');
  }

  async function uploadAgain(): Promise<void> {
    await journal.till.signIn();
    await journal.upload(journal.entries, { contacts: [{ customer, phone: PHONE }] });
  }

  const askAt = async (phone: string) => {
    const { journalHead } = journal;
    return (
      await ask(journal.till, debtRequest({ customer: { id: customer, phone }, journalHead }))
    ).json.kind;
  };

  test.each([
    ['on the same card', undefined],
    ['with another secret of the card', 'd'.repeat(64)],
  ])('%s yields to the one of a grant that the relay signed', async (_, cardSalt) => {
    await confirmedSale();
    await copy.putBack(shop.relay);
    await plant(cardSalt);
    await uploadAgain();
    expect(await askAt(OTHER_PHONE)).toBe('phone-held');
    expect(await askAt(PHONE)).toBe('awaiting-code');
    await journal.till.elevate();
    const { json } = await journal.till.call('GET', '/journal/flags?after=0');
    expect(json.flags).toEqual([]);
  });

  test('stays if the grant is not signed by this relay', async () => {
    await confirmedSale();
    const sale = journal.entries.pop()!;
    await copy.putBack(shop.relay);
    await plant();
    const body = sale.body as SaleBody;
    const confirmations = body.confirmations.map((given) => {
      if (given.kind !== 'code') return given;
      const [head, payload] = given.grant.split('.');
      return { ...given, grant: `${head}.${payload}.${'A'.repeat(86)}` };
    });
    journal.till.watermark = null;
    await journal.sale({ ...body, confirmations });
    await uploadAgain();
    expect(await askAt(PHONE)).toBe('phone-held');
    expect(await askAt(OTHER_PHONE)).toBe('awaiting-code');
  });

  test('stays if the grant is for another number than the till says', async () => {
    await confirmedSale();
    await copy.putBack(shop.relay);
    await plant();
    await journal.till.signIn();
    const contacts = [{ customer, phone: '+79031114455' }];
    await journal.upload(journal.entries, { contacts });
    expect(await askAt(PHONE)).toBe('phone-held');
    expect(await askAt(OTHER_PHONE)).toBe('awaiting-code');
  });
});
