// The register on a real disk with the till's own client; the test gives the replies of the relay.
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { expect, onTestFinished, test } from 'vitest';
import type { AwaitingCode } from '$lib/contract/challenge';
import { money } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import { ONE, quantity } from '$lib/domain/values/quantity';
import { newDraft } from '$lib/state/register/held.svelte';
import { Register } from '$lib/state/register/register.svelte';
import { currentPolicy, savePolicy } from '$lib/storage/policy/policies';
import { saveCustomer } from '$lib/storage/customers/customers';
import { openDraft } from '$lib/storage/sales/drafts';
import { openShift } from '$lib/storage/shifts/shifts';
import { TenderTyping } from '../../src/routes/till/tender-typing.svelte';
import { ANNA, AT, BORIS, BREAD, CASHIER, HOUR, id, SENIOR } from '../support/storage-shop';
import { atWork, bread, type Asked } from '../support/till-register';

const VIEW: AwaitingCode = {
  kind: 'awaiting-code',
  channel: 'sms',
  phoneMasked: '+7 ··· 02',
  codeLength: 6,
  expiresAt: AT + 300_000,
  resendAt: AT + 30_000,
  sentAt: AT,
  checksLeft: 5,
  sendsLeft: 2,
  delivery: 'sent',
  earlier: [],
  next: null,
  channels: ['sms'],
  demo: false,
};

const calls = (asked: readonly Asked[], method: string) =>
  asked.filter(({ call }) => call.startsWith(`${method} /challenges/`));

test('pressing Save twice sends one request to the relay', async () => {
  const { register, asked } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  register.checkout.save();
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
  register.checkout.save();
  expect(register.checkout.current.kind).toBe('sending');
  expect(calls(asked, 'PUT')).toHaveLength(1);
});

test('while the newly chosen customer is being read, no code is requested for the customer before', async () => {
  const { register, asked } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  const reading = register.chooseCustomer(BORIS);
  expect(register.customer).toBeNull();
  register.checkout.save();
  expect(register.checkout.current.kind).toBe('tendering');
  await reading;
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
  expect(calls(asked, 'PUT')[0]?.body).toMatchObject({ customer: { id: BORIS } });
});

test('a card with the operator’s own number is refused before a code is asked for', async () => {
  const { register, asked, day, policy } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  const phone = register.customer?.phone ?? null;
  const operators = policy.operators.map((one) => (one.id === CASHIER ? { ...one, phone } : one));
  day.policy = { ...policy, operators };
  expect(register.checkout.save()).toBe(false);
  expect(register.checkout.current).toMatchObject({
    kind: 'tendering',
    refused: { kind: 'own-number' },
  });
  expect(calls(asked, 'PUT')).toHaveLength(0);
});

test('a request given up before its reply is cancelled again when the reply arrives', async () => {
  const { register, asked } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
  register.checkout.cancel();
  await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(1);
  calls(asked, 'PUT')[0]?.answer(VIEW);
  await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(2);
  expect(register.checkout.current).toMatchObject({ kind: 'tendering', voided: null });
});

test('a code verified after the checkout was cancelled saves nothing', async () => {
  const { register, asked } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
  calls(asked, 'PUT')[0]?.answer(VIEW);
  await expect.poll(() => register.checkout.current.kind).toBe('awaiting-code');
  const checked = register.checkout.code.submit('123456');
  await expect.poll(() => calls(asked, 'POST')).toHaveLength(1);
  register.checkout.cancel();
  calls(asked, 'POST')[0]?.answer({ kind: 'verified', grant: 'a.b.c' });
  await checked;
  expect(register.checkout.current.kind).toBe('tendering');
});

test('a code requested when the page closed is requested again with the same id, once there is a policy', async () => {
  const { register, makeRegister, asked, day, policy, shop } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
  expect((await openDraft(shop.db))?.checkout.kind).toBe('sending');

  day.policy = null;
  day.operator = null;
  const again = makeRegister();
  await again.resume();
  expect(calls(asked, 'PUT')).toHaveLength(1);
  day.policy = policy;
  day.operator = CASHIER;
  again.checkout.operatorCame();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(2);
  const [first, second] = calls(asked, 'PUT');
  expect(second?.call).toBe(first?.call);
  // the head is signed again, so leave its signature out of the comparison
  const unsigned = (body: unknown) => ({ ...(body as object), headSigned: null });
  expect(unsigned(second?.body)).toEqual(unsigned(first?.body));
});

test('a code is void once another operator signs in: only who asked for it may use it', async () => {
  const { register, asked, day } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
  expect(calls(asked, 'PUT')[0]?.body).toMatchObject({ operator: CASHIER });
  calls(asked, 'PUT')[0]?.answer(VIEW);
  await expect.poll(() => register.checkout.current.kind).toBe('awaiting-code');
  day.operator = null;
  day.operator = CASHIER;
  register.checkout.operatorCame();
  expect(register.checkout.current.kind).toBe('awaiting-code');
  day.operator = SENIOR;
  register.checkout.operatorCame();
  expect(register.checkout.current).toMatchObject({ kind: 'tendering', voided: 'operator' });
  await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(1);
});

test('another operator does not take over a request without a reply, because its code may still be sent', async () => {
  const { register, asked, day } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
  calls(asked, 'PUT')[0]?.answer('no reply');
  await expect.poll(() => register.checkout.current.kind).toBe('no-code');
  day.operator = SENIOR;
  register.checkout.operatorCame();
  expect(register.checkout.current).toEqual({ kind: 'tendering', voided: null, refused: null });
  await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(1);
});

