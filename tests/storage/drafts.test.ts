// The open receipt survives every stop of the till, and a sold one does not reopen.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  fromStored,
  NEW_CHECKOUT,
  toStored,
  type AwaitingCodeState,
  type Checkout,
} from '$lib/domain/consent/checkout-state';
import { money } from '$lib/domain/values/money';
import { TillDb } from '$lib/storage/database/db';
import {
  heldDrafts,
  holdDraft,
  openDraft,
  resumeDraft,
  saveDraft,
  type Draft,
} from '$lib/storage/sales/drafts';
import {
  ANNA,
  AT,
  cash,
  CASHIER,
  discard,
  id,
  openShop,
  receiptOf,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const draftOf = (n: number, checkout: Checkout = NEW_CHECKOUT): Draft => ({
  receipt: receiptOf(id(n), { customer: ANNA, bread: n % 7, cheese: 1, tenders: [cash(5_000)] }),
  place: 'tender',
  checkout,
  askedBy: checkout === NEW_CHECKOUT ? null : CASHIER,
  begun: true,
});

const awaiting: AwaitingCodeState = {
  kind: 'awaiting-code',
  need: {
    action: 'sell-on-account',
    amount: money(5_000),
    points: null,
    channel: 'sms',
    chain: ['sms'],
  },
  challenge: id(700),
  to: { kind: 'person', person: id(701) },
  also: null,
  rest: [],
  got: [],
  wrong: { checksLeft: 3 },
  view: {
    kind: 'awaiting-code',
    channel: 'sms',
    phoneMasked: '+7 925 ··· 06 02',
    codeLength: 6,
    expiresAt: AT,
    resendAt: AT,
    sentAt: AT,
    checksLeft: 3,
    sendsLeft: 2,
    delivery: 'sent',
    earlier: [],
    next: null,
    channels: ['sms'],
    demo: false,
  },
};

/** The checkout as read back: the request in progress is to be repeated. */
const asRead = (draft: Draft): Draft => ({
  ...draft,
  checkout: fromStored(toStored(draft.checkout, draft.askedBy)),
});

/** The stored fields of a confirmation by the customer's code, and further ones. */
const gotWith = (more: object) => [
  {
    need: awaiting.need,
    challenge: id(701),
    confirmation: { kind: 'code', action: 'sell-on-account', jws: 'a.b.c', ...more },
  },
];

test('the open receipt and its checkout are there after a restart', async () => {
  const draft = draftOf(1001, awaiting);
  await saveDraft(shop.db, draft);
  shop.db.close();
  const again = new TillDb(shop.db.name);
  expect(await openDraft(again)).toEqual(asRead(draft));
  again.close();
});

test('there is one open receipt: the one written last', async () => {
  await saveDraft(shop.db, draftOf(1001));
  await saveDraft(shop.db, draftOf(1002));
  expect(await openDraft(shop.db)).toEqual(draftOf(1002));
});

test('a sale closes its own draft only', async () => {
  const paid = receiptOf(id(1003), { tenders: [cash(10_000)] });
  await saveDraft(shop.db, { ...draftOf(1003), receipt: paid });
  await shop.sell(paid);
  expect(await openDraft(shop.db)).toBeNull();
  await saveDraft(shop.db, draftOf(1004));
  await shop.sell(receiptOf(id(1005), { tenders: [cash(10_000)] }));
  expect(await openDraft(shop.db)).toEqual(draftOf(1004));
});

test('a draft written after its sale does not open the receipt again', async () => {
  const paid = receiptOf(id(1006), { tenders: [cash(10_000)] });
  await shop.sell(paid);
  expect(await saveDraft(shop.db, { ...draftOf(1006), receipt: paid })).toEqual({
    kind: 'already-sold',
  });
  expect(await openDraft(shop.db)).toBeNull();
});

test('a draft in proxies is stored as plain values', async () => {
  const draft = draftOf(1007, awaiting);
  const proxied = <T extends object>(value: T): T =>
    new Proxy(value, {
      get(target, key) {
        const inner: unknown = Reflect.get(target, key);
        return typeof inner === 'object' && inner !== null ? proxied(inner) : inner;
      },
    });
  expect(() => structuredClone(proxied(draft))).toThrow(DOMException);
  expect(await saveDraft(shop.db, proxied(draft))).toEqual({ kind: 'kept' });
  expect(await openDraft(shop.db)).toEqual(asRead(draft));
});

test.each<[string, (draft: Draft) => unknown]>([
  [
    'a function in its checkout',
    (draft) => ({ ...draft, checkout: { ...awaiting, got: gotWith({ f: () => 1 }) } }),
  ],
  [
    'a code in its checkout',
    (draft) => ({ ...draft, checkout: { ...awaiting, got: gotWith({ code: '123456' }) } }),
  ],
  ['a need of nothing', (draft) => ({ ...draft, checkout: { ...awaiting, need: {} } })],
  ['a line of no goods', (draft) => ({ ...draft, receipt: { ...draft.receipt, lines: [{}] } })],
  ['a place that is none', (draft) => ({ ...draft, place: 'street' })],
])('a draft with %s is refused by the schema', async (_, wrong) => {
  const draft = wrong(draftOf(1008)) as Draft;
  await expect(async () => saveDraft(shop.db, draft)).rejects.toThrow('Invariant');
  expect(await openDraft(shop.db)).toBeNull();
});

test('the disk has the need and the id of an awaited code, and nothing that was typed or shown', async () => {
  const typed = { ...awaiting, code: '123456' };
  await saveDraft(shop.db, draftOf(1013, typed));
  expect((await shop.db.drafts.get('open'))?.checkout).toEqual({
    kind: 'confirming',
    asks: [{ need: awaiting.need, challenge: awaiting.challenge, to: awaiting.to, also: null }],
    got: [],
    askedBy: CASHIER,
  });
});

test('a damaged draft opens as no draft, and the till starts', async () => {
  await saveDraft(shop.db, draftOf(1009));
  await shop.db.drafts.update('open', { receipt: 'gone' } as never);
  expect(await openDraft(shop.db)).toBeNull();
});

test('the goods survive a checkout of another version', async () => {
  await saveDraft(shop.db, draftOf(1012, awaiting));
  await shop.db.drafts.update('open', { checkout: { kind: 'awaiting-palm' } } as never);
  const { receipt } = draftOf(1012);
  expect(await openDraft(shop.db)).toEqual({
    receipt,
    place: 'goods',
    checkout: NEW_CHECKOUT,
    askedBy: null,
    begun: true,
  });
});

test('whether a save had begun is known after a restart and after a hold; unreadable, it may have', async () => {
  const [begun, fresh] = [draftOf(1014), { ...draftOf(1015), begun: false }];
  await saveDraft(shop.db, fresh);
  expect(await openDraft(shop.db)).toMatchObject({ begun: false });
  await holdDraft(shop.db, fresh, AT);
  await holdDraft(shop.db, begun, AT + 1);
  expect((await heldDrafts(shop.db)).map((held) => held.begun)).toEqual([false, true]);
  await resumeDraft(shop.db, begun, fresh, AT + 2);
  expect(await openDraft(shop.db)).toMatchObject({ begun: true });
  for (const unread of [undefined, 'perhaps']) {
    await shop.db.drafts.update(`held:${id(1015)}`, { begun: unread } as never);
    expect(await heldDrafts(shop.db)).toEqual([{ ...fresh, begun: true, heldAt: AT + 2 }]);
  }
});

test('a receipt that is sold is not opened, although its draft is there', async () => {
  const paid = receiptOf(id(1016), { tenders: [cash(10_000)] });
  await saveDraft(shop.db, { ...draftOf(1016), receipt: paid });
  const row = (await shop.db.drafts.get('open'))!;
  await shop.sell(paid);
  await shop.db.drafts.put(row);
  expect(await openDraft(shop.db)).toBeNull();
});

test('a receipt that was set aside is opened again, and the open one is set aside', async () => {
  await saveDraft(shop.db, draftOf(1010));
  // put on hold as it is on the screen, because the last write of the draft may be missing
  const [first, second] = [draftOf(1010), draftOf(1011)].map((draft) => ({
    ...draft,
    askedBy: null,
  })) as [Draft, Draft];
  await holdDraft(shop.db, first, AT);
  expect(await openDraft(shop.db)).toBeNull();
  await saveDraft(shop.db, second);
  expect(await heldDrafts(shop.db)).toEqual([{ ...first, heldAt: AT }]);
  await resumeDraft(shop.db, first, second, AT + 1);
  expect(await openDraft(shop.db)).toEqual(first);
  expect(await heldDrafts(shop.db)).toEqual([{ ...second, heldAt: AT + 1 }]);
  const empty = {
    receipt: receiptOf(id(1013), { bread: 0 }),
    place: 'goods',
    checkout: NEW_CHECKOUT,
    askedBy: null,
    begun: false,
  } as const;
  await resumeDraft(shop.db, second, empty, AT + 2);
  expect(await heldDrafts(shop.db)).toEqual([]);
});

test('receipts that were set aside are listed oldest first; one that cannot be read is left out', async () => {
  for (const n of [3, 1, 2]) await holdDraft(shop.db, draftOf(1020 + n), AT + n);
  await shop.db.drafts.update(`held:${id(1021)}`, { receipt: 'gone' } as never);
  const held = await heldDrafts(shop.db);
  expect(held.map(({ receipt }) => receipt.id)).toEqual([id(1022), id(1023)]);
});
