// Authorised persons at the relay: added by the customer's code, and asked for a purchase.
// The customer is notified.
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import { sealPerson } from '$lib/proof/record';
import { personsOf } from '../../relay/store/authorised-persons';
import { addMerge } from '../../relay/store/merges';
import { offerEnrolment } from '../../relay/tills/tokens';
import { hasOwnNumber } from '../../relay/customers/own-number';
import { openChannels } from '../../relay/messaging/codes/channel-chain';
import { takeUpload } from '../../relay/journal/ingest';
import { standingOf } from '../../relay/store/account-steps';
import { tillById } from '../../relay/store/tills';
import {
  ask,
  check,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  type Shop,
} from '../support/challenges';
import { CASHIER, withCashier } from '../support/cashier';
import { RelayCopy } from '../support/relay-copy';
import { TillClient } from '../support/till-client';
import { passForgetDay } from '../support/two-tills';
import { CARD_SALT, challengeFor, onAccountSale, TillJournal } from '../support/till-journal';

const DAY = 24 * 3_600_000;
const CREDIT = { kind: 'shop-limit' } as const;
const CASHIERS_PHONE = '+79160000009';
const STAFF_PHONE = '+79160000008';
const VERA = { name: 'Вера', phone: OTHER_PHONE };

let shop: Shop;
let customer: string;
let here: TillJournal;
beforeEach(async () => {
  shop = await openShop((policy) => {
    const { operators, ...rest } = withCashier(policy);
    const phoned = (id: string) => (id === CASHIER ? { phone: CASHIERS_PHONE } : {});
    return { ...rest, operators: operators.map((one) => ({ ...one, ...phoned(one.id) })) };
  });
  customer = uuidv7();
  await shop.trust(customer, PHONE);
  here = new TillJournal(shop.till, shop.clock.now);
  await here.enrolled();
  const body = { customer, recordHash: 'a'.repeat(64), credit: CREDIT };
  await here.add({ act: 'customer-saved', body });
  await upload({ contacts: [{ customer, phone: PHONE }] });
});
afterEach(() => shop.stop());

async function upload(
  parts: Parameters<TillJournal['upload']>[1] = {},
  journal = here,
): Promise<void> {
  await journal.till.signIn();
  const { json } = await journal.upload(journal.entries, parts);
  if (json.kind !== 'kept') throw new Error(JSON.stringify(json));
}

const rows = (sql: string): unknown[] => shop.relay.file.prepare(sql).raw().all();
const flags = () => rows('SELECT kind, detail FROM flags ORDER BY cursor');
const verdictOf = ({ hash }: Entry): unknown =>
  shop.relay.file.prepare('SELECT verdict FROM journal WHERE hash = ?').pluck().get(hash);
const sentTo = (phone: string) =>
  shop.smsru.messages
    .filter(({ to }) => `+${to.replace(/^\+/, '')}` === phone)
    .map(({ text }) => text?.replace(/\d{6}/, 'CODE'));

const personRequest = (
  person: string,
  { name, phone } = VERA,
  of = { id: customer, phone: PHONE },
) => ({
  ...debtRequest({ journalHead: here.journalHead, customer: of }),
  action: 'authorise-person' as const,
  receiptId: person,
  amount: null,
  deal: { kind: 'person' as const, name, phone },
});

type Coded = { readonly challenge: string; readonly grant: string };

async function codeFor(request: Parameters<typeof ask>[1], till = shop.till): Promise<Coded> {
  const challenge = uuidv7();
  const { json } = await ask(till, request, challenge);
  if (json.kind !== 'awaiting-code') throw new Error(JSON.stringify(json));
  const answered = await check(till, challenge, shop.smsru.codes.at(-1)!);
  return { challenge, grant: String(answered.json.grant) };
}

/** The body of an entry about a person, and the record that it names. */
async function bodyFor(person: string, of = VERA) {
  const record = { id: person, ...of, salt: '1'.repeat(32) };
  const card = { customer, credit: CREDIT, recordHash: 'a'.repeat(64) };
  return { body: { ...card, person, personRecordHash: await sealPerson(record) }, record };
}

/** Writes and uploads the entry that adds a person by this code. */
async function added(person: string, code: Coded, of = VERA): Promise<Entry> {
  const { body, record } = await bodyFor(person, of);
  const entry = await here.add({ act: 'authorised-person-added', body: { ...body, ...code } });
  await upload({ cards: [record] });
  return entry;
}