test.each(['awaited', 'checked'])(
  'after a reload a code that was %s is void for another operator than who asked for it',
  async (when) => {
    const { register, makeRegister, asked, day, shop } = await awaitingCode();
    const reloaded = async () => (await openDraft(shop.db))?.checkout;
    if (when === 'checked') {
      // the sale is not stored, so the grant is useless; the page closes before anybody sees it
      day.operator = null;
      const checked = register.checkout.code.submit('123456');
      await expect.poll(() => calls(asked, 'POST')).toHaveLength(1);
      calls(asked, 'POST')[0]?.answer({ kind: 'verified', grant: 'a.b.c' });
      await checked;
      await register.draft.write();
      expect(await reloaded()).toMatchObject({ kind: 'saving' });
    }
    day.operator = null;
    const again = makeRegister();
    await again.resume();
    day.operator = SENIOR;
    again.checkout.operatorCame();
    const voided = { kind: 'tendering', voided: 'operator', refused: null };
    expect(again.checkout.current).toEqual(voided);
    await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(1);
    expect(calls(asked, 'PUT')).toHaveLength(1);
    await expect.poll(reloaded).toEqual(voided);
  },
);

test('a sale being stored when the page closed is stored after the next sign-in', async () => {
  const { register, makeRegister, day, shop } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  register.setMoney('cash', money(10_000));
  day.operator = null;
  register.checkout.save();
  await expect.poll(async () => (await openDraft(shop.db))?.receipt.tenders.length).toBe(1);
  expect(register.checkout.current.kind).toBe('saving');
  day.operator = CASHIER;
  register.checkout.operatorCame();
  register.checkout.operatorCame();
  register.startNew();
  await expect.poll(() => register.checkout.current.kind).toBe('saved');
  expect(await shop.db.sales.count()).toBe(1);
  const after = makeRegister();
  await after.resume();
  expect(after.receipt.lines).toEqual([]);
});

/** Paid by card, with the save that begins at once not answered: nobody is signed in, so it waits. */
async function saveInterrupted() {
  const work = await atWork();
  work.register.add(bread, 'хлеб', quantity(1000));
  work.register.openTender();
  work.day.operator = null;
  const typing = new TenderTyping(
    work.register,
    () => ({ code: 'RUB', digits: 2 }),
    (_, goOn) => goOn(),
  );
  typing.payRest('card');
  expect(work.register.checkout.current.kind).toBe('saving');
  await work.register.draft.written();
  work.day.operator = CASHIER;
  return work;
}

test('a receipt whose save was interrupted comes back as that, with its card payment, and is saved once under its id', async () => {
  const { register, makeRegister, shop } = await saveInterrupted();
  const again = makeRegister();
  await again.resume();
  expect(again.checkout.current.kind).toBe('tendering');
  expect([again.checkout.wasUnderWay, again.checkout.wasInterrupted]).toEqual([true, true]);
  expect(again.receipt).toEqual(register.receipt);
  const refunds: unknown[] = [];
  const typing = new TenderTyping(
    again,
    () => ({ code: 'RUB', digits: 2 }),
    (tenders) => refunds.push(...tenders),
  );
  // the card may have been charged
  typing.payInstead('cash');
  expect(refunds).toEqual([{ kind: 'card', amount: 10_000 }]);
  again.checkout.save();
  await expect.poll(() => again.checkout.current.kind).toBe('saved');
  // the first save may have been only slow
  register.checkout.operatorCame();
  await expect.poll(() => register.checkout.current.kind).toBe('saved');
  expect(await shop.db.sales.toCollection().primaryKeys()).toEqual([register.receipt.id]);
  again.startNew();
  expect([again.checkout.wasUnderWay, again.checkout.wasInterrupted]).toEqual([false, false]);
});

test('a receipt whose payment is open when the till stops may have been saved; one left for the goods was not', async () => {
  const { register, makeRegister } = await cashGiven();
  const cameBack = async () => {
    await register.draft.write();
    const again = makeRegister();
    await again.resume();
    return again.checkout.wasInterrupted;
  };
  expect(await cameBack()).toBe(false);
  register.openTender();
  expect(await cameBack()).toBe(true);
});

test('paying in cash writes the disk once, by the sale itself', async () => {
  const written: string[][] = [];
  const real = Object.getOwnPropertyDescriptor(IDBDatabase.prototype, 'transaction') ?? {};
  onTestFinished(() => {
    Object.defineProperty(IDBDatabase.prototype, 'transaction', real);
  });
  const transaction = real.value as IDBDatabase['transaction'];
  // before the database is opened, because an open one keeps the browser's own function
  Object.defineProperty(IDBDatabase.prototype, 'transaction', {
    ...real,
    value(this: IDBDatabase, ...asked: Parameters<IDBDatabase['transaction']>) {
      if (asked[1] === 'readwrite')
        written.push(typeof asked[0] === 'string' ? [asked[0]] : [...asked[0]]);
      return transaction.apply(this, asked);
    },
  });
  const { register, shop } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  register.openTender();
  register.setMoney('cash', money(10_000));
  await register.draft.written();
  await openShift(shop.db, { operator: CASHIER, at: AT, float: null });
  written.length = 0;
  register.checkout.save();
  await expect.poll(() => register.checkout.current.kind).toBe('saved');
  expect(written).toEqual([expect.arrayContaining(['journal', 'sales', 'drafts'])]);
});

test('for a customer whose number was removed no code is requested, and the reason is named', async () => {
  const { register, asked, shop } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  await shop.db.customers.update(ANNA, { phone: null });
  await register.refreshCustomer();
  register.checkout.save();
  expect(register.checkout.current.kind).toBe('tendering');
  expect(register.notAllowed?.limit.because).toEqual({ kind: 'no-phone' });
  expect(calls(asked, 'PUT')).toEqual([]);
});

