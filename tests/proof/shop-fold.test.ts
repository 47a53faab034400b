// The rows of the shop's order do not depend on how many entries are folded at once.
import { v7 as uuidv7 } from 'uuid';
import { expect, test } from 'vitest';
import type { RemoteCardRow, RemoteEntryRow, RemoteTillRow } from '$lib/contract/shop-copy';
import { sealEntry } from '$lib/proof/chain';
import { sha256Hex } from '$lib/proof/canonical';
import { exportPublic, makeTillKey } from '$lib/proof/keys';
import { readOriginal } from '$lib/proof/known-entry';
import { ShopFold, type Epochs } from '$lib/proof/shop-fold';

const SHOP = uuidv7();
const [OLD, NEW, FORMER] = [uuidv7(), uuidv7(), uuidv7()];
const ANNA = uuidv7();

const AT = Date.parse('2026-11-20T10:00:00Z');
const EPOCH = 7;

/** Writes the entries of several tills into one order. */
class Order {
  readonly rows: RemoteEntryRow[] = [];

  async add(
    till: string,
    act: string,
    body: Record<string, unknown>,
    seen = 0,
    verdict: RemoteEntryRow['verdict'] = 'accepted',
  ): Promise<void> {
    const order = this.rows.length + 1;
    const head = { seq: order, hash: await sha256Hex(String(order)) };
    const at = AT + order * 1_000;
    const entry = await sealEntry(head, {
      till,
      act,
      body,
      at,
      operator: null,
      policy: 0,
      seen: { epoch: seen === 0 ? 0 : EPOCH, order: seen },
    });
    const { seq, hash } = entry;
    const original = readOriginal(entry)?.hash ?? hash;
    const isWaiting = act === 'carried-over';
    this.rows.push({
      order,
      receivedAt: at,
      till,
      seq,
      hash,
      original,
      own: null,
      entry,
      ...(isWaiting ? { verdict: 'waiting', effect: 'waiting' } : { verdict, effect: 'none' }),
    });
  }

  /** A change of Anna's card, at a till that had seen the order up to `seen`. */
  async card(till: string, name: string, seen: number): Promise<void> {
    const recordHash = await sha256Hex(name);
    const credit = { kind: 'own-limit', limit: this.rows.length };
    await this.add(till, 'customer-saved', { customer: ANNA, recordHash, credit }, seen);
  }
}

/** A person is added to Anna's card, or removed from it. */
async function person(
  order: Order,
  act: 'added' | 'removed',
  id: string,
  verdict: RemoteEntryRow['verdict'] = 'accepted',
): Promise<void> {
  const hash = await sha256Hex(id);
  const body = { customer: ANNA, recordHash: hash, credit: { kind: 'no-credit' }, person: id };
  const code = { personRecordHash: hash, challenge: uuidv7(), grant: 'h.p.s' };
  const isAdded = act === 'added';
  await order.add(
    OLD,
    `authorised-person-${act}`,
    isAdded ? { ...body, ...code } : body,
    0,
    verdict,
  );
}

/** Anna's card after all of them, folded in steps of `size`. */
async function folded(rows: readonly RemoteEntryRow[], size: number): Promise<RemoteCardRow> {
  const { publicKey } = await makeTillKey();
  const key = { shop: SHOP, relayKey: await exportPublic(publicKey) };
  const tills = new Map<string, RemoteTillRow>();
  let waiting: RemoteEntryRow[] = [];
  let epochs: Epochs = [];
  let cards = new Map<string, RemoteCardRow>();
  for (let first = 0; first < rows.length; first += size) {
    const fold = new ShopFold(key, { tills: [...tills.values()], epochs, waiting, ownWaiting: [] });
    for (const row of rows.slice(first, first + size)) fold.take(row, null);
    for (const row of fold.changedTills.values()) tills.set(row.till, row);
    const changed = [...fold.rows.values()];
    waiting = [
      ...waiting.filter(({ order }) => !changed.some((row) => row.order === order)),
      ...changed.filter(({ effect }) => effect === 'waiting'),
    ];
    ({ epochs } = fold);
    cards = new Map([...cards, ...fold.cardsAfter([...cards.values()], new Map())]);
  }
  const found = cards.get(ANNA);
  if (found === undefined) throw new Error('no card');
  return found;
}