/** The page behind the QR code of a challenge, as the customer's phone gets it. */
async function pageFor(request: Parameters<typeof ask>[1]): Promise<string> {
  const challenge = uuidv7();
  await ask(shop.till, request, challenge);
  const { json } = await shop.till.call('POST', `/challenges/${challenge}/page`);
  return (await fetch(String(json.url), { headers: { 'Accept-Language': 'ru' } })).text();
}

async function addVera(): Promise<string> {
  const person = uuidv7();
  const entry = await added(person, await codeFor(personRequest(person)));
  expect(verdictOf(entry)).toBe('accepted');
  return person;
}

/** A sale on account of the customer, asked for at this number. */
async function bought(
  amount: number,
  person: string | null,
  { phone = OTHER_PHONE, journal = here } = {},
) {
  const bare = onAccountSale({ customer, onAccount: amount }, null);
  const asked = {
    ...debtRequest({ journalHead: journal.journalHead }),
    ...challengeFor(bare, person === null ? PHONE : phone),
    ...(person !== null && { person }),
  };
  const { challenge, grant } = await codeFor(asked, journal.till);
  const given = { kind: 'code', action: 'sell-on-account', amount, challenge, grant } as const;
  const sale = onAccountSale({ customer, onAccount: amount, receipt: bare.sale }, given);
  const entry = await journal.sale(sale, { operator: shop.till.ownerId });
  await upload({}, journal);
  return entry;
}