/** A debt whose code is awaited. */
async function awaitingCode() {
  const work = await atWork();
  const { register, asked } = work;
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
  calls(asked, 'PUT')[0]?.answer(VIEW);
  await expect.poll(() => register.checkout.current.kind).toBe('awaiting-code');
  return work;
}

test('money given after the code was sent voids it, names the reason and cancels the challenge', async () => {
  const { register, asked, shop } = await awaitingCode();
  register.setMoney('cash', money(2_000));
  expect(register.checkout.current).toEqual({ kind: 'tendering', voided: 'tender', refused: null });
  await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(1);
  await expect
    .poll(async () => (await openDraft(shop.db))?.checkout)
    .toMatchObject({ kind: 'tendering', voided: 'tender' });
});

test('a phone changed on the card after the code was sent voids it and is named as the reason', async () => {
  const { register, asked, shop } = await awaitingCode();
  await shop.db.customers.update(ANNA, { phone: '+79250000699' as Phone });
  await register.refreshCustomer();
  expect(register.checkout.current).toEqual({ kind: 'tendering', voided: 'phone', refused: null });
  await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(1);
});

test('goods take their names in another language, and an awaited code stays valid', async () => {
  const { register, asked, shop } = await awaitingCode();
  register.rename({ [BREAD]: 'bread' });
  expect(register.receipt.lines.map((line) => line.name)).toEqual(['bread']);
  expect(register.checkout.current.kind).toBe('awaiting-code');
  expect(calls(asked, 'DELETE')).toEqual([]);
  await expect.poll(async () => (await openDraft(shop.db))?.receipt.lines[0]?.name).toBe('bread');
});

test('a policy that needs no code any more closes the dialogue with that reason; other changes leave it open', async () => {
  const { register, asked, day, policy } = await awaitingCode();
  day.policy = {
    ...policy,
    version: policy.version + 1,
    credit: { ...policy.credit, debtLimit: 1 },
  };
  register.checkout.policyChanged();
  expect(register.checkout.current.kind).toBe('awaiting-code');

  const methods = {
    ...policy.methods,
    'sell-on-account': { ...policy.methods['sell-on-account'], chain: [] },
  };
  day.policy = { ...policy, version: policy.version + 2, methods };
  register.checkout.policyChanged();
  expect(register.checkout.current).toMatchObject({ kind: 'tendering', voided: 'policy' });
  await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(1);
});

test('a right taken from the cashier closes the dialogue that needs it', async () => {
  const { register, day, policy } = await awaitingCode();
  const groups = policy.groups.map((group) => ({
    ...group,
    rights: group.rights.filter((right) => right !== 'sell-on-account'),
  }));
  day.policy = { ...policy, version: policy.version + 1, groups };
  register.checkout.policyChanged();
  expect(register.checkout.current).toMatchObject({ kind: 'tendering', voided: 'policy' });
});

test('a code requested under an older policy is not requested again after a reload', async () => {
  const { makeRegister, asked, day, policy } = await awaitingCode();
  const methods = {
    ...policy.methods,
    'sell-on-account': { ...policy.methods['sell-on-account'], chain: ['call' as const] },
  };
  day.policy = { ...policy, version: policy.version + 1, methods };
  const again = makeRegister();
  await again.resume();
  expect(again.checkout.current).toMatchObject({ kind: 'tendering', voided: 'policy' });
  expect(calls(asked, 'PUT')).toHaveLength(1);
});

/** Creates a card with a new number during the sale, and chooses it for this many loaves at 100.00. */
async function newCustomer(loaves: number) {
  const work = await atWork();
  const { shop, register } = work;
  const outcome = await saveCustomer(shop.db, {
    customer: {
      id: id(50),
      name: 'Дина Новая',
      phone: '+79250000650' as Phone,
      credit: { kind: 'shop-limit' },
      ...NO_DETAILS,
    },
    operator: CASHIER,
    at: AT,
  });
  expect(outcome.kind).toBe('saved');
  register.add(bread, 'хлеб', quantity(loaves * 1000));
  await register.chooseCustomer(id(50));
  return work;
}

test('a new customer shows the cap of a new number at once, and a sum over it requests no code', async () => {
  const { register, asked } = await newCustomer(31);
  expect(register.allowed).toMatchObject({
    amount: 300_000,
    because: { kind: 'young-number' },
    until: AT + 24 * HOUR,
  });
  expect(register.notAllowed).toMatchObject({
    action: 'sell-on-account',
    limit: { amount: 300_000, because: { kind: 'young-number' } },
  });
  register.checkout.save();
  expect(register.checkout.current.kind).toBe('tendering');
  register.setMoney('cash', money(10_000));
  expect(register.notAllowed).toBeNull();
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
});

/** Bread for 100.00, with 100.00 in cash entered but not saved. */
async function cashGiven() {
  const work = await atWork();
  work.register.add(bread, 'хлеб', quantity(1000));
  work.register.openTender();
  work.register.setMoney('cash', money(10_000));
  work.register.closeTender();
  return work;
}

test('cash typed before the payment was left is typed again; a card that was charged stays', async () => {
  const { register } = await cashGiven();
  register.openTender();
  expect(register.receipt.tenders).toEqual([]);
  register.setMoney('card', money(4_000));
  register.setMoney('cash', money(1_000));
  register.closeTender();
  register.openTender();
  expect(register.receipt.tenders).toEqual([{ kind: 'card', amount: 4_000 }]);
});

const lineOf = ({ receipt }: Register) => receipt.lines[0]?.id ?? '';