async function started(): Promise<Order> {
  const order = new Order();
  const { publicKey } = await makeTillKey();
  const key = await exportPublic(publicKey);
  await order.add(SHOP, 'epoch-began', { epoch: EPOCH, shared: 0 });
  for (const [number, till] of [OLD, NEW].entries())
    await order.add(SHOP, 'till-joined', { till, number: number + 1, name: 'A', publicKey: key });
  return order;
}

test('a device that is found to be two counts as one only in between', async () => {
  const order = await started();
  await order.card(OLD, 'first', 3);
  await order.add(SHOP, 'till-replaced', { till: OLD, by: NEW });
  await order.card(NEW, 'second', 3);
  await order.add(SHOP, 'till-replaced', { till: OLD, by: null });
  await order.card(NEW, 'third', 3);
  const byOne = await folded(order.rows, 1);
  expect(byOne.recordHash).toBe(await sha256Hex('third'));
  for (const size of [2, 3, 100]) expect(await folded(order.rows, size)).toEqual(byOne);
});

test('a card that waited for an owner does not come before what was saved meanwhile', async () => {
  const order = await started();
  const former = new Order();
  await former.card(FORMER, 'former', 0);
  const [carried] = former.rows;
  await order.add(NEW, 'carried-over', { entry: carried?.entry });
  await order.card(OLD, 'since', 3);
  const digest = await sha256Hex('');
  const accepted = { till: NEW, former: FORMER, entries: 1, digest };
  await order.add(SHOP, 'former-journal-accepted', accepted);
  const byOne = await folded(order.rows, 1);
  expect(byOne.recordHash).toBe(await sha256Hex('since'));
  for (const size of [2, 100]) expect(await folded(order.rows, size)).toEqual(byOne);
});

test('persons are on the card each by themselves, and change nothing else on it', async () => {
  const [vera, nina, oleg, pavel] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  const order = await started();
  await order.card(OLD, 'first', 3);
  await person(order, 'added', vera);
  await person(order, 'added', nina);
  await order.card(NEW, 'second', 4);
  const before = await folded(order.rows, 100);
  expect(before.persons.map((one) => one.person)).toEqual([vera, nina]);
  // the order of both does not matter
  await person(order, 'removed', oleg);
  await person(order, 'added', oleg);
  await person(order, 'added', pavel, 'refused');
  await person(order, 'removed', vera);
  await person(order, 'removed', nina, 'refused');
  const byOne = await folded(order.rows, 1);
  const persons = [expect.objectContaining({ person: nina })];
  expect(byOne).toEqual({ ...before, persons, gone: [oleg, pavel, vera], kept: [nina] });
  expect(byOne.recordHash).toBe(await sha256Hex('second'));
  for (const size of [2, 3]) expect(await folded(order.rows, size)).toEqual(byOne);
});

test('an accepted entry that this version does not know is marked', async () => {
  const order = await started();
  await order.add(OLD, 'hologram-shown', { colour: 'green' });
  await order.add(SHOP, 'hologram-allowed', { colour: 'green' });
  await order.add(OLD, 'hologram-shown', { colour: 'red' }, 0, 'refused');
  const { publicKey } = await makeTillKey();
  const key = { shop: SHOP, relayKey: await exportPublic(publicKey) };
  const fold = new ShopFold(key, { tills: [], epochs: [], waiting: [], ownWaiting: [] });
  for (const row of order.rows) fold.take(row, null);
  expect([...fold.rows.values()].map(({ effect }) => effect)).toEqual([
    ...['none', 'none', 'none'],
    ...['later-version', 'later-version', 'none'],
  ]);
});
