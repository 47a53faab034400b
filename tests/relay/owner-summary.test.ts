// The owners' daily summary: acts by right, flags, tills that came back, at most once a day.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownerNoticesReply, type OwnerSummary } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import { wordOwnerSummary } from '$lib/domain/messages/owner-summary';
import { headOfUpload } from '$lib/proof/journal-head';
import {
  ask,
  check,
  debtRequest,
  otherThan,
  PHONE,
  tokensOf,
  type Shop,
} from '../support/challenges';
import { openProvenShop } from '../support/second-factor';
import { OWNER_PHONE, TillClient } from '../support/till-client';
import { onAccountSale, overrideBy, reEnrolled, TillJournal } from '../support/till-journal';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const vera = uuidv7();
const withVera = (policy: Policy): Policy => {
  const [owner] = policy.operators;
  const senior = { ...owner!, id: vera, name: 'Вера', group: 'senior-cashier', phone: null };
  return { ...policy, operators: [owner!, senior] };
};

let shop: Shop;
let journal: TillJournal;
let customer: string;
async function open(change: (policy: Policy) => Policy = withVera): Promise<void> {
  shop = await openProvenShop(change);
  shop.till.tokens = tokensOf(shop.relay);
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await journal.upload();
  customer = uuidv7();
}
beforeEach(() => open());
afterEach(() => shop.stop());

const later = async (ms: number): Promise<void> => {
  shop.clock.pass(ms);
  await shop.till.signIn();
};
/** Consents by a code to the owner's phone, if it is proven. */
async function elevate(): Promise<void> {
  const { json } = await shop.till.elevate();
  if (json.kind === 'code-sent') await shop.till.elevate({ code: shop.smsru.codes.at(-1)! });
}
/** Tries everything that is due. */
async function rounds(): Promise<void> {
  await shop.relay.relay.outbox.round();
  await shop.relay.relay.outbox.round();
}
async function summaries(): Promise<readonly OwnerSummary[]> {
  await rounds();
  await elevate();
  const reply = await shop.till.call('GET', '/owner-notices');
  return ownerNoticesReply.parse(reply.json).summaries;
}
const messages = (to = OWNER_PHONE): (string | undefined)[] =>
  shop.smsru.sends
    .filter(({ fields }) => fields['to'] === to.slice(1))
    .flatMap(({ fields }) => (fields['msg']?.includes('Подробнее на кассе') ? fields['msg'] : []));

const credit = (kind = 'unlimited', of = customer) => ({
  act: 'customer-saved',
  body: { customer: of, recordHash: 'a'.repeat(64), credit: { kind } },
});
const override = (by: string, onAccount: number) =>
  journal.sale(onAccountSale({ customer, onAccount }, overrideBy(by, onAccount)));

test('a day’s acts by right are one message in the shop’s language, and a list on the screen', async () => {
  const since = shop.clock.now();
  await override(vera, 10_000);
  await override(vera, 5000);
  await journal.add(credit());
  await journal.upload();
  expect(await summaries()).toEqual([]);
  await later(DAY);
  expect(await summaries()).toEqual([
    {
      since,
      at: shop.clock.now(),
      acts: [
        { operator: vera, kind: 'without-code', count: 2, debt: 15_000, points: 0, goods: null },
        { operator: shop.till.ownerId, kind: 'credit', count: 1, debt: 0, points: 0, goods: null },
      ],
      unproven: [vera],
      sole: null,
      flags: [],
      tills: [],
      guessing: { numbers: 0, tills: 0, shop: false },
      drawer: [],
      earned: [],
      repaid: [],
      openings: [{ operator: shop.till.ownerId, count: 3 }],
      sold: [],
      putBack: null,
      recipients: [
        {
          operator: shop.till.ownerId,
          phoneMasked: '+7 903 ··· 22 33',
          state: 'sent',
          because: null,
        },
      ],
    },
  ]);
  expect(messages()).toEqual([
    expect.stringMatching(
      /^Весна, с \d\d\.\d\d \d\d:\d\d: по праву 3 записи на 150,00 ₽ \(Вера 2, телефон не подтверждён, Анна 1\); настройки открывали: 3\. Подробнее на кассе\.$/,
    ),
  ]);
});