test('money is removed when its receipt is emptied, on disk too, and the till reports it', async () => {
  const { register, makeRegister } = await cashGiven();
  await register.removeLine(lineOf(register));
  expect(register.receipt.tenders).toEqual([]);
  expect(register.tendersDropped).toEqual({ because: 'emptied' });
  await register.draft.write();

  const again = makeRegister();
  await again.resume();
  again.add(bread, 'хлеб', quantity(2000));
  again.openTender();
  expect(again.settlement).toEqual({ kind: 'short', onAccount: money(20_000) });
  expect(again.tendersDropped).toBeNull();
});

test('an empty receipt gets another id at each start, so that two copies of a profile do not share it', async () => {
  const { register, makeRegister } = await atWork();
  await register.draft.write();
  const again = makeRegister();
  await again.resume();
  expect(again.receipt).toEqual({ ...register.receipt, id: again.receipt.id });
  expect(again.receipt.id).not.toBe(register.receipt.id);
  again.add(bread, 'хлеб', quantity(1000));
  await again.draft.write();
  const third = makeRegister();
  await third.resume();
  expect(third.receipt.id).toBe(again.receipt.id);
});

test('a receipt whose last line is removed is given up by an act, and taken up again without its money', async () => {
  const { register, shop, makeRegister } = await cashGiven();
  await register.chooseCustomer(ANNA);
  const before = register.receipt;
  const outcome = await register.removeLine(lineOf(register));
  // the next receipt has the same customer
  expect(register.receipt).toMatchObject({ lines: [], customer: ANNA, tenders: [] });
  expect(register.receipt.id).not.toBe(before.id);
  if (outcome?.kind !== 'done') throw new Error('not given up');
  register.add(bread, 'хлеб', quantity(3000));
  const meanwhile = register.receipt;
  expect(await register.held.takeUp(outcome.cancelled)).toEqual({ kind: 'done' });
  expect(register.receipt).toEqual({ ...before, tenders: [] });
  expect(register.held.all.map(({ receipt }) => receipt)).toEqual([meanwhile]);
  const acts = (await shop.db.journal.toArray()).map(({ act, body }) => ({ act, body }));
  expect(acts.slice(-2)).toMatchObject([
    {
      act: 'receipt-cancelled',
      body: {
        receipt: before.id,
        lines: 1,
        total: 10_000,
        held: { times: 0, longestMs: 0 },
        removed: { lines: 0, sum: 0 },
      },
    },
    { act: 'receipt-resumed', body: { receipt: before.id, cancelled: outcome.cancelled.id } },
  ]);
  const again = makeRegister();
  await again.resume();
  expect(again.receipt).toEqual(register.receipt);
  expect(again.held.all).toEqual(register.held.all);
});

test('a receipt emptied line by line after its total was named reports all its goods', async () => {
  const { register, shop } = await atWork();
  const { price } = bread;
  for (const [place, name] of ['хлеб', 'сыр', 'яблоки'].entries())
    register.add({ ...bread, id: id(700 + place), price: money((place + 1) * price) }, name, ONE);
  register.openTender();
  register.closeTender();
  for (const { id } of register.receipt.lines) await register.removeLine(id);
  const cancelled = (await shop.db.journal.toArray()).at(-1);
  expect(cancelled).toMatchObject({
    act: 'receipt-cancelled',
    body: { lines: 1, total: 3 * price, removed: { lines: 2, sum: 3 * price } },
  });
});

test('a receipt is set aside with its money and customer; what is scanned at that moment belongs to the next one', async () => {
  const { register, makeRegister } = await cashGiven();
  await register.chooseCustomer(ANNA);
  register.setMoney('cash', money(10_000));
  const first = register.receipt;
  const holding = register.held.hold();
  register.add(bread, 'хлеб', quantity(5000));
  expect(await holding).toEqual({ kind: 'done' });
  const second = register.receipt;
  expect(second).toMatchObject({ customer: null, tenders: [], lines: [{ quantity: 5000 }] });

  const after = makeRegister();
  await after.resume();
  expect(after.receipt).toEqual(second);
  const [held] = after.held.all;
  expect(held?.receipt).toEqual(first);
  if (held === undefined) throw new Error('nothing was set aside');
  const opening = after.held.resume(held);
  after.add(bread, 'хлеб', quantity(1000));
  expect(await opening).toEqual({ kind: 'done' });
  expect(after.receipt.lines).toMatchObject([{ quantity: 2000 }]);
  expect(after.customer?.id).toBe(ANNA);
  expect(after.held.all.map(({ receipt }) => receipt)).toEqual([second]);
  const last = makeRegister();
  await last.resume();
  expect(last.receipt).toEqual(after.receipt);
});

type Shop = Awaited<ReturnType<typeof atWork>>['shop'];

/** The shop's order merges Anna's card into Boris's. */
async function mergeAnna({ db }: Shop): Promise<void> {
  const place = { recordHash: 'a'.repeat(64), till: id(3), order: 9, at: AT, phoneSince: null };
  await db.remoteCards.put({
    customer: ANNA,
    ...place,
    card: null,
    credit: { kind: 'shop-limit' },
    creditTill: id(3),
    creditOrder: 9,
    ownHash: null,
    isForgotten: false,
    mergedInto: BORIS,
    persons: [],
    gone: [],
    kept: [],
  });
}

test('a held receipt of a card that was merged meanwhile is opened with the account it was merged into', async () => {
  const { register, shop, makeRegister } = await cashGiven();
  await register.chooseCustomer(ANNA);
  register.setMoney('cash', money(10_000));
  await register.held.hold();
  await mergeAnna(shop);
  const [held] = register.held.all;
  if (held === undefined) throw new Error('nothing was set aside');
  await register.held.resume(held);
  await expect.poll(() => register.customer?.id).toBe(BORIS);
  // the tender stays, because the same person gave it
  expect(register.receipt).toMatchObject({ customer: BORIS, tenders: [{ kind: 'cash' }] });
  await register.draft.write();
  const again = makeRegister();
  await again.resume();
  expect(again.receipt.customer).toBe(BORIS);
});

