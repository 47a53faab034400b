// The operator named in an act by right gets a message on their own phone, whichever till names them.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import { openShop, OTHER_PHONE, PHONE, START, type Shop } from '../support/challenges';
import type { Card } from '$lib/contract/journal-upload';
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { headOfUpload } from '$lib/proof/journal-head';
import { makeSalt, sealCard } from '$lib/proof/record';
import { makeClock, startRelay } from '../support/relay';
import { withOwnersPhone } from '../support/second-factor';
import { OWNER_PHONE, TillClient, type Reply } from '../support/till-client';
import {
  CARD_SALT,
  cashSale,
  onAccountSale,
  overrideBy,
  reEnrolled,
  TillJournal,
} from '../support/till-journal';

const HOUR = 3_600_000;
const VERA_PHONE = '+79031112244';

const vera = uuidv7();
const withVera = (policy: Policy): Policy => {
  const owned = withOwnersPhone(policy);
  const [owner] = owned.operators;
  const cashier = { ...owner!, id: vera, name: 'Вера', group: 'cashier', phone: VERA_PHONE };
  return { ...owned, operators: [owner!, cashier] };
};

let shop: Shop;
let journal: TillJournal;
let customer: string;
beforeEach(async () => {
  shop = await openShop(withVera);
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  customer = uuidv7();
  await shop.trust(customer, PHONE);
});
afterEach(() => shop.stop());

async function upload(): Promise<void> {
  const reply = await journal.upload();
  if (reply.json.kind !== 'kept') throw new Error(JSON.stringify(reply.json));
  await shop.relay.relay.outbox.round();
}
const messages = (to = OWNER_PHONE): (string | undefined)[] =>
  shop.smsru.sends
    .filter(({ fields }) => fields['to'] === to.slice(1))
    .map(({ fields }) => fields['msg'])
    .filter((text) => text?.includes('новая касса') !== true);
const later = async (ms: number): Promise<void> => {
  shop.clock.pass(ms);
  await shop.till.signIn();
};
const card = (credit: object, of = customer) => ({
  act: 'customer-saved',
  body: { customer: of, recordHash: 'a'.repeat(64), credit },
});
const step = (account: 'debt' | 'points', delta: number) => ({ customer, account, delta });
const correction = (...accounts: object[]) => ({
  act: 'balance-moved',
  body: { accounts, confirmations: [] },
});

const importOf = (delta: number) => ({
  act: 'customers-imported',
  body: {
    source: 'file',
    customers: [],
    accounts: [step('debt', delta)],
    confirmations: [{ kind: 'none', action: 'sell-on-account', amount: delta, because: 'import' }],
    approval: null,
  },
});

const cases: readonly [string, () => Promise<unknown>, string][] = [
  ['an import of balances', () => journal.add(importOf(54_000)), 'загрузка карточек на 540,00 ₽'],
  [
    'a correction upwards',
    () => journal.add(correction(step('debt', 54_000))),
    'правка счёта: записан долг 540,00 ₽',
  ],
  [
    'points taken by a correction',
    () => journal.add(correction(step('points', -15))),
    'правка счёта: списано 15 баллов',
  ],
  ['forgiveness', () => journal.add(correction(step('debt', -54_000))), 'списан долг 540,00 ₽'],
  [
    'points given without a sale',
    () => journal.add(correction(step('points', 500))),
    'начислено 500 баллов',
  ],
  [
    'more points than a sale earns',
    () => journal.sale(cashSale({ customer, total: 10_000, earned: 501 })),
    'начислено 500 баллов сверх правил',
  ],
  ['an unlimited card', () => journal.add(card({ kind: 'unlimited' })), 'долг без предела'],
  [
    'a limit above that of the shop',
    () => journal.add(card({ kind: 'own-limit', limit: 5_000_000 })),
    'предел долга 50 000,00 ₽',
  ],
  [
    'a closed dispute',
    async () => {
      const body = { customer, about: null, note: null };
      const { hash } = await journal.add({ act: 'dispute', body });
      const outcome = { outcome: 'stands', note: 'проверено' };
      await journal.add({ act: 'settled', body: { customer, about: [hash], ...outcome } });
    },
    'закрыт спор',
  ],
  [
    'entries without a code that were reviewed',
    () => journal.add({ act: 'unconfirmed-reviewed', body: { entries: ['a'.repeat(64)] } }),
    'проверены записи без кода',
  ],
  [
    'a number changed without the old one’s consent',
    async () => {
      const asked = { phone: OTHER_PHONE, challenge: null };
      await shop.till.call('PUT', `/customers/${customer}/phone`, asked);
      await journal.add(card({ kind: 'shop-limit' }));
    },
    'смена номера покупателя',
  ],
];