test('an entry beside the journal is counted when it arrives, and not again when it is carried over', async () => {
  const broken = await journal.idle();
  const made = [await override(vera, 10_000), await journal.add(credit())];
  const entries = [{ ...broken, at: null }, ...made];
  const headSigned = await shop.till.signHead(headOfUpload(entries));
  for (let i = 0; i < 2; i += 1) await shop.till.call('POST', '/journal', { entries, headSigned });
  const acts = [
    { operator: shop.till.ownerId, kind: 'credit', count: 1, debt: 0, points: 0, goods: null },
    { operator: vera, kind: 'without-code', count: 1, debt: 10_000, points: 0, goods: null },
  ];
  await later(DAY);
  const [first] = await summaries();
  expect(first?.acts).toHaveLength(2);
  expect(first?.acts).toEqual(expect.arrayContaining(acts));
  const anew = await reEnrolled(shop, journal, made);
  await anew.upload();
  await later(2 * DAY);
  const again = await summaries();
  expect(again.flatMap((summary) => summary.acts)).toEqual(first?.acts);
});

test('sums too large for an exact number stop neither the summary nor any other message', async () => {
  await elevate();
  await shop.trust(customer, PHONE);
  for (let n = 0; n < 2; n += 1) await override(vera, 9e15);
  await journal.upload();
  await later(DAY);
  const [first] = await summaries();
  expect(first?.acts).toEqual([
    {
      operator: vera,
      kind: 'without-code',
      count: 2,
      debt: Number.MAX_SAFE_INTEGER,
      points: 0,
      goods: null,
    },
  ]);
  expect(messages()).toHaveLength(1);
  const sent = shop.smsru.sends.length;
  await override(vera, 100);
  await journal.upload();
  await rounds();
  expect(shop.smsru.sends.slice(sent).map(({ fields }) => fields['to'])).toContain(PHONE.slice(1));
});

test('at most one is sent in 24 hours, none if nothing happened, and each act is reported once', async () => {
  await journal.add(credit());
  await journal.upload();
  await later(DAY);
  await summaries();
  for (let hour = 0; hour < 23; hour += 1) {
    await journal.add(credit(hour % 2 === 0 ? 'shop-limit' : 'unlimited'));
    await journal.upload();
    await later(HOUR);
    await rounds();
  }
  expect(messages()).toHaveLength(1);
  await later(DAY);
  expect((await summaries()).map(({ acts }) => acts[0]?.count)).toEqual([11, 1]);
  await later(7 * DAY);
  // this till itself was away for a week
  expect((await summaries()).length).toBeLessThanOrEqual(3);
  const before = messages().length;
  for (let day = 0; day < 3; day += 1) {
    await later(DAY);
    await rounds();
  }
  expect(messages().length - before).toBeLessThanOrEqual(1);
});

test('flags are counted by kind; a till that comes back after days is one line with what it did', async () => {
  await elevate();
  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  const offer = await shop.till.call('POST', '/tills/enrolments');
  await other.enrol(offer.json.token as string);
  await other.signIn();
  const theirs = new TillJournal(other, shop.clock.now);
  await theirs.enrolled();
  await theirs.upload();
  const since = Math.floor(shop.clock.now() / 60_000) * 60_000;
  for (let day = 0; day < 4; day += 1) {
    await later(DAY);
    await shop.till.call('GET', '/health');
    const fact = { state: 'provider-unavailable', relayAt: null, providerAt: null } as const;
    const connectivity = { ...fact, noCodeBecause: 'refused:no-money' };
    const given = overrideBy(vera, 1000, { connectivity });
    const sale = onAccountSale({ customer, onAccount: 1000 }, given);
    await theirs.sale(sale, { operator: vera });
  }
  await rounds();
  shop.clock.pass(HOUR);
  await other.signIn();
  await shop.till.signIn();
  const back = shop.clock.now();
  const nobody = onAccountSale({ customer, onAccount: 100 }, null);
  await theirs.sale(nobody, { operator: vera });
  await theirs.upload();
  await later(DAY);
  const [newest] = await summaries();
  expect(newest).toMatchObject({
    flags: [{ kind: 'unconfirmed', count: 1 }],
    tills: [{ till: other.id, name: 'Касса 2', since, at: back, entries: 4, amount: 4000 }],
  });
  expect(messages().at(-1)).toContain('нарушения в журнале: 1');
  expect(messages().at(-1)).toContain('на связи через 4 дня: записей 4, без кода на 40,00 ₽');
});

test('a sole operator who acts by right stands out in it', async () => {
  await shop.stop();
  await open((policy) => policy);
  await journal.add(credit());
  await journal.upload();
  await later(DAY);
  expect(await summaries()).toMatchObject([{ sole: shop.till.ownerId, unproven: [] }]);
  expect(messages()).toEqual([expect.stringContaining('(Анна 1, единственный сотрудник)')]);
});

test('it goes to each owner with a proven phone and to nobody else; without one the list shows that', async () => {
  await shop.relay.relay.db.run('DELETE FROM proven_phones');
  await journal.add(credit());
  await journal.upload();
  await later(DAY);
  expect(await summaries()).toMatchObject([{ recipients: [], unproven: [shop.till.ownerId] }]);
  expect(messages()).toEqual([]);
});