test('the open receipt shows the account once the merge has arrived', async () => {
  const { register, shop } = await cashGiven();
  await register.chooseCustomer(ANNA);
  await mergeAnna(shop);
  await register.readCustomer();
  expect([register.customer?.id, register.receipt.customer]).toEqual([BORIS, BORIS]);
});

test('while a code is awaited no other receipt is opened, and the receipt is not given up', async () => {
  const { register } = await awaitingCode();
  const before = register.receipt;
  const other = { ...newDraft(), receipt: before, heldAt: AT };
  expect(await register.held.resume(other)).toEqual({ kind: 'busy' });
  expect(await register.held.takeUp({ id: id(77), receipt: before })).toEqual({ kind: 'busy' });
  expect(await register.cancel()).toEqual({ kind: 'busy' });
  expect(register.receipt).toBe(before);
  expect(register.checkout.current.kind).toBe('awaiting-code');
});

/** The receipt that was put on hold; nothing else is. */
function onHold({ held }: Register) {
  const [one, ...more] = held.all;
  if (one === undefined || more.length > 0) throw new Error('not one receipt is on hold');
  return one;
}

test('a receipt is set aside with the code that is awaited, and resumed with it', async () => {
  const { register, asked } = await awaitingCode();
  const { receipt } = register;
  expect(await register.held.hold()).toEqual({ kind: 'done' });
  expect(register.receipt.lines).toEqual([]);
  expect(register.checkout.current.kind).toBe('tendering');
  register.add(bread, 'хлеб', quantity(3000));

  expect(await register.held.resume(onHold(register))).toEqual({ kind: 'done' });
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(2);
  const [first, second] = calls(asked, 'PUT');
  // the same challenge: the relay repeats its state without a second message
  expect(second?.call).toBe(first?.call);
  second?.answer(VIEW);
  await expect.poll(() => register.checkout.current.kind).toBe('awaiting-code');
  expect(register.receipt).toEqual({ ...receipt, held: { times: 1, longestMs: 0 } });
  expect(register.customer?.id).toBe(ANNA);
  expect(calls(asked, 'DELETE')).toEqual([]);
});

test('a receipt set aside after a save of it was started is taken up as that; the next one is fresh', async () => {
  const { register } = await awaitingCode();
  register.checkout.cancel();
  register.setMoney('card', money(5_000));
  await register.held.hold();
  expect(register.checkout.wasUnderWay).toBe(false);
  register.add(bread, 'хлеб', quantity(3000));
  await register.held.resume(onHold(register));
  expect([register.checkout.wasUnderWay, register.checkout.wasInterrupted]).toEqual([true, false]);
  // the other one goes on hold as it was
  await register.held.resume(onHold(register));
  expect(register.checkout.wasUnderWay).toBe(false);
});

test('a reply that comes while its receipt is on hold cancels nothing, and the code that was sent is not sent again', async () => {
  const { register, asked } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
  await register.held.hold();
  calls(asked, 'PUT')[0]?.answer(VIEW);
  register.add(bread, 'хлеб', quantity(3000));
  await register.held.resume(onHold(register));
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(2);
  expect(calls(asked, 'DELETE')).toEqual([]);
  // given up now, the code is cancelled as ever
  register.checkout.cancel();
  await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(1);
});

test('a code of a receipt on hold is cancelled with the receipt, and void for another operator', async () => {
  const { register, asked, day } = await awaitingCode();
  await register.held.hold();
  day.operator = SENIOR;
  register.checkout.operatorCame();
  await register.held.resume(onHold(register));
  const voided = { kind: 'tendering', voided: 'operator', refused: null };
  await expect.poll(() => register.checkout.current).toEqual(voided);
  await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(1);

  calls(asked, 'DELETE')[0]?.answer({ kind: 'done' });
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(2);
  await register.held.hold();
  expect(await register.held.cancel(onHold(register))).toMatchObject({ kind: 'done' });
  await expect.poll(() => calls(asked, 'DELETE')).toHaveLength(2);
  expect(calls(asked, 'DELETE')[1]?.call.slice(7)).toBe(calls(asked, 'PUT')[1]?.call.slice(4));
});

test('a receipt that the disk cannot give up comes back with what was scanned meanwhile', async () => {
  const { register, shop } = await cashGiven();
  const before = register.receipt;
  shop.db.close();
  const cancelling = register.cancel();
  register.add(bread, 'хлеб', quantity(3000));
  expect(await cancelling).toMatchObject({ kind: 'not-stored' });
  expect(register.receipt.id).toBe(before.id);
  expect(register.receipt.lines.map(({ quantity }) => quantity)).toEqual([1000, 3000]);
  expect(register.receipt.tenders).toEqual(before.tenders);
});

test('how often and how long a receipt was on hold goes with it into the sale', async () => {
  const { register, shop, day } = await cashGiven();
  await register.held.hold();
  day.at += 3 * 60_000;
  await register.held.resume(onHold(register));
  await register.held.hold();
  day.at += 60_000;
  await register.held.resume(onHold(register));
  expect(register.receipt.held).toEqual({ times: 2, longestMs: 3 * 60_000 });
  register.openTender();
  register.setMoney('cash', register.total);
  register.checkout.save();
  await expect.poll(() => register.checkout.current.kind).toBe('saved');
  expect((await shop.db.journal.toArray()).at(-1)).toMatchObject({
    act: 'sale',
    body: { held: { times: 2, longestMs: 3 * 60_000 } },
  });
});

