// A damaged entry stops no messages: it and later entries are kept beside the journal and reported.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import { headOfUpload } from '$lib/proof/journal-head';
import { sealEntry } from '$lib/proof/chain';
import { ask, check, debtRequest, openShop, type Shop } from '../support/challenges';
import type { Reply } from '../support/till-client';
import {
  CARD_SALT,
  challengeFor,
  givePoints,
  onAccountSale,
  overrideBy,
  pointsSale,
  reEnrolled,
  TillJournal,
} from '../support/till-journal';

const MIB = 1024 * 1024;
const ANNA = '+79250000602';
const BORIS = '+79250000603';
const VERA = '+79250000604';

let shop: Shop;
let journal: TillJournal;
let anna: string;
let boris: string;
let vera: string;
beforeEach(async () => {
  shop = await openShop();
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await journal.upload();
  [anna, boris, vera] = [uuidv7(), uuidv7(), uuidv7()];
  await shop.trust(anna, ANNA);
  await shop.trust(boris, BORIS);
  await shop.trust(vera, VERA);
});
afterEach(() => shop.stop());

/** A debt without a code. */
const owe = (customer: string, onAccount = 10_000, of = journal): Promise<Entry> =>
  of.sale(onAccountSale({ customer, onAccount }, overrideBy(shop.till.ownerId, onAccount)));

/** Uploads whatever a till's database holds. */
async function send(entries: readonly unknown[], of = journal.till): Promise<Reply> {
  const headSigned = await of.signHead(headOfUpload(entries));
  return of.call('POST', '/journal', { entries, headSigned });
}

/** How many acts each customer gets messages about; small ones share a message an hour. */
const told = (): number[] =>
  [anna, boris, vera].map((customer) =>
    Number(
      shop.relay.file
        .prepare(`SELECT COUNT(*) FROM outbox WHERE customer = ? AND purpose = 'act'`)
        .pluck()
        .get(customer),
    ),
  );
const held = (of = shop.till.id): unknown[] =>
  shop.relay.file.prepare('SELECT seq FROM journal WHERE till = ? ORDER BY seq').pluck().all(of);
const owed = (customer: string): unknown =>
  shop.relay.file
    .prepare('SELECT COALESCE(SUM(delta), 0) FROM journal_steps WHERE customer = ?')
    .pluck()
    .get(customer);
const flags = (): unknown[] =>
  shop.relay.file.prepare('SELECT seq, kind, detail FROM flags ORDER BY cursor').raw().all();
const asked = async (of = journal): Promise<Reply['json']> => {
  const request = debtRequest({
    customer: { id: anna, phone: ANNA, cardSalt: CARD_SALT },
    journalHead: of.journalHead,
  });
  return (await ask(of.till, request)).json;
};

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
const withBody = (entry: Entry, parts: object): object => ({
  ...entry,
  body: { ...entry.body, ...parts },
});

/** Ways in which somebody may have damaged an entry in the till's database; its movements can still be read. */
const DAMAGED: readonly (readonly [string, (entry: Entry) => unknown])[] = [
  ['an amount edited', (entry) => withBody(entry, { onAccount: 1 })],
  ['another hash', (entry) => ({ ...entry, hash: 'f'.repeat(64) })],
  ['no hash', (entry) => ({ ...entry, hash: undefined })],
  ['a hash that is none', (entry) => ({ ...entry, hash: 'edited' })],
  ['a time that is no number', (entry) => ({ ...entry, at: 'yesterday' })],
  ['a place that is none', (entry) => ({ ...entry, seq: 3.5 })],
  ['no act', (entry) => ({ ...entry, act: '' })],
  ['an act that is too long', (entry) => ({ ...entry, act: 'a'.repeat(61) })],
  ['another till', (entry) => ({ ...entry, till: uuidv7() })],
  ['a body nested too deep', (entry) => withBody(entry, { more: nested(60) })],
  ['a lone surrogate', (entry) => withBody(entry, { note: '\ud800' })],
];

/** Entries of which nothing can be read. */
const GARBAGE: readonly (readonly [string, unknown])[] = [
  ['nothing', null],
  ['a number', 5],
  ['a text', 'sold'],
  ['a list', []],
  ['an empty record', {}],
];

