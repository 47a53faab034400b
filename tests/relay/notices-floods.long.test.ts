// Floods of notices to hundreds of numbers: they delay nothing that matters, and none is lost.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SaleBody } from '$lib/contract/acts/sale';
import { openShop, PHONE, type Shop } from '../support/challenges';
import { TillClient } from '../support/till-client';
import { CARD_SALT, onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let shop: Shop;
let journal: TillJournal;
let customer: string;
beforeEach(async () => {
  shop = await openShop();
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  customer = uuidv7();
  await shop.trust(customer, PHONE);
});
afterEach(() => shop.stop());

const debt = (onAccount: number, of = customer): SaleBody =>
  onAccountSale({ customer: of, onAccount }, overrideBy(shop.till.ownerId, onAccount));
const messages = (to = PHONE): (string | undefined)[] =>
  shop.smsru.sends
    .filter(({ fields }) => fields['to'] === to.slice(1))
    .map(({ fields }) => fields['msg']);

test('a flood to hundreds of numbers, which uses up the shop’s daily limit, delays no large notice', async () => {
  const others = Array.from({ length: 501 }, (_, i) => ({
    customer: uuidv7(),
    phone: `+7926${String(i).padStart(7, '0')}`,
    cardSalt: CARD_SALT,
  }));
  await shop.till.call('POST', '/customers/trusted', { contacts: others.slice(0, 300) });
  await shop.till.call('POST', '/customers/trusted', { contacts: others.slice(300) });
  for (const one of others) await journal.sale(debt(1, one.customer));
  for (let from = 0; from <= others.length; from += 200)
    await journal.upload(journal.entries.slice(from, from + 200));
  for (let i = 0; i < 12; i += 1) await shop.relay.relay.outbox.round();
  expect(shop.smsru.sends).toHaveLength(500);
  const news = await journal.sale(debt(299_000));
  await journal.upload([news]);
  await shop.relay.relay.outbox.round();
  expect(messages()).toEqual([expect.stringContaining('2 990,00 ₽')]);
}, 180_000);

test('many contacts named by one till delay no notice to a proven number, and none is lost', async () => {
  // twice what one till may have sent to new numbers in a day, and more than one upload holds
  const flood = 600;
  const contacts = [];
  for (let i = 0; i < flood; i += 1) {
    const stranger = uuidv7();
    await journal.sale(debt(1, stranger));
    contacts.push({ customer: stranger, phone: `+7926${String(i).padStart(7, '0')}` });
  }
  for (let from = 0; from <= flood; from += 200)
    await journal.upload(journal.entries.slice(from, from + 200), {
      contacts: contacts.slice(from, from + 200),
    });
  const rounds = async () => {
    for (let i = 0; i < 15; i += 1) await shop.relay.relay.outbox.round();
  };
  await rounds();
  expect(shop.smsru.sends).toHaveLength(100);

  const other = await TillClient.make(shop.relay.url, shop.clock.now);
  const offer = await shop.till.call('POST', '/tills/enrolments');
  await other.enrol(offer.json.token as string);
  await other.signIn();
  const theirs = new TillJournal(other, shop.clock.now);
  await theirs.enrolled();
  await theirs.sale(debt(100), { operator: shop.till.ownerId });
  await theirs.upload();
  await shop.relay.relay.outbox.round();
  expect(messages()).toHaveLength(1);

  const states = () =>
    shop.relay.file
      .prepare('SELECT state, COUNT(*) FROM outbox_recipients GROUP BY state ORDER BY state')
      .raw()
      .all();
  expect(states()).toEqual([
    ['sent', 101],
    ['waiting', flood - 100],
  ]);
  for (let day = 1; day < flood / 100; day += 1) {
    shop.clock.pass(DAY + HOUR);
    await rounds();
  }
  expect(states()).toEqual([['sent', flood + 1]]);
}, 120_000);