test('a held receipt that is given up is in the journal and nowhere else', async () => {
  const { register, shop } = await cashGiven();
  const first = register.receipt;
  await register.held.hold();
  const [held] = register.held.all;
  if (held === undefined) throw new Error('nothing was set aside');
  expect(await register.held.cancel(held)).toMatchObject({ kind: 'done' });
  expect(register.held.all).toEqual([]);
  expect((await shop.db.drafts.toArray()).map(({ id }) => id)).not.toContain(first.id);
  expect((await shop.db.journal.toArray()).at(-1)).toMatchObject({
    act: 'receipt-cancelled',
    body: { receipt: first.id, held: { times: 1 } },
  });
});

test('a held receipt whose button is pressed twice is cancelled once', async () => {
  const { register, shop } = await cashGiven();
  await register.held.hold();
  const [held] = register.held.all;
  if (held === undefined) throw new Error('nothing was set aside');
  const both = await Promise.all([register.held.cancel(held), register.held.cancel(held)]);
  expect(both).toMatchObject([{ kind: 'done' }, { kind: 'done' }]);
  expect(await cancelledIn(shop)).toEqual([held.receipt.id]);
});

/** The receipts whose cancellation is in the journal, oldest first. */
const cancelledIn = async ({ db }: Shop): Promise<unknown[]> =>
  (await db.journal.toArray()).flatMap(({ act, body }) =>
    act === 'receipt-cancelled' ? [(body as { receipt: string }).receipt] : [],
  );

test('a receipt is cancelled once, although the database is lost as soon as that is saved', async () => {
  const { register, shop } = await cashGiven();
  await register.held.hold();
  const [held] = register.held.all;
  if (held === undefined) throw new Error('nothing was set aside');
  register.add(bread, 'хлеб', ONE);
  const open = register.receipt.id;
  shop.db.journal.hook('creating', (_key, _entry, act) => {
    act.on('complete', () => shop.db.close());
  });
  expect(await register.cancel()).toMatchObject({ kind: 'done' });
  expect(register.receipt.lines).toEqual([]);
  await shop.db.open();
  expect(await register.held.cancel(held)).toMatchObject({ kind: 'done' });
  expect(register.held.all).toEqual([]);
  await shop.db.open();
  expect(await cancelledIn(shop)).toEqual([open, held.receipt.id]);
});

test('a held receipt that is cancelled while the disk fails to open it is no longer held', async () => {
  const { register, shop } = await cashGiven();
  await register.held.hold();
  const [held] = register.held.all;
  if (held === undefined) throw new Error('nothing was set aside');
  let takenOut = 0;
  shop.db.drafts.hook('deleting', (_key, _row, act) => {
    if (++takenOut === 1) act.abort();
  });
  const opening = register.held.resume(held);
  const cancelling = register.cancel();
  expect(await opening).toMatchObject({ kind: 'not-stored' });
  expect(await cancelling).toMatchObject({ kind: 'done' });
  expect(register.held.all).toEqual([]);
  expect(await cancelledIn(shop)).toEqual([held.receipt.id]);
});

test('a receipt whose cancellation failed is cancelled by the same act, or by another if it was changed', async () => {
  const { register, shop } = await cashGiven();
  const tried: unknown[] = [];
  shop.db.journal.hook('creating', (_key, { body }, act) => {
    tried.push((body as { id: string }).id);
    if (tried.length < 4) act.abort();
  });
  const before = register.receipt;
  for (const change of [() => undefined, () => undefined, () => register.add(bread, 'хлеб', ONE)]) {
    change();
    expect(await register.cancel()).toMatchObject({ kind: 'not-stored' });
  }
  expect(await register.cancel()).toMatchObject({ kind: 'done' });
  const [first, again, changed, saved] = tried;
  expect([again, saved]).toEqual([first, changed]);
  expect(changed).not.toBe(first);
  expect(await cancelledIn(shop)).toEqual([before.id]);
});

test('another customer, or none, removes the money; choosing the first customer does not', async () => {
  const { register } = await cashGiven();
  await register.chooseCustomer(ANNA);
  expect(register.receipt.tenders).toHaveLength(1);
  expect(register.tendersDropped).toBeNull();
  await register.chooseCustomer(BORIS);
  expect(register.receipt.tenders).toEqual([]);
  expect(register.tendersDropped).toEqual({ because: 'customer' });
  register.tendersDroppedSeen();
  await register.chooseCustomer(null);
  // no money was given since, so nothing is reported
  expect(register.tendersDropped).toBeNull();
});

test('a card charged for the wrong customer stays, and the removed points and cash are reported', async () => {
  const { register } = await cashGiven();
  await register.chooseCustomer(ANNA);
  register.setMoney('cash', money(4_000));
  register.setMoney('card', money(6_000));
  await register.chooseCustomer(BORIS);
  expect(register.receipt.tenders).toEqual([{ kind: 'card', amount: 6_000 }]);
  expect(register.settlement).toEqual({ kind: 'short', onAccount: money(4_000) });
  expect(register.tendersDropped).toEqual({ because: 'customer' });
  register.tendersDroppedSeen();
  await register.chooseCustomer(ANNA);
  expect(register.tendersDropped).toBeNull();
});

test('giving up a receipt removes its money; adding goods to an open one does not', async () => {
  const { register } = await cashGiven();
  register.add(bread, 'хлеб', quantity(1000));
  expect(register.settlement).toEqual({ kind: 'short', onAccount: money(10_000) });
  expect(register.tendersDropped).toBeNull();
  register.startNew();
  expect(register.receipt.tenders).toEqual([]);
  expect(register.tendersDropped).toEqual({ because: 'given-up' });
});

test('the next receipt after a saved one starts without a report about its money', async () => {
  const { register } = await cashGiven();
  register.checkout.save();
  await expect.poll(() => register.checkout.current.kind).toBe('saved');
  register.startNew();
  expect(register.tendersDropped).toBeNull();
});