/** Two prices that go up in part, then both down, as edits in the owner's name. */
async function lowerPrices(): Promise<void> {
  const [product, other] = [uuidv7(), uuidv7()];
  const edits = [
    { product, value: 5000 },
    { product: other, value: 5000 },
  ];
  const lower = [
    { product, value: 5900 },
    { product: other, value: 4900 },
  ];
  for (const changes of [edits, [{ product, value: 6000 }], lower]) {
    const changed = changes.map((change) => ({ field: 'price', ...change }));
    const list = { source: 'edit', file: null, refused: 0, added: [], counted: [] };
    await journal.add({ act: 'products-changed', body: { ...list, changed } });
  }
}
const LOWERED = 'вашим именем снижены цены товаров: 2';

describe('the operator whose name an act carries is notified of', () => {
  test('lower prices in the catalogue, but no others', async () => {
    await lowerPrices();
    await upload();
    expect(messages()).toEqual([expect.stringContaining(LOWERED)]);
  });

  test.each([
    ['another name', { field: 'name', value: 'Батон' }, '1, например «Батон» (название)'],
    ['a barcode', { field: 'barcodes', value: [] }, '1'],
    ['another tax', { field: 'tax', value: { vat: '0', subject: 'goods' } }, '1'],
    ['goods that take no discounts', { field: 'noDiscounts', value: true }, '1'],
    ['an age no longer asked', { field: 'askAge', value: null }, '1'],
    ['a marking code no longer asked', { field: 'marked', value: false }, '1'],
  ])('goods changed: %s', async (_, change, words) => {
    const list = { source: 'edit', file: null, refused: 0, added: [], counted: [] };
    const changed = [{ product: uuidv7(), ...change }];
    await journal.add({ act: 'products-changed', body: { ...list, changed } });
    await upload();
    expect(messages()).toEqual([
      expect.stringContaining(`вашим именем изменены товары: ${words}, `),
    ]);
  });

  test.each(cases)('%s', async (_, act, words) => {
    await act();
    await upload();
    expect(messages()).toEqual([
      expect.stringMatching(
        /^Весна: вашим именем .*, \d\d\.\d\d \d\d:\d\d\. Не вы\? Смените PIN и скажите владельцу\.$/,
      ),
    ]);
    expect(messages()[0]).toContain(words);
  });
});

describe('in an entry that stays beside the journal they are notified, too, once,', () => {
  test.each(cases)('of %s', async (_, act, words) => {
    await act();
    for (let i = 0; i < 2; i += 1) {
      const reply = await send([null, ...journal.entries.slice(1)]);
      expect(reply.json).toEqual({ kind: 'quarantined', seq: 1 });
    }
    expect(messages()).toEqual([expect.stringContaining(words)]);
    journal = await reEnrolled(shop, journal, journal.entries.slice(1));
    await upload();
    expect(messages()).toHaveLength(1);
  });

  test('of lower prices in the catalogue, once they take effect', async () => {
    await lowerPrices();
    await send([null, ...journal.entries.slice(1)]);
    expect(messages()).toEqual([]);
    journal = await reEnrolled(shop, journal, journal.entries.slice(1));
    await upload();
    expect(messages()).toEqual([expect.stringContaining(LOWERED)]);
  });

  test('of reminders switched off, once they are, and not again of what they know', async () => {
    const sealed: Card = {
      salt: makeSalt(),
      name: 'Анна',
      phone: PHONE,
      cardSalt: CARD_SALT,
      ...NO_SEALED_DETAILS,
      reminders: 'declined',
    };
    const body = { customer, recordHash: await sealCard(sealed), credit: { kind: 'unlimited' } };
    await journal.add({ act: 'customer-saved', body });
    const cards = [sealed];
    await send([null, ...journal.entries.slice(1)], { cards });
    expect(messages()).toEqual([expect.stringMatching(/именем карточка: долг без предела, /)]);
    journal = await reEnrolled(shop, journal, journal.entries.slice(1));
    expect((await journal.upload(journal.entries, { cards })).json.kind).toBe('kept');
    await shop.relay.relay.outbox.round();
    shop.clock.pass(HOUR);
    await shop.relay.relay.outbox.round();
    const told = 'вашим именем покупателю выключены напоминания о долге, ';
    expect(messages().slice(1)).toEqual([expect.stringContaining(told)]);
    const items = "SELECT item FROM summary_items WHERE kind = 'act' ORDER BY id";
    const kinds = shop.relay.file.prepare(items).pluck().all() as string[];
    expect(kinds.map((item) => (JSON.parse(item) as { act: string }).act)).toEqual([
      'credit',
      'reminders-declined',
    ]);
  });

  test('about a number changed without the right, which is flagged', async () => {
    const asked = { phone: OTHER_PHONE, challenge: null };
    await shop.till.call('PUT', `/customers/${customer}/phone`, asked);
    await journal.add({ ...card({ kind: 'shop-limit' }), operator: vera });
    await send([null, ...journal.entries.slice(1)]);
    expect(messages(VERA_PHONE)).toEqual([expect.stringContaining('смена номера покупателя')]);
    const found = 'SELECT kind, detail FROM flags ORDER BY cursor';
    expect(shop.relay.file.prepare(found).raw().all()).toContainEqual([
      ...['no-right', 'change-customer-phone'],
    ]);
  });

  test('of an override', async () => {
    const override = overrideBy(vera, 100);
    await journal.sale(onAccountSale({ customer, onAccount: 100 }, override));
    await send([null, ...journal.entries.slice(1)]);
    journal = await reEnrolled(shop, journal, journal.entries.slice(1));
    await upload();
    expect(messages(VERA_PHONE)).toEqual([expect.stringContaining('по вашему праву')]);
  });

  /** Uploads whatever a till's database holds. */
  async function send(entries: readonly unknown[], parts: object = {}): Promise<Reply> {
    const headSigned = await shop.till.signHead(headOfUpload(entries));
    const reply = await shop.till.call('POST', '/journal', { entries, headSigned, ...parts });
    await shop.relay.relay.outbox.round();
    return reply;
  }
});