describe('a person is added', () => {
  test('by a code to the main number, which names them', async () => {
    const person = await addVera();
    expect(sentTo(PHONE).slice(0, 1)).toEqual([
      'Весна: новое доверенное лицо Вера, *4567: сможет покупать в долг и за ваши баллы по своему коду. Код CODE',
    ]);
    for (let n = 0; n < 2; n += 1) await shop.relay.relay.outbox.round();
    expect(sentTo(PHONE).at(-1)).toMatch(
      /^Весна: доверенное лицо Вера, \*4567, может покупать на ваш счёт, с .*\. Не вы\? /,
    );
    expect(sentTo(OTHER_PHONE)).toEqual([]);
    expect(flags()).toEqual([]);
    expect(await personsOf(shop.relay.relay.db, customer)).toMatchObject([
      { person, since: shop.clock.now(), removedAt: null },
    ]);
  });

  test('and the page behind the QR code names them without their number', async () => {
    const person = uuidv7();
    const page = await pageFor(personRequest(person));
    expect(page).toContain('<p>Доверенное лицо: Вера</p>');
    expect(page).not.toContain('4567');
    await added(person, await codeFor(personRequest(person)));
    const buying = debtRequest({
      journalHead: here.journalHead,
      customer: { id: customer, phone: OTHER_PHONE },
    });
    expect(await pageFor({ ...buying, person })).toContain('<p>Доверенное лицо: Вера</p>');
    const own = debtRequest({
      journalHead: here.journalHead,
      customer: { id: customer, phone: PHONE },
    });
    expect(await pageFor(own)).not.toContain('Доверенное лицо');
  });

  test('other tills get their name and number', async () => {
    const { body, record } = await bodyFor(await addVera());
    const { personRecordHash: hash } = body;
    const { json } = await shop.till.call('POST', '/cards', { hashes: [hash] });
    expect(json.cards).toEqual([{ hash, ...record }]);
  });

  test('not without the record by which tills show them', async () => {
    const person = uuidv7();
    const { body } = await bodyFor(person);
    const code = await codeFor(personRequest(person));
    const entry = await here.add({ act: 'authorised-person-added', body: { ...body, ...code } });
    await upload();
    expect(verdictOf(entry)).toBe('refused');
    expect(flags()).toEqual([]);
    expect((await personsOf(shop.relay.relay.db, customer))[0]?.since).toBeNull();
  });

  test.each([
    ['without a code', () => ({ challenge: uuidv7(), grant: 'h.p.s' })],
    ['by a code for somebody else', () => codeFor(personRequest(uuidv7()))],
    [
      'by a code for a purchase',
      () =>
        codeFor(
          debtRequest({ journalHead: here.journalHead, customer: { id: customer, phone: PHONE } }),
        ),
    ],
  ])('not %s: flagged, and they may confirm nothing', async (_, code) => {
    const person = uuidv7();
    // asked about, and never answered
    await ask(shop.till, personRequest(person), uuidv7());
    const entry = await added(person, await code());
    expect(verdictOf(entry)).toBe('refused');
    expect(flags()).toEqual([['against-rules', expect.stringMatching(/^code-/)]]);
    const request = { ...debtRequest({ customer: { id: customer, phone: OTHER_PHONE } }), person };
    const { json } = await ask(shop.till, { ...request, journalHead: here.journalHead });
    expect(json).toEqual({ kind: 'person-refused', because: 'unknown-person' });
  });

  test('not with a number other than the one the customer was asked about', async () => {
    const person = uuidv7();
    const code = await codeFor(personRequest(person));
    const other = { name: 'Вера', phone: '+79160000001' };
    await ask(shop.till, personRequest(person, other), uuidv7());
    expect(verdictOf(await added(person, code, other))).toBe('refused');
    expect(flags()).toEqual([['against-rules', 'code-not-for-this']]);
  });

  test('as the customer gave the code for, even if they were asked about another person since', async () => {
    const person = uuidv7();
    const code = await codeFor(personRequest(person));
    await ask(shop.till, personRequest(person, { name: 'Вера', phone: STAFF_PHONE }), uuidv7());
    expect(verdictOf(await added(person, code))).toBe('accepted');
    expect(flags()).toEqual([]);
    const [row] = await personsOf(shop.relay.relay.db, customer);
    expect(shop.relay.relay.cipher.decrypt(row!.phone)).toBe(OTHER_PHONE);
  });

  test('not with a number that replaces theirs while the upload is read', async () => {
    const person = uuidv7();
    const code = await codeFor(personRequest(person));
    const { body, record } = await bodyFor(person);
    const entry = await here.add({ act: 'authorised-person-added', body: { ...body, ...code } });
    const { relay } = shop.relay;
    let times = 0;
    const transaction: typeof relay.db.transaction = async (work) => {
      times += 1;
      const instead = personRequest(person, { name: 'Вера', phone: STAFF_PHONE });
      expect((await ask(shop.till, instead, uuidv7())).json.kind).toBe('awaiting-code');
      return relay.db.transaction(work);
    };
    const till = (await tillById(relay.db, shop.till.id))!;
    const headSigned = await shop.till.signHead(here.head, shop.clock.now());
    await takeUpload({ ...relay, db: { ...relay.db, transaction } }, till, {
      entries: [entry],
      headSigned,
      cards: [record],
    });
    expect(times).toBe(1);
    expect(verdictOf(entry)).toBe('accepted');
    const [row] = await personsOf(relay.db, customer);
    expect(relay.cipher.decrypt(row!.phone)).toBe(OTHER_PHONE);
    const about = { customer: { id: customer, phone: STAFF_PHONE } };
    const request = { ...debtRequest({ ...about, journalHead: here.journalHead }), person };
    const unknown = { kind: 'person-refused', because: 'unknown-person' };
    expect((await ask(shop.till, request)).json).toEqual(unknown);
  });

  test('not over a channel whose message cannot name them', () => {
    const open = openChannels(shop.relay.relay, 'authorise-person');
    expect(open.map(({ can }) => can.text)).toEqual(['free']);
    const { provider } = shop.relay.relay;
    const capability = (channel: string) => {
      const can = provider.capability(channel);
      return can && { ...can, text: 'none' as const };
    };
    const mute = { ...shop.relay.relay, provider: { ...provider, capability } };
    expect(openChannels(mute, 'authorise-person')).toEqual([]);
    expect(openChannels(mute, 'correct-balance')).not.toEqual([]);
  });

  test('not by an operator without the right', async () => {
    const person = uuidv7();
    const code = await codeFor({ ...personRequest(person), operator: CASHIER });
    const { body: bare, record } = await bodyFor(person);
    const body = { ...bare, ...code };
    await here.add({ act: 'authorised-person-added', body, operator: CASHIER });
    await upload({ cards: [record] });
    expect(flags()).toEqual([['no-right', 'manage-customers']]);
    expect((await personsOf(shop.relay.relay.db, customer))[0]?.since).toBeNull();
  });

  test('a code is used once: not again after they were taken off', async () => {
    const person = uuidv7();
    const code = await codeFor(personRequest(person));
    await added(person, code);
    await removed(person);
    expect(verdictOf(await added(person, code))).toBe('refused');
    expect(flags()).toEqual([['against-rules', 'code-used']]);
  });

  test('at most five, and neither the main number nor the operator’s own', async () => {
    const refusal = async (phone: string) =>
      (await ask(shop.till, personRequest(uuidv7(), { name: 'Кто-то', phone }))).json;
    expect(await refusal(PHONE)).toEqual({ kind: 'person-refused', because: 'main-number' });
    const ofCashier = personRequest(uuidv7(), { name: 'Кто-то', phone: CASHIERS_PHONE });
    const { json } = await ask(shop.till, { ...ofCashier, operator: CASHIER });
    expect(json).toEqual({ kind: 'person-refused', because: 'own-number' });
    for (let place = 0; place < 5; place += 1) {
      const [person, phone] = [uuidv7(), `+7916123450${place}`];
      await added(person, await codeFor(personRequest(person, { name: `№ ${place}`, phone })), {
        name: `№ ${place}`,
        phone,
      });
      shop.clock.pass(DAY);
      await shop.till.signIn();
    }
    expect(await refusal(OTHER_PHONE)).toEqual({ kind: 'person-refused', because: 'too-many' });
  });

  test('a main number cannot add a person in its first day', async () => {
    const young = uuidv7();
    const body = { customer: young, recordHash: 'b'.repeat(64), credit: CREDIT };
    await here.add({ act: 'customer-saved', body });
    await upload({ contacts: [{ customer: young, phone: '+79160000002' }] });
    const of = { id: young, phone: '+79160000002' };
    const { json } = await ask(shop.till, personRequest(uuidv7(), VERA, of));
    expect(json).toMatchObject({ kind: 'phone-too-new', allowed: { minor: 0 } });
  });
});

