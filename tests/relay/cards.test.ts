// Customers' cards: stored with their entry, encrypted, and given to every till of the shop.
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cardsReply } from '$lib/contract/customer';
import { MOST_CARDS, type Card } from '$lib/contract/journal-upload';
import type { Entry } from '$lib/contract/journal';
import { makeCardSalt, makeSalt, sealCard } from '$lib/proof/record';
import { offerEnrolment } from '../../relay/tills/tokens';
import { ask, debtRequest, PHONE, START } from '../support/challenges';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';
import { reEnrolled, TillJournal } from '../support/till-journal';

const NAME = 'Анна Кузнецова';

let clock: ReturnType<typeof makeClock>;
let relay: RunningRelay;
let journal: TillJournal;
let other: TillClient;
beforeEach(async () => {
  clock = makeClock(START);
  relay = await startRelay({ now: clock.now });
  journal = new TillJournal(await TillClient.ready(relay.url, clock.now), clock.now);
  await journal.enrolled();
  other = await TillClient.make(relay.url, clock.now);
  await other.enrol((await offerEnrolment(relay.relay)).token);
  await other.signIn();
});
afterEach(() => relay.stop());

type Sealed = { readonly card: Card; readonly hash: string };

async function sealed(parts: Partial<Card> = {}): Promise<Sealed> {
  const card = {
    salt: makeSalt(),
    name: NAME,
    phone: PHONE,
    cardSalt: makeCardSalt(),
    ...NO_SEALED_DETAILS,
    ...parts,
  };
  return { card, hash: await sealCard(card) };
}

const bodyOf = (recordHash: string) => ({
  customer: uuidv7(),
  recordHash,
  credit: { kind: 'shop-limit' },
});

/** The entry of a card that was saved. */
const saved = ({ hash }: Sealed): Promise<Entry> =>
  journal.add({ act: 'customer-saved', body: bodyOf(hash) });

async function upload(cards: readonly unknown[], entries?: readonly Entry[]): Promise<void> {
  const reply = await journal.upload(entries, { cards: [...cards] });
  expect([reply.status, reply.json.kind]).toEqual([200, 'kept']);
}

/** What another till gets for these hashes. */
async function shown(...hashes: readonly string[]) {
  const { status, json } = await other.call('POST', '/cards', { hashes });
  expect(status).toBe(200);
  return cardsReply.parse(json).cards;
}

const stored = (): number =>
  relay.file.prepare('SELECT COUNT(*) FROM cards').pluck().get() as number;

test('a card saved at one till is shown at another, also after a restart', async () => {
  const one = await sealed();
  const numberless = await sealed({ phone: null });
  await saved(one);
  await saved(numberless);
  await upload([one.card, numberless.card]);
  const cards = [one, numberless].map(({ card, hash }) => ({ hash, ...card }));
  expect(await shown(one.hash, numberless.hash)).toEqual(cards);
  await relay.restart();
  await other.signIn();
  expect(await shown(numberless.hash, one.hash)).toEqual(cards.toReversed());
});

test('all cards of an import are stored, and more hashes than that are refused', async () => {
  const cards = await Promise.all(Array.from({ length: MOST_CARDS }, () => sealed()));
  const customers = cards.map(({ hash }) => bodyOf(hash));
  const none = { accounts: [], confirmations: [], approval: null };
  await journal.add({ act: 'customers-imported', body: { source: 'file', customers, ...none } });
  await upload(cards.map(({ card }) => card));
  const hashes = cards.map(({ hash }) => hash);
  expect(await shown(...hashes)).toHaveLength(MOST_CARDS);
  const { status } = await other.call('POST', '/cards', { hashes: [...hashes, 'a'.repeat(64)] });
  expect(status).toBe(400);
});

test('a card whose seal is not the one in an entry is left out, and stops nothing', async () => {
  const [one, changed, unnamed] = [await sealed(), await sealed(), await sealed()];
  await saved(one);
  await saved(changed);
  await upload([{ ...changed.card, name: 'Борис' }, unnamed.card, one.card]);
  expect(await shown(one.hash, changed.hash, unnamed.hash)).toEqual([
    { hash: one.hash, ...one.card },
  ]);
  expect(stored()).toBe(1);
});

test.each([
  ['a lone surrogate in its name', { name: 'Анна \ud800' }],
  ['a name that is too long', { name: 'а'.repeat(301) }],
  ['a name that a till would trim', { name: ' Анна' }],
  ['no name', { name: '' }],
  ['two lines', { name: 'Анна\nКузнецова' }],
  ['a number that is none', { phone: '8 925' }],
  ['a field of its own', { debt: 1 }],
])('a card with %s is left out, and stops nothing', async (_, parts) => {
  const [one, bad] = [await sealed(), { ...(await sealed()).card, ...parts }];
  const hash = await sealCard(bad).catch(() => 'a'.repeat(64));
  await saved(one);
  await saved({ card: bad, hash });
  await upload([bad, null, 'card', one.card]);
  expect(await shown(one.hash, hash)).toEqual([{ hash: one.hash, ...one.card }]);
});

test('an entry whose card was changed before the upload is stored without the card', async () => {
  const [old, newer] = [await sealed(), await sealed({ name: 'Анна Иванова' })];
  await saved(old);
  await saved(newer);
  await upload([newer.card]);
  expect(await shown(old.hash, newer.hash)).toEqual([{ hash: newer.hash, ...newer.card }]);
});