const allowances = (asked: readonly Asked[]) =>
  asked.filter(({ call }) => call.endsWith('/allowance'));
const YOUNG = {
  kind: 'allowance',
  onAccount: 120_000,
  points: 0,
  until: AT + HOUR,
  because: { kind: 'young-number' },
};
const FREE = { kind: 'allowance', onAccount: null, points: null, because: null, until: null };

test('the relay is asked when a customer is chosen, and its answer replaces the card’s', async () => {
  const { register, asked } = await newCustomer(13);
  await expect.poll(() => allowances(asked)).toHaveLength(1);
  expect(allowances(asked)[0]).toMatchObject({
    call: `POST /customers/${id(50)}/allowance`,
    body: { phone: '+79250000650', receiptId: register.receipt.id },
  });
  // before the reply, the first day stated by the card applies
  expect(register.allowed?.amount).toBe(300_000);
  allowances(asked)[0]?.answer(YOUNG);
  await expect.poll(() => register.allowed?.amount).toBe(120_000);
  expect(register.allowed).toMatchObject({ because: { kind: 'young-number' }, until: AT + HOUR });
  register.checkout.save();
  expect(register.checkout.current.kind).toBe('tendering');
  expect(calls(asked, 'PUT')).toEqual([]);
});

test('a reply about the customer before is ignored, and so is one about a number changed since', async () => {
  const { register, asked, shop } = await atWork();
  await register.chooseCustomer(ANNA);
  await expect.poll(() => allowances(asked)).toHaveLength(1);
  await register.chooseCustomer(BORIS);
  await expect.poll(() => allowances(asked)).toHaveLength(2);
  allowances(asked)[1]?.answer(FREE);
  allowances(asked)[0]?.answer(YOUNG);
  await expect.poll(() => register.whose.number.kind).toBe('known');
  expect(register.allowed).toMatchObject({ because: { kind: 'debt-limit' }, points: null });

  await shop.db.customers.update(BORIS, { phone: '+79250000699' as Phone });
  await register.refreshCustomer();
  expect(register.whose.number.kind).toBe('unknown');
  await expect.poll(() => allowances(asked)).toHaveLength(3);
  expect(allowances(asked)[2]?.body).toMatchObject({ phone: '+79250000699' });
});

test('before money is taken, and after a restart, the relay is asked again: the receipt may have been open for hours', async () => {
  const { register, makeRegister, asked } = await newCustomer(1);
  await expect.poll(() => allowances(asked)).toHaveLength(1);
  register.openTender();
  await expect.poll(() => allowances(asked)).toHaveLength(2);
  await register.draft.write();
  await makeRegister().resume();
  await expect.poll(() => allowances(asked)).toHaveLength(3);
});

test('when a customer is chosen again the relay is asked again: a reply counts for one choice', async () => {
  const { register, asked } = await atWork();
  await register.chooseCustomer(ANNA);
  await expect.poll(() => allowances(asked)).toHaveLength(1);
  allowances(asked)[0]?.answer(YOUNG);
  await expect.poll(() => register.allowed?.amount).toBe(120_000);
  await register.chooseCustomer(null);
  expect(register.allowed).toBeNull();
  await register.chooseCustomer(ANNA);
  expect(register.whose.number.kind).toBe('unknown');
  await expect.poll(() => allowances(asked)).toHaveLength(2);
});

test('points of a young number are not offered, and points given before its age was known send no code', async () => {
  const { register, asked } = await atWork();
  register.add(bread, 'хлеб', quantity(1000));
  await register.chooseCustomer(ANNA);
  register.setPoints(10);
  register.setMoney('cash', money(9_000));
  expect(register.moved.points).toBe(10);
  await expect.poll(() => allowances(asked)).toHaveLength(1);
  allowances(asked)[0]?.answer(YOUNG);
  await expect.poll(() => register.redeemable).toBe(0);
  expect(register.notAllowed).toMatchObject({
    action: 'redeem-points',
    limit: { amount: 0, because: { kind: 'young-number' }, until: AT + HOUR },
  });
  register.checkout.save();
  expect(register.checkout.current.kind).toBe('tendering');
  register.setPoints(5);
  expect(register.moved.points).toBe(0);
});

test('points given for more goods take what fits when the quantity is lowered', async () => {
  const { register } = await atWork();
  register.add(bread, 'хлеб', quantity(2000));
  await register.chooseCustomer(ANNA);
  register.setMoney('card', money(9_500));
  register.setPoints(10);
  const line = register.newestLine ?? '';
  register.setQuantity(line, quantity(1000));
  expect(register.receipt.tenders).toEqual([
    { kind: 'card', amount: 9_500 },
    { kind: 'points', points: 5, amount: 500 },
  ]);
  expect(register.settlement).toEqual({ kind: 'paid', changeDue: 0, rounding: 0 });
  register.setQuantity(line, quantity(2000));
  expect(register.moved.points).toBe(5);
});

test('after an unexpected refusal the relay is asked for the allowance, and the screen shows it', async () => {
  const { register, asked } = await atWork();
  register.add(bread, 'хлеб', quantity(2000));
  await register.chooseCustomer(ANNA);
  await expect.poll(() => allowances(asked)).toHaveLength(1);
  allowances(asked)[0]?.answer(FREE);
  register.checkout.save();
  await expect.poll(() => calls(asked, 'PUT')).toHaveLength(1);
  calls(asked, 'PUT')[0]?.answer({ kind: 'customer-disputed', since: AT });
  await expect.poll(() => allowances(asked)).toHaveLength(2);
  const frozen = { ...YOUNG, onAccount: 0, until: null, because: { kind: 'disputed', since: AT } };
  allowances(asked)[1]?.answer(frozen);
  await expect.poll(() => register.notAllowed?.limit.because.kind).toBe('disputed');
});