test('a relay killed before or while it sends the summary sends it at most once', async () => {
  await journal.add(credit());
  await journal.upload();
  await summaries();
  await shop.relay.restart();
  shop.smsru.next({ kind: 'held' });
  shop.clock.pass(DAY);
  void shop.relay.relay.outbox.round();
  await expect.poll(() => messages().length).toBe(1);
  await shop.relay.restart();
  shop.smsru.release();
  await shop.till.signIn();
  await later(DAY);
  expect((await summaries()).at(-1)).toMatchObject({ recipients: [{ state: 'maybe-sent' }] });
  expect(messages()).toHaveLength(1);
});

test('wrong codes up to a number’s limit are reported in one message a day, however many follow', async () => {
  const phone = '+79255070699';
  const guess = async (times: number) => {
    const id = uuidv7();
    await ask(
      shop.till,
      debtRequest({ journalHead: journal.journalHead, customer: { id: customer, phone } }),
      id,
    );
    const code = shop.smsru.codes.at(-1)!;
    for (let i = 0; i < times; i += 1) await check(shop.till, id, otherThan(code));
    return { id, code };
  };
  await elevate();
  await shop.trust(customer, phone);
  await guess(5);
  // the right code gives back the wrong ones of its challenge
  const { id, code } = await guess(0);
  expect((await check(shop.till, id, code)).json.kind).toBe('verified');
  await shop.till.call('DELETE', `/challenges/${id}`);
  const items = () =>
    shop.relay.file
      .prepare("SELECT COUNT(*) FROM summary_items WHERE kind = 'guessing'")
      .pluck()
      .get();
  expect(items()).toBe(0);
  await guess(5);
  expect(items()).toBe(1);
  await later(DAY);
  expect((await summaries()).map(({ guessing }) => guessing)).toEqual([
    { numbers: 1, tills: 0, shop: false },
  ]);
  expect(messages()).toEqual([
    expect.stringContaining('слишком много неверных кодов на номера: 1'),
  ]);
});

test('the summary names the share of discounts in what a person sold, and their cash refunds', () => {
  const { policy } = shop.relay.relay.policy() ?? expect.fail('no policy');
  const summary = {
    since: 0,
    at: DAY,
    acts: [],
    flags: [],
    tills: [],
    earned: [],
    repaid: [],
    openings: [],
    unproven: [],
    sole: null,
    guessing: { numbers: 0, tills: 0, shop: false },
    putBack: null,
    drawer: [{ operator: vera, what: 'refunded' as const, count: 21, amount: 60_900 }],
    sold: [{ operator: vera, sales: 90_000, discounts: 10_000 }],
  };
  const text = wordOwnerSummary(summary, policy, 'Europe/Moscow');
  expect(text).toMatch(/возвращено наличными 609,00 ₽ \(Вера 21\); скидки: Вера 10 %/);
});

test('it names the customers who repaid most without cash, the largest first, but no small sums', async () => {
  const [second, third] = [uuidv7(), uuidv7()];
  const repaid = async (of: string, kind: 'cash' | 'card' | 'transfer', amount: number) => {
    const onAccount = amount;
    const debt = await journal.sale(
      onAccountSale({ customer: of, onAccount }, overrideBy(vera, onAccount)),
    );
    await journal.add({
      act: 'repayment',
      body: {
        repayment: uuidv7(),
        currency: 'RUB',
        customer: of,
        amount,
        changeDue: 0,
        rounding: 0,
        tenders: [{ kind, amount }],
        settles: [{ debt: debt.hash, tender: kind, amount }],
        earned: [],
        accounts: [{ customer: of, account: 'debt', delta: -amount }],
      },
    });
  };
  await repaid(customer, 'card', 60_000);
  await repaid(customer, 'transfer', 50_000);
  await repaid(second, 'card', 120_000);
  await repaid(third, 'card', 90_000);
  await repaid(third, 'cash', 90_000);
  await journal.upload();
  await later(DAY);
  const [summary] = await summaries();
  expect(summary?.repaid).toEqual([
    { customer: second, amount: 120_000 },
    { customer, amount: 110_000 },
  ]);
  expect(messages().at(-1)?.replaceAll('\u00A0', ' ')).toContain(
    'больше всего погашено без наличных: 1 200,00 ₽, 1 100,00 ₽',
  );
});