describe.each(DAMAGED)('an entry with %s', (_, damage) => {
  test('in the middle does not stop earlier ones; it and later ones are reported', async () => {
    await owe(anna);
    const broken = damage(await owe(boris));
    await owe(vera);
    const sent = [journal.entries[1], broken, journal.entries[3]];
    const reply = await send(sent);
    expect([reply.status, reply.json]).toEqual([409, { kind: 'quarantined', seq: 3 }]);
    expect(held()).toEqual([1, 2]);
    expect([owed(anna), owed(boris), owed(vera)]).toEqual([10_000, 0, 0]);
    expect(told()).toEqual([1, 1, 1]);
    // the same upload again changes nothing
    const before = flags();
    expect((await send(sent)).json).toEqual({ kind: 'quarantined', seq: 3 });
    expect(told()).toEqual([1, 1, 1]);
    expect(flags()).toEqual(before);
    // another debt by right is reported, too
    await owe(anna);
    expect((await send(journal.entries.slice(4))).json).toEqual({ kind: 'quarantined', seq: 3 });
    expect(told()).toEqual([2, 1, 1]);
    expect(await asked()).toEqual({ kind: 'quarantined' });
  });

  test('alone is reported, too', async () => {
    const broken = damage(await owe(boris));
    expect((await send([broken])).json.kind).toBe('quarantined');
    expect(told()).toEqual([0, 1, 0]);
    expect(held()).toEqual([1]);
  });
});

test.each(GARBAGE)('%s in place of an entry stops no messages', async (_, garbage) => {
  await owe(anna);
  await owe(boris);
  await owe(vera);
  const reply = await send([journal.entries[1], garbage, journal.entries[3]]);
  expect([reply.status, reply.json]).toEqual([409, { kind: 'quarantined', seq: 3 }]);
  expect(told()).toEqual([1, 0, 1]);
  expect(held()).toEqual([1, 2]);
  expect((await send([garbage])).json).toEqual({ kind: 'quarantined', seq: 3 });
});

test('an entry that is missing on the till stops no messages, if its place is sent empty', async () => {
  await owe(anna);
  await owe(boris);
  expect((await send(journal.entries.slice(2))).json).toEqual({ kind: 'gap', expectedSeq: 2 });
  const reply = await send([null, ...journal.entries.slice(2)]);
  expect(reply.json).toEqual({ kind: 'quarantined', seq: 2 });
  expect(told()).toEqual([0, 1, 0]);
});

test('the first entry of a journal can be damaged, too', async () => {
  const anew = await reEnrolled(shop, journal, []);
  await owe(boris, 10_000, anew);
  const [first, second] = anew.entries;
  const reply = await send([{ ...first, at: -1 }, second], anew.till);
  expect(reply.json).toEqual({ kind: 'quarantined', seq: 1 });
  expect(told()).toEqual([0, 1, 0]);
  expect(held(anew.till.id)).toEqual([]);
  expect(await asked(anew)).toEqual({ kind: 'quarantined' });
  // the other till is not affected
  expect((await asked()).kind).toBe('awaiting-code');
});

test('a broken chain is a fork: later entries are reported, and have no effect', async () => {
  await owe(anna);
  const stranger = await sealEntry(
    { seq: 2, hash: 'f'.repeat(64) },
    {
      till: shop.till.id,
      at: shop.clock.now(),
      operator: shop.till.ownerId,
      policy: 1,
      act: 'sale',
      body: onAccountSale({ customer: boris, onAccount: 500 }, overrideBy(shop.till.ownerId, 500)),
    },
  );
  const reply = await send([journal.entries[1], stranger]);
  expect([reply.status, reply.json]).toEqual([409, { kind: 'fork', seq: 2 }]);
  expect(told()).toEqual([1, 1, 0]);
  expect([owed(anna), owed(boris)]).toEqual([10_000, 0]);
  const request = debtRequest({
    customer: { id: anna, phone: ANNA, cardSalt: CARD_SALT },
    journalHead: { seq: stranger.seq, hash: stranger.hash, at: stranger.at },
  });
  expect((await ask(shop.till, request)).json).toEqual({ kind: 'quarantined' });
});

test('a copy that continues on its own is reported, and the original is not blamed', async () => {
  const copy = new TillJournal(shop.till, shop.clock.now);
  copy.entries.push(...journal.entries);
  await owe(anna);
  await journal.upload();
  shop.clock.pass(1000);
  await owe(boris, 10_000, copy);
  await owe(boris, 20_000, copy);
  expect((await copy.upload(copy.entries.slice(1))).json).toEqual({ kind: 'fork', seq: 2 });
  expect((await copy.upload(copy.entries.slice(1))).json).toEqual({ kind: 'fork', seq: 2 });
  expect(told()).toEqual([1, 2, 0]);
  expect(owed(boris)).toBe(0);
  expect(await asked(copy)).toEqual({ kind: 'quarantined' });
  await owe(anna);
  expect((await journal.upload()).json.kind).toBe('kept');
  expect((await asked()).kind).toBe('awaiting-code');
});