test('an operator who may sell over the limit still meets the number’s cap', async () => {
  const { register, asked, day } = await atWork();
  day.operator = SENIOR;
  register.add(bread, 'хлеб', quantity(96_000));
  await register.chooseCustomer(ANNA);
  expect(register.allowed).toMatchObject({ amount: 950_000, because: { kind: 'debt-limit' } });
  expect([register.notAllowed, register.overByRight]).toEqual([null, true]);
  await expect.poll(() => allowances(asked)).toHaveLength(1);
  allowances(asked)[0]?.answer({ ...YOUNG, onAccount: 955_000 });
  await expect.poll(() => register.notAllowed?.limit.because.kind).toBe('young-number');
  expect(register.overByRight).toBe(false);
});

/** Bread for 100.00 during payment. */
async function paying() {
  const work = await atWork();
  work.register.add(bread, 'хлеб', quantity(1000));
  const roubles = () => ({ code: 'RUB', digits: 2 }) as const;
  return { ...work, typing: new TenderTyping(work.register, roubles, (_, goOn) => goOn()) };
}

test('a rest that rounding in cash takes off is paid by “Exact”, not put on account', async () => {
  const work = await atWork();
  const { shop, register, day } = work;
  const rounded = await shop.policyJws(2, (policy) => {
    policy.cashRounding = { step: 10, way: 'down' };
  });
  await savePolicy(shop.db, rounded);
  const current = await currentPolicy(shop.db);
  day.policy = current.kind === 'policy' ? current.policy : null;
  register.add(bread, 'хлеб', quantity(1000));
  register.openTender();
  register.setMoney('card', money(9_996));
  const roubles = () => ({ code: 'RUB', digits: 2 }) as const;
  const typing = new TenderTyping(register, roubles, (_, goOn) => goOn());
  expect(register.settlement).toEqual({ kind: 'short', onAccount: 4 });
  typing.giveExact();
  expect(register.settlement).toEqual({ kind: 'paid', changeDue: 0, rounding: -4 });
  typing.press('clear');
  expect(register.settlement).toEqual({ kind: 'short', onAccount: 4 });
  typing.giveExact();
  register.checkout.save();
  await expect.poll(() => register.checkout.current.kind).toBe('saved');
  const [sale] = await shop.db.journal.filter(({ act }) => act === 'sale').toArray();
  expect(sale?.body).toMatchObject({
    rounding: -4,
    onAccount: 0,
    tenders: [
      { kind: 'card', amount: 9_996 },
      { kind: 'cash', amount: 0 },
    ],
  });
});

test('on account can be chosen only while nothing is given, and counts for one payment', async () => {
  const { typing } = await paying();
  typing.giveCash(money(4_000));
  typing.askOnAccount();
  typing.takeBack('cash');
  expect(typing.onAccountAsked).toBe(false);
  typing.askOnAccount();
  expect(typing.onAccountAsked).toBe(true);
  typing.press('5');
  typing.press('backspace');
  expect(typing.onAccountAsked).toBe(false);
  typing.askOnAccount();
  typing.customerChanged();
  expect(typing.onAccountAsked).toBe(false);
});

test('a card in one tap adds nothing if saving does not begin', async () => {
  const { register, typing } = await paying();
  const reading = register.chooseCustomer(ANNA);
  typing.payRest('card');
  expect([register.checkout.current.kind, register.receipt.tenders]).toEqual(['tendering', []]);
  await reading;
  typing.payRest('card');
  expect(register.receipt.tenders).toEqual([{ kind: 'card', amount: 10_000 }]);
  await expect.poll(() => register.checkout.current.kind).toBe('saved');
});

test.for([
  ['points', 'card', 9_000],
  ['a part by card', 'card', 10_000],
  ['a part by card', 'transfer', 6_000],
] as const)(
  'after %s, %s in one tap takes exactly what is left',
  async ([before, kind, amount]) => {
    const { register, typing } = await paying();
    await register.chooseCustomer(ANNA);
    if (before === 'points') register.setPoints(10);
    else register.setMoney('card', money(4_000));
    typing.payRest(kind);
    expect(register.receipt.tenders.at(-1)).toEqual({ kind, amount });
    expect(register.settlement).toEqual({ kind: 'paid', changeDue: 0, rounding: 0 });
    expect(register.moved.onAccount).toBe(0);
    expect(register.checkout.current.kind).toBe(before === 'points' ? 'sending' : 'saving');
  },
);

test.for([
  [{ code: 'JPY', digits: 0 }, '15'],
  [{ code: 'RUB', digits: 2 }, '1,52'],
  [{ code: 'KWD', digits: 3 }, '1,525'],
] as const)('a sum accepts only the decimals of its currency: %j', async ([currency, text]) => {
  const typing = new TenderTyping(
    (await paying()).register,
    () => currency,
    (_, goOn) => goOn(),
  );
  const keys = currency.digits === 0 ? '1,5' : '1,5255';
  for (const key of keys) typing.press(key === ',' ? 'comma' : (key as '1'));
  expect(typing.shown.text).toBe(text);
});

test('the digits of a scan split in two are removed, and the sum typed before it stays', async () => {
  const { typing } = await paying();
  const type = (digits: string, gap: number, from: number) => {
    [...digits].forEach((digit, n) => typing.pressByKeyboard(digit as '1', from + n * gap));
  };
  type('50', 150, 1000);
  type('460', 8, 1400);
  type('012', 8, 1700);
  typing.takeBackScan(1400);
  expect(typing.shown.text).toBe('50');
});