test('a card is stored once if it is sent again with its entry, and never without the entry', async () => {
  const one = await sealed();
  const entry = await saved(one);
  await upload([]);
  expect(await shown(one.hash)).toEqual([]);
  await upload([one.card], [entry]);
  await upload([one.card], [entry]);
  const later = await journal.idle();
  const late = await sealed();
  await upload([late.card, one.card], [later]);
  expect(await shown(one.hash, late.hash)).toEqual([{ hash: one.hash, ...one.card }]);
  expect(stored()).toBe(1);
});

test('an entry sent again with another body names nothing that it did not name before', async () => {
  const [one, forged] = [await sealed(), await sealed()];
  const entry = await saved(one);
  await upload([one.card]);
  const altered = { ...entry, body: bodyOf(forged.hash) };
  await upload([forged.card], [altered]);
  expect(stored()).toBe(1);
});

test('the cards of entries that stay beside the journal are not stored', async () => {
  const [before, damaged, after] = [await sealed(), await sealed(), await sealed()];
  const entries = [await saved(before), await saved(damaged), await saved(after)];
  const edited = { ...entries[1]!, at: entries[1]!.at + 1 };
  const cards = [before.card, damaged.card, after.card];
  const sent = [journal.entries[0]!, entries[0]!, edited, entries[2]!];
  const { json } = await journal.upload(sent, { cards });
  expect(json).toEqual({ kind: 'quarantined', seq: 3 });
  expect(await shown(before.hash, damaged.hash, after.hash)).toEqual([
    { hash: before.hash, ...before.card },
  ]);
});

test('an upload that is not stored leaves no card', async () => {
  const one = await sealed();
  await journal.idle();
  const entry = await saved(one);
  const { json } = await journal.upload([entry], { cards: [one.card] });
  expect(json.kind).toBe('gap');
  expect(stored()).toBe(0);
});

test('a re-enrolled till uploads the cards of the entries it carries over, however often', async () => {
  const one = await sealed();
  await saved(one);
  const second = await reEnrolled({ relay, clock }, journal);
  const third = await reEnrolled({ relay, clock }, second);
  await third.upload(third.entries, { cards: [one.card] });
  expect(await shown(one.hash)).toEqual([{ hash: one.hash, ...one.card }]);
});

test('nobody without a session and no revoked till gets a card', async () => {
  const one = await sealed();
  await saved(one);
  await upload([one.card]);
  const stranger = await TillClient.make(relay.url, clock.now);
  const asked = { hashes: [one.hash] };
  expect((await stranger.call('POST', '/cards', asked)).status).toBe(401);
  await journal.till.elevate();
  await journal.till.call('DELETE', `/tills/${other.id}`);
  expect((await other.call('POST', '/cards', asked)).status).toBe(401);
});

test('a revoked till’s last cards are stored', async () => {
  const one = await sealed();
  await saved(one);
  const { till } = journal;
  await till.elevate();
  await till.call('DELETE', `/tills/${till.id}`);
  till.bearer = null;
  await upload([one.card]);
  expect(await shown(one.hash)).toHaveLength(1);
});

test('names and numbers of cards are neither on the disk nor in the log', async () => {
  const one = await sealed();
  await saved(one);
  await upload([one.card]);
  expect(await shown(one.hash)).toHaveLength(1);
  const bytes = readdirSync(relay.dataDir).map((name) =>
    readFileSync(join(relay.dataDir, name)).toString('utf8'),
  );
  const everything = [...bytes, JSON.stringify(relay.log)].join('\n');
  expect(everything).toContain(one.hash);
  for (const secret of [NAME, 'Кузнецова', PHONE, PHONE.slice(1), one.card.cardSalt, one.card.salt])
    expect(everything).not.toContain(secret);
});

test('a card that an entry of a later version names is kept until the relay understands the entry', async () => {
  const [one, two, nobodys] = [await sealed(), await sealed(), await sealed()];
  const body = { customers: [{ customer: uuidv7(), recordHash: two.hash }], colour: 'green' };
  await journal.add({ act: 'customer-painted', body: { ...bodyOf(one.hash), colour: 'green' } });
  await journal.add({ act: 'customers-painted', body });
  await upload([one.card, two.card, nobodys.card]);
  expect(await shown(one.hash, two.hash, nobodys.hash)).toHaveLength(2);
});

test('the secret of a stored card counts, whatever another till names for its customer first', async () => {
  const { json } = await other.call('GET', '/policy');
  expect(json.kind).toBe('policy');
  const numberless = await sealed({ phone: null });
  const body = bodyOf(numberless.hash);
  await journal.add({ act: 'customer-saved', body });
  await upload([numberless.card]);
  const ofCard = { id: body.customer, phone: PHONE, cardSalt: numberless.card.cardSalt };

  const theirs = new TillJournal(other, clock.now);
  await theirs.enrolled();
  const planted = { customer: body.customer, phone: '+79030000001', cardSalt: makeCardSalt() };
  expect((await theirs.upload(theirs.entries, { contacts: [planted] })).json.kind).toBe('kept');
  const asked = debtRequest({ customer: { ...ofCard, cardSalt: planted.cardSalt } });
  const refused = await ask(other, { ...asked, journalHead: theirs.journalHead });
  expect(refused.json).toEqual({ kind: 'card-differs' });

  const own = debtRequest({ customer: ofCard, journalHead: journal.journalHead });
  expect((await ask(journal.till, own)).json.kind).toBe('awaiting-code');
});