test('the message about such a debt is an ordinary one', async () => {
  await send([{ ...(await owe(anna)), at: 'yesterday' }]);
  await shop.relay.relay.outbox.round();
  const [message] = shop.smsru.sends.filter(({ fields }) => fields['to'] === ANNA.slice(1));
  expect(message?.fields['msg']).toMatch(/записан долг 100,00 ₽ без кода/);
});

test('a key that could reach a prototype is left out of an entry', async () => {
  const entry = { ...(await owe(anna)), constructor: { name: 1 } };
  expect((await send([entry])).json.kind).toBe('kept');
  expect(owed(anna)).toBe(10_000);
});

test('owners see entries kept beside the journal', async () => {
  await owe(anna);
  const broken = withBody(await owe(boris), { onAccount: 1 });
  await owe(vera);
  await journal.idle();
  await send([journal.entries[1], broken, ...journal.entries.slice(3)]);
  expect(flags()).toEqual([
    [3, 'quarantined', null],
    [3, 'unconfirmed', 'sell-on-account'],
    [4, 'unconfirmed', 'sell-on-account'],
  ]);
});

test('each is reported once, even with parallel uploads', async () => {
  await owe(anna);
  const broken = { ...(await owe(boris)), at: 'yesterday' };
  await owe(vera);
  const sent = [journal.entries[1], broken, journal.entries[3]];
  const replies = await Promise.all(
    [sent, sent.slice(1), sent, sent.slice(2), sent].map((entries) => send(entries)),
  );
  for (const { json } of replies) expect(['quarantined', 'gap']).toContain(json.kind);
  expect(told()).toEqual([1, 1, 1]);
  expect(held()).toEqual([1, 2]);
});

test('an entry beside the journal counts in the caps of its customer and till', async () => {
  await send([{ ...(await owe(anna, 200_000)), at: null }]);
  const anew = await reEnrolled(shop, journal, []);
  await owe(anna, 150_000, anew);
  await anew.upload();
  expect(flags()).toContainEqual([2, 'cap-exceeded', 'sell-on-account']);
});

describe('after the till was connected again', () => {
  test('entries that it carries over count, and are not reported again', async () => {
    await owe(anna);
    const broken = { ...(await owe(boris)), at: 'yesterday' };
    const sound = await owe(vera);
    await send([journal.entries[1], broken, sound]);
    expect(told()).toEqual([1, 1, 1]);
    const anew = await reEnrolled(shop, journal, [broken, sound]);
    await owe(anna, 10_000, anew);
    expect((await anew.upload()).json.kind).toBe('kept');
    expect(told()).toEqual([2, 1, 1]);
    // the damaged one counts as it states itself
    expect([owed(anna), owed(boris), owed(vera)]).toEqual([20_000, 0, 10_000]);
    // it does not count twice
    const sums = 'SELECT COUNT(*) FROM quarantined_acts';
    expect(shop.relay.file.prepare(sums).pluck().get()).toBe(0);
    expect((await asked(anew)).kind).toBe('awaiting-code');
    // the former name still gets no code, and entries that it uploads later are already in the journal
    expect((await send([broken, sound])).json.kind).toBe('quarantined');
    expect(await asked()).toEqual({ kind: 'quarantined' });
    expect(told()).toEqual([2, 1, 1]);
  });

  test('a debt confirmed by a code behind the damaged entry is confirmed', async () => {
    const body = onAccountSale({ customer: anna, onAccount: 5000 }, null);
    const challenge = uuidv7();
    const { journalHead } = journal;
    const request = debtRequest({ ...challengeFor(body, ANNA), journalHead });
    expect((await ask(shop.till, request, challenge)).json.kind).toBe('awaiting-code');
    const { json } = await check(shop.till, challenge, shop.smsru.codes.at(-1)!);
    const grant = String(json.grant);
    const action = 'sell-on-account';
    const broken = { ...(await journal.idle()), at: 'yesterday' };
    const sale = await journal.sale({
      ...body,
      confirmations: [{ kind: 'code', action, amount: 5000, challenge, grant }],
    });
    expect((await send([broken, sale])).json).toEqual({ kind: 'quarantined', seq: 2 });
    const anew = await reEnrolled(shop, journal, [broken, sale]);
    expect((await anew.upload()).json.kind).toBe('kept');
    const proofs = shop.relay.file.prepare('SELECT proof FROM journal_acts').pluck().all();
    expect(proofs).toEqual(['code']);
    shop.clock.pass(3_600_000);
    await anew.till.signIn();
    await anew.idle();
    await anew.upload();
    expect(flags().map((flag) => (flag as unknown[])[1])).not.toContain('grant-unclaimed');
  });
});