test('a till that names the owner without any PIN sends a message to the owner’s phone, with a right or none', async () => {
  await journal.add({ ...card({ kind: 'unlimited' }), operator: shop.till.ownerId });
  await journal.add({ ...correction(step('debt', -100)), operator: vera });
  await upload();
  expect([messages().length, messages(VERA_PHONE)]).toEqual([
    1,
    [expect.stringContaining('списан долг 1,00 ₽')],
  ]);
});

test('their number by the policy of the act and by the newest one are both notified', async () => {
  const policy = await shop.till.policy();
  const [owner, other] = policy.operators;
  await shop.till.putPolicy(1, {
    ...policy,
    operators: [{ ...owner!, phone: OTHER_PHONE }, other!],
  });
  await shop.relay.relay.outbox.round();
  const before = [OWNER_PHONE, OTHER_PHONE].map((phone) => messages(phone).length);
  await journal.add({ ...card({ kind: 'unlimited' }), policy: 1 });
  await upload();
  expect([OWNER_PHONE, OTHER_PHONE].map((phone, i) => messages(phone).length - before[i]!)).toEqual(
    [1, 1],
  );
});

test('acts that need no right are not reported: a card with the shop’s limit, a smaller limit, a sale, a repayment in it', async () => {
  await journal.add(card({ kind: 'shop-limit' }));
  await journal.add(card({ kind: 'own-limit', limit: 100 }));
  await journal.add(card({ kind: 'own-limit', limit: 50 }));
  await journal.add(card({ kind: 'no-credit' }));
  await journal.sale(cashSale({ customer, total: 10_000, earned: 1 }));
  await journal.add({ act: 'dispute', body: { customer, about: null, note: null } });
  await upload();
  await later(HOUR);
  await shop.relay.relay.outbox.round();
  expect(messages()).toEqual([]);
});

test('an unlimited card that stays so is not reported again', async () => {
  await journal.add(card({ kind: 'unlimited' }));
  await upload();
  await later(HOUR);
  await journal.add(card({ kind: 'unlimited' }));
  await upload();
  expect(messages()).toHaveLength(1);
});

test('small acts by right are merged hourly; a flood of them delays neither a large one nor an unlimited card', async () => {
  for (let i = 0; i < 12; i += 1) {
    await journal.add(correction(step('debt', -1)));
    await upload();
  }
  expect(messages()).toHaveLength(1);
  await journal.add(correction(step('debt', -299_000)));
  await journal.add(card({ kind: 'unlimited' }));
  await upload();
  expect(messages().slice(1)).toEqual([
    expect.stringContaining('списан долг 2 990,00 ₽'),
    expect.stringContaining('долг без предела'),
  ]);
  await later(HOUR);
  await shop.relay.relay.outbox.round();
  expect(messages().slice(3)).toEqual([
    expect.stringMatching(/: вашим именем 11 записей по праву на 0,11 ₽ с .* Смените PIN/),
  ]);
});

test('the same act again, carried over, or after a restart, is reported once', async () => {
  await journal.add(card({ kind: 'unlimited' }));
  await upload();
  await upload();
  await shop.relay.restart();
  await shop.till.signIn();
  await upload();
  expect(messages()).toHaveLength(1);
});

test('overrides are reported in words of their own', async () => {
  await journal.sale(
    onAccountSale({ customer, onAccount: 100 }, overrideBy(shop.till.ownerId, 100)),
  );
  await upload();
  expect(messages()).toEqual([expect.stringContaining('по вашему праву записан долг 1,00 ₽')]);
});

test('adding the demo’s own customers is not reported as an act by right, other imports are', async () => {
  const clock = makeClock(START);
  const relay = await startRelay({ now: clock.now });
  const till = await TillClient.ready(relay.url, clock.now, withOwnersPhone);
  const demo = new TillJournal(till, clock.now);
  await demo.enrolled();
  const none = { kind: 'none', action: 'sell-on-account', amount: 100, because: 'demo' };
  const { act, body } = importOf(100);
  await demo.add({ act, body: { ...body, source: 'demo', confirmations: [none] } });
  await demo.upload();
  await demo.add(importOf(200));
  await demo.upload();
  await relay.relay.outbox.round();
  expect(relay.relay.provider.demoMailbox.messages()).toMatchObject([
    { phone: OWNER_PHONE, text: expect.stringContaining('карточек на 2,00 ₽') as string },
  ]);
  await relay.stop();
});