test('changed goods are in it by person: how many, and one of them', async () => {
  const [bread, vodka] = [uuidv7(), uuidv7()];
  const list = { source: 'edit', file: null, refused: 0, counted: [] };
  const added = [bread, vodka].map((id) => ({
    id,
    name: id === bread ? 'Хлеб' : 'Водка',
    names: { ru: null, en: null },
    sku: null,
    barcodes: [],
    category: null,
    unit: 'piece',
    price: 5000,
    stock: null,
    askAge: 18,
    noDiscounts: false,
    marked: false,
    usualMost: null,
    tax: { vat: null, subject: 'goods' },
  }));
  await journal.add({ act: 'products-changed', body: { ...list, added, changed: [] } });
  const edit = (product: string, field: string, value: unknown) => ({ product, field, value });
  const edits = [
    [edit(vodka, 'askAge', null), edit(bread, 'price', 4900), edit(bread, 'sku', '1')],
    [edit(bread, 'barcodes', []), edit(bread, 'name', 'Батон'), edit(bread, 'noDiscounts', false)],
    [edit(vodka, 'price', 5100), edit(bread, 'stock', 3000), edit(bread, 'marked', true)],
  ];
  for (const changed of edits)
    await journal.add({ act: 'products-changed', body: { ...list, added: [], changed } });
  await journal.upload();
  await later(DAY);
  const operator = shop.till.ownerId;
  const act = { operator, debt: 0, points: 0 };
  expect((await summaries()).map(({ acts }) => acts)).toEqual([
    [
      {
        ...act,
        kind: 'prices-lowered',
        count: 1,
        goods: { products: 1, example: { name: 'Хлеб', field: 'price' } },
      },
      {
        ...act,
        kind: 'goods-changed',
        count: 2,
        goods: { products: 2, example: { name: 'Водка', field: 'askAge' } },
      },
    ],
  ]);
  expect(messages()).toEqual([
    expect.stringMatching(
      /снижены цены товаров: 1, например «Хлеб» \(.* 1\); изменены товары: 2, например «Водка» \(возраст\) \(.* 2\)/,
    ),
  ]);
});

test('openings alone send nothing', async () => {
  await later(DAY);
  await summaries();
  await later(DAY);
  expect(await summaries()).toEqual([]);
});

test('its words in English', async () => {
  const policy = await shop.till.policy();
  const english = { ...policy, shop: { ...policy.shop, messageLanguage: 'en' as const } };
  const at = Date.UTC(2026, 10, 25, 17, 40);
  expect(
    wordOwnerSummary(
      {
        since: at,
        at: at + DAY,
        sole: null,
        unproven: [vera],
        acts: [
          { operator: vera, kind: 'without-code', count: 2, debt: 54_000, points: 15, goods: null },
          { operator: null, kind: 'import', count: 1, debt: 0, points: 0, goods: null },
        ],
        flags: [
          { kind: 'unconfirmed', count: 2 },
          { kind: 'future', count: 3 },
        ],
        tills: [
          { till: uuidv7(), name: 'Till 2', since: at - 4 * DAY, at, entries: 9, amount: 100 },
        ],
        guessing: { numbers: 2, tills: 1, shop: true },
        drawer: [],
        earned: [],
        repaid: [],
        openings: [{ operator: vera, count: 3 }],
        sold: [],
        putBack: { untold: 4 },
      },
      english,
      'UTC',
    ),
  ).toBe(
    'Весна, since 25/11 17:40: the server was put back from an older copy, messages not repeated: 4; 3 acts by right for ₽540.00 and 15 points (Вера 2, phone not confirmed, somebody 1); findings in journals: 2; to look into: 3; till Till 2 back after 4 days: 9 entries, ₽1.00 without a code; numbers with too many wrong codes: 2; tills without codes after too many wrong ones: 1; too many wrong codes in the shop; settings opened: 3. More at the till.',
  );
});

test('it names who wrote off returned goods, and the sum', async () => {
  const policy = await shop.till.policy();
  const at = Date.UTC(2026, 10, 25, 17, 40);
  const summary = {
    since: at,
    at: at + DAY,
    acts: [],
    flags: [],
    tills: [],
    openings: [],
    sold: [],
    earned: [],
    repaid: [],
    guessing: { numbers: 0, tills: 0, shop: false },
    sole: null,
    unproven: [],
    putBack: null,
    drawer: [{ operator: vera, what: 'goods-written-off' as const, count: 2, amount: 54_000 }],
  };
  const wordsIn = (messageLanguage: 'ru' | 'en') =>
    wordOwnerSummary(summary, { ...policy, shop: { ...policy.shop, messageLanguage } }, 'UTC');
  expect(wordsIn('ru')).toContain(': при возврате списано товара на 540,00 ₽ (Вера 2).');
  expect(wordsIn('en')).toContain(': returned goods written off for ₽540.00 (Вера 2).');
});

test('customers’ own messages are not in it', async () => {
  await elevate();
  await shop.trust(customer, PHONE);
  await override(vera, 100);
  await journal.upload();
  await later(DAY);
  await summaries();
  expect(messages(PHONE)).toEqual([]);
});