test('entries beside the journal are kept up to the quota; beyond it only their hashes are', async () => {
  const broken = await journal.add({ act: 'note', body: { x: 'a'.repeat(MIB) } });
  await send([{ ...broken, at: null }]);
  const more = await journal.add({ act: 'note', body: { x: 'b'.repeat(MIB) } });
  await send([more]);
  const debt = await owe(anna);
  await send([{ ...debt, filling: 'c'.repeat(MIB) }]);
  const bytes = 'SELECT SUM(LENGTH(entry)) FROM quarantined_entries';
  expect(shop.relay.file.prepare(bytes).pluck().get()).toBeLessThan(2 * MIB);
  expect(told()).toEqual([1, 0, 0]);
});

describe('sums too large for an exact number', () => {
  const huge = () =>
    Array.from({ length: 2 }, () => ({ customer: anna, account: 'debt' as const, delta: 9e15 }));

  test('of an act of a later version they are reported, and stop nothing', async () => {
    await owe(boris);
    await journal.add({ act: 'debts-conjured', body: { accounts: huge() } });
    await owe(vera);
    expect((await journal.upload()).json.kind).toBe('kept');
    expect(told()).toEqual([1, 1, 1]);
    expect(flags()).toContainEqual([3, 'act-unknown', null]);
  });

  test('beside the journal they are reported as well', async () => {
    const broken = { ...(await journal.idle()), at: null };
    const act = await journal.add({ act: 'debts-conjured', body: { accounts: huge() } });
    expect((await send([broken, act])).json.kind).toBe('quarantined');
    expect(told()).toEqual([1, 0, 0]);
  });

  test('of overrides before a sale they stop no sale', async () => {
    const accounts = huge();
    const confirmations = accounts.map(() => overrideBy(shop.till.ownerId, 9e15));
    await journal.add({ act: 'debts-conjured', body: { accounts, confirmations } });
    await owe(boris);
    expect((await journal.upload()).json.kind).toBe('kept');
    await owe(boris);
    await owe(anna);
    expect((await journal.upload()).json.kind).toBe('kept');
    expect(told()).toEqual([2, 2, 0]);
  });

  test('of points they are reported, whatever a point is worth', async () => {
    const policy = await shop.till.policy();
    await shop.till.elevate();
    const points = { ...policy.points, pointValue: 1_000_000 };
    await shop.till.putPolicy(1, { ...policy, points });
    const accounts = [{ customer: anna, account: 'points' as const, delta: -9e15 }];
    await journal.add({ act: 'points-taken', body: { accounts }, policy: 2 });
    await owe(boris);
    expect((await journal.upload()).json.kind).toBe('kept');
    expect(told()).toEqual([1, 1, 0]);
  });
});

test('an entry whose judging throws stays beside the journal, is reported, and stops none before it', async () => {
  await givePoints(journal, anna, 9e15);
  await owe(boris);
  const given = overrideBy(shop.till.ownerId, 100, { action: 'redeem-points' });
  const body = pointsSale({ customer: anna, points: 1 }, given);
  const redeemed = 1e14;
  const tenders = [{ kind: 'points' as const, amount: 100, points: redeemed }, body.tenders[1]!];
  const accounts = [{ customer: anna, account: 'points' as const, delta: -redeemed }];
  await journal.sale({ ...body, tenders, accounts });
  await owe(vera);
  for (let n = 0; n < 2; n += 1)
    expect((await journal.upload()).json).toEqual({ kind: 'quarantined', seq: 4 });
  expect(held()).toEqual([1, 2, 3]);
  expect(told().map((times) => times > 0)).toEqual([true, true, true]);
  expect(flags()).toContainEqual([4, 'quarantined', null]);
});

test('a quarantined till stays so over a restart', async () => {
  await send([{ ...(await owe(anna)), at: null }]);
  await shop.relay.restart();
  await shop.till.signIn();
  expect(await asked()).toEqual({ kind: 'quarantined' });
});