async function removed(person: string): Promise<Entry> {
  const body = { customer, credit: CREDIT, recordHash: 'a'.repeat(64), person };
  const entry = await here.add({ act: 'authorised-person-removed', body });
  await upload();
  return entry;
}

describe('a person confirms a purchase', () => {
  test('by a code to their phone; the debt is the customer’s, who is notified', async () => {
    const person = await addVera();
    shop.clock.pass(2 * DAY);
    await shop.till.signIn();
    await bought(54_000, person);
    for (let n = 0; n < 2; n += 1) await shop.relay.relay.outbox.round();
    expect(flags()).toEqual([]);
    expect(await standingOf(shop.relay.relay.db, customer)).toMatchObject({ owed: 54_000 });
    // the message to the person does not say what the customer owes
    expect(sentTo(OTHER_PHONE)).toEqual(['Весна: в долг 540,00 ₽. Код CODE']);
    expect(sentTo(PHONE).at(-1)).toMatch(
      /^Весна: записан долг 540,00 ₽ по коду доверенного лица \(Вера\), /,
    );
  });

  test('a purchase with the customer’s own code is not reported', async () => {
    await bought(54_000, null);
    for (let n = 0; n < 2; n += 1) await shop.relay.relay.outbox.round();
    expect(sentTo(PHONE)).toEqual(['Весна: в долг 540,00 ₽, всего 540,00 ₽. Код CODE']);
  });

  test('in their first day only for a small sum, and without points', async () => {
    const person = await addVera();
    const about = { id: customer, phone: OTHER_PHONE };
    const much = debtRequest({
      journalHead: here.journalHead,
      customer: about,
      amount: { minor: 10_000_000, currency: 'RUB' },
    });
    const { json } = await ask(shop.till, { ...much, person });
    expect(json.kind).toBe('phone-too-new');
  });

  test('not with another number, for another customer, or for anything but a purchase', async () => {
    const person = await addVera();
    const asked = async (change: object) =>
      (
        await ask(shop.till, {
          ...debtRequest({
            journalHead: here.journalHead,
            customer: { id: customer, phone: OTHER_PHONE },
          }),
          person,
          ...change,
        })
      ).json;
    const unknown = { kind: 'person-refused', because: 'unknown-person' };
    const other = { id: uuidv7(), phone: OTHER_PHONE, cardSalt: CARD_SALT };
    expect(await asked({ customer: other })).toEqual(unknown);
    const wrong = { id: customer, phone: '+79160000003', cardSalt: CARD_SALT };
    expect(await asked({ customer: wrong })).toEqual(unknown);
    const request = personRequest(uuidv7(), { name: 'Ещё', phone: '+79160000004' });
    const byPerson = { ...request, customer: { ...request.customer, phone: OTHER_PHONE }, person };
    expect((await ask(shop.till, byPerson)).json.kind).toBe('malformed');
  });

  test('no longer once they are removed, not even with a code that was sent before', async () => {
    const person = await addVera();
    shop.clock.pass(2 * DAY);
    await shop.till.signIn();
    const request = {
      ...debtRequest({
        journalHead: here.journalHead,
        customer: { id: customer, phone: OTHER_PHONE },
      }),
      person,
    };
    const challenge = uuidv7();
    expect((await ask(shop.till, request, challenge)).json.kind).toBe('awaiting-code');
    expect(verdictOf(await removed(person))).toBe('accepted');
    const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1)!);
    expect(json).toEqual({ kind: 'spent', because: 'superseded' });
    const again = await ask(shop.till, { ...request, journalHead: here.journalHead });
    expect(again.json).toEqual({ kind: 'person-refused', because: 'unknown-person' });
  });

  test('their number does not become the customer’s', async () => {
    const person = await addVera();
    shop.clock.pass(2 * DAY);
    await shop.till.signIn();
    await bought(54_000, person);
    const { json } = await ask(
      shop.till,
      debtRequest({
        journalHead: here.journalHead,
        customer: { id: customer, phone: OTHER_PHONE },
      }),
    );
    expect(json.kind).toBe('phone-held');
  });
});

