// Addresses for electronic receipts: kept with the sale that names them, encrypted, for a month.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReceiptAddress } from '$lib/contract/acts/sale';
import type { Entry } from '$lib/contract/journal';
import { MONTH_MS } from '$lib/domain/values/durations';
import { makeSalt, sealAddress } from '$lib/proof/record';
import { receiptAddressOf } from '../../relay/store/receipt-addresses';
import { PHONE, type Shop } from '../support/challenges';
import { cashSale, reEnrolled, type TillJournal } from '../support/till-journal';
import { openTwoTills, upload } from '../support/two-tills';

const EMAIL = 'anna@example.com';

let shop: Shop;
let journal: TillJournal;
let customer: string;
beforeEach(async () => {
  ({ shop, here: journal } = await openTwoTills());
  customer = uuidv7();
  await shop.trust(customer, PHONE);
});
afterEach(() => shop.stop());

const addressOf = (to: string = EMAIL): ReceiptAddress => ({ salt: makeSalt(), to });

async function sold(hash: string, of: string | null = customer): Promise<Entry> {
  const body = cashSale({ customer, total: 10_000 });
  return journal.sale({ ...body, customer: of, receiptAddressHash: hash });
}

const heldOf = (hash: string) => receiptAddressOf(shop.relay.relay, hash);
const stored = (): unknown =>
  shop.relay.file.prepare('SELECT COUNT(*) FROM receipt_addresses').pluck().get();

test('an address is kept with the sale that names it, encrypted', async () => {
  const [own, walkIn] = [addressOf(PHONE), addressOf()];
  const hashes = [await sealAddress(own), await sealAddress(walkIn)] as const;
  await sold(hashes[0]);
  await sold(hashes[1], null);
  await upload(journal, { addresses: [own, walkIn] });
  await upload(journal, { addresses: [own, walkIn] });
  expect([await heldOf(hashes[0]), await heldOf(hashes[1])]).toEqual([PHONE, EMAIL]);
  expect(stored()).toBe(2);
  const rows = shop.relay.file.prepare('SELECT * FROM receipt_addresses').raw().all();
  expect(JSON.stringify(rows)).not.toContain('anna');
  const entries = shop.relay.file.prepare('SELECT * FROM journal').raw().all();
  expect(JSON.stringify(entries)).not.toContain('anna');
});

test('an invalid address, or one that no sale names, is ignored and stops nothing', async () => {
  const [named, unnamed] = [addressOf(), addressOf('boris@example.com')];
  const [bad, other] = [
    { ...addressOf(), to: 'anna@' },
    { ...named, to: 'eve@example.com' },
  ];
  await sold(await sealAddress(named));
  await sold(await sealAddress(bad));
  await upload(journal, { addresses: [unnamed, bad, other, null, named] });
  expect(await heldOf(await sealAddress(named))).toBe(EMAIL);
  expect(stored()).toBe(1);
});

test('a re-enrolled till uploads the addresses of the sales that it carries over', async () => {
  const address = addressOf();
  await sold(await sealAddress(address));
  const { relay, clock } = shop;
  const next = await reEnrolled({ relay, clock }, journal);
  await upload(next, { addresses: [address] });
  expect(await heldOf(await sealAddress(address))).toBe(EMAIL);
});

test('it is erased with its customer, and no later upload restores it', async () => {
  const address = addressOf();
  const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } };
  await journal.add({ act: 'customer-saved', body: card });
  const sale = await sold(await sealAddress(address));
  await upload(journal, { addresses: [address] });
  expect(stored()).toBe(1);
  await journal.add({ act: 'customer-forgotten', body: { customer, merged: [], lapsed: 1 } });
  await upload(journal);
  expect(stored()).toBe(0);
  await journal.upload([sale], { addresses: [address] });
  expect(stored()).toBe(0);
});

test('it is erased after a month, whoever gave it', async () => {
  const address = addressOf();
  await sold(await sealAddress(address), null);
  await upload(journal, { addresses: [address] });
  shop.clock.pass(MONTH_MS - 1);
  await shop.relay.relay.outbox.round();
  expect(stored()).toBe(1);
  shop.clock.pass(1);
  await shop.relay.relay.outbox.round();
  expect(stored()).toBe(0);
});