test('a forgotten customer’s persons are erased', async () => {
  await addVera();
  const body = { customer, merged: [], lapsed: 0, consent: { kind: 'by-right' } };
  const entry = await here.add({ act: 'customer-forgotten', body });
  await upload();
  expect(verdictOf(entry)).toBe('delayed');
  await passForgetDay(shop);
  expect(rows('SELECT person FROM authorised_persons')).toEqual([]);
});

/** A second till of the shop. */
async function openThere(): Promise<TillJournal> {
  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  await other.enrol((await offerEnrolment(shop.relay.relay)).token);
  const there = new TillJournal(other, shop.clock.now);
  await there.enrolled();
  await upload({}, there);
  return there;
}

describe('an honest till breaks no rule by what it cannot know:', () => {
  const copy = new RelayCopy();
  afterAll(() => copy.remove());

  /** Vera is added and buys at another till; then the relay is restored from a copy made before that. */
  async function putBack() {
    const there = await openThere();
    copy.take(shop.relay);
    await shop.till.signIn();
    shop.clock.pass(1_000);
    const person = await addVera();
    shop.clock.pass(2 * DAY);
    await there.till.signIn();
    await bought(54_000, person, { journal: there });
    expect(flags()).toEqual([]);
    shop.clock.pass(60_000);
    await copy.putBack(shop.relay);
    return { there, person };
  }

  test('a purchase by a person whom the relay lost when it was restored', async () => {
    const { there } = await putBack();
    await there.till.signIn();
    await upload({}, there);
    expect(flags()).toEqual([]);
    expect(await standingOf(shop.relay.relay.db, customer)).toMatchObject({ owed: 54_000 });
  });

  test('the addition, which the record in the upload proves again', async () => {
    const { person } = await putBack();
    const { record } = await bodyFor(person);
    await upload({ contacts: [{ customer, phone: PHONE }], cards: [record] });
    expect(flags()).toEqual([]);
    const [row] = await personsOf(shop.relay.relay.db, customer);
    expect(row).toMatchObject({
      person,
      since: shop.clock.now() - 2 * DAY - 60_000,
      removedAt: null,
    });
  });

  test('a person of a customer whom another till forgot: a discrepancy', async () => {
    const there = await openThere();
    const person = uuidv7();
    const code = await codeFor(personRequest(person));
    const body = { customer, merged: [], lapsed: 0, consent: { kind: 'by-right' } };
    await there.add({ act: 'customer-forgotten', body, operator: shop.till.ownerId });
    await upload({}, there);
    const { body: adding, record } = await bodyFor(person, VERA);
    const entry = await here.add({
      act: 'authorised-person-added',
      body: { ...adding, ...code },
    });
    await passForgetDay(shop);
    await upload({ cards: [record] });
    expect(verdictOf(entry)).toBe('refused');
    expect(flags()).toEqual([['customer-forgotten', customer]]);
    expect(await personsOf(shop.relay.relay.db, customer)).toEqual([]);
  });

  test('their own number on a card, by an addition that they had not seen', async () => {
    await addVera();
    const { relay } = shop.relay;
    const { policy } = relay.policy()!;
    const own = policy.operators.map((one) => ({ ...one, phone: OTHER_PHONE }));
    const by = { ...policy, operators: own };
    const [row] = await personsOf(relay.db, customer);
    const isOwn = (view: { device: string[]; seen: number } | null) =>
      hasOwnNumber(relay, shop.till.ownerId, { customer }, by, view);
    expect(await isOwn(null)).toBe(true);
    expect(await isOwn({ device: [shop.till.id], seen: 0 })).toBe(true);
    expect(await isOwn({ device: ['other'], seen: row!.order! })).toBe(true);
    expect(await isOwn({ device: ['other'], seen: row!.order! - 1 })).toBe(false);
  });
});

/** Vera is added at both tills at once, and the customer has given both codes. */
async function addedTwice(second: { readonly name: string; readonly phone: string }) {
  const there = await openThere();
  const [first, other] = [uuidv7(), uuidv7()];
  const [here, code] = [
    await codeFor(personRequest(first)),
    await codeFor({ ...personRequest(other, second), journalHead: there.journalHead }, there.till),
  ];
  expect(verdictOf(await added(first, here))).toBe('accepted');
  const { body, record } = await bodyFor(other, second);
  const by = { operator: shop.till.ownerId };
  const made = { act: 'authorised-person-added', body: { ...body, ...code }, ...by };
  const entry = await there.add(made);
  await upload({ cards: [record] }, there);
  return { first, other, entry };
}

describe('two tills that do not know of each other', () => {
  const letIn = async () =>
    (await personsOf(shop.relay.relay.db, customer)).flatMap(({ person, since, removedAt }) =>
      since === null || removedAt !== null ? [] : [person],
    );

  test('add two persons: both may confirm', async () => {
    const nina = { name: 'Нина', phone: '+79160000006' };
    const { first, other, entry } = await addedTwice(nina);
    expect(verdictOf(entry)).toBe('accepted');
    expect(flags()).toEqual([]);
    expect(await letIn()).toEqual([first, other].toSorted());
  });

  test('add one number twice: it is on the card once, and nobody has broken a rule', async () => {
    const { first, entry } = await addedTwice(VERA);
    expect(verdictOf(entry)).toBe('refused');
    expect(flags()).toEqual([]);
    expect(await letIn()).toEqual([first]);
  });

  test('add somebody to a card that was merged away meanwhile: nobody is added', async () => {
    const { relay } = shop.relay;
    const person = uuidv7();
    const code = await codeFor(personRequest(person));
    await addMerge(relay.db, { from: customer, into: uuidv7(), order: 1_000 });
    expect(verdictOf(await added(person, code))).toBe('refused');
    expect(flags()).toEqual([]);
    expect(await letIn()).toEqual([]);
  });
});

test('a person whose removal arrives before their addition is not added', async () => {
  const there = await openThere();
  const person = uuidv7();
  const code = await codeFor(personRequest(person));
  const body = { customer, credit: CREDIT, recordHash: 'a'.repeat(64), person };
  await there.add({ act: 'authorised-person-removed', body, operator: shop.till.ownerId });
  await upload({}, there);
  expect(verdictOf(await added(person, code))).toBe('refused');
  expect(flags()).toEqual([]);
  expect((await personsOf(shop.relay.relay.db, customer))[0]?.since).toBeNull();
});

test('a removal without the right changes nothing and is flagged', async () => {
  const person = await addVera();
  const body = { customer, credit: CREDIT, recordHash: 'a'.repeat(64), person };
  const entry = await here.add({ act: 'authorised-person-removed', body, operator: CASHIER });
  await upload();
  expect(flags()).toEqual([['no-right', 'manage-customers']]);
  expect(verdictOf(entry)).toBe('refused');
  expect(await personsOf(shop.relay.relay.db, customer)).toMatchObject([
    { person, removedAt: null },
  ]);
});
