// Authorised persons on the till: added with a code, removed, and what their own code can save.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import { actionsOf, movedBy, type GivenConfirmation } from '$lib/domain/consent/confirmation';
import { enteredOn } from '$lib/domain/customers/customer';
import { dealOf } from '$lib/domain/consent/deal';
import type { Phone } from '$lib/domain/values/phone';
import { dealHash, personHash, phoneHash } from '$lib/proof/deal';
import { signGrant } from '$lib/proof/grant';
import { verify } from '$lib/storage/audit/verification';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import { customerById, saveCustomer } from '$lib/storage/customers/customers';
import { addPerson, removePerson, whyNoPerson } from '$lib/storage/sales/authorised-persons';
import {
  ANNA,
  AT,
  BORIS,
  CASHIER,
  discard,
  HOUR,
  id,
  MINUTE,
  openShop,
  owingOf,
  OWNER,
  policyOf,
  receiptOf,
  SHOP,
  TILL,
  wholeJournal,
  type Shop,
} from '../support/storage-shop';

const VERA: AuthorisedPerson = { id: id(950), name: 'Вера', phone: '+79250000777' };

let shop: Shop;
let challenges = 0;
beforeEach(async () => (shop = await openShop()));
afterEach(() => discard(shop.db));

async function cardOf(customer: string) {
  const card = await customerById(shop.db, customer);
  if (card === null || card.phone === null) throw new Error('nobody to ask');
  return { ...card, phone: card.phone };
}

const COMMON = {
  ...({ v: 1, shop: SHOP, till: TILL, channel: 'sms', provider: 'smsru' } as const),
  broughtIn: null,
  weak: false,
  demo: false,
  iat: AT,
  exp: AT + 15 * MINUTE,
  phoneSince: AT - 100 * HOUR,
};
const sign = (grant: Parameters<typeof signGrant>[0]) =>
  signGrant(grant, shop.relay.privateKey, shop.relay.kid);

/** A code of the customer for adding this person, sent to `phone`. */
async function codeFor(person: AuthorisedPerson, phone?: string): Promise<string> {
  const card = await cardOf(ANNA);
  challenges += 1;
  const of = { customerId: ANNA, cardSalt: card.cardSalt, phone: card.phone };
  return sign({
    ...COMMON,
    challenge: id(5000 + challenges),
    action: 'authorise-person',
    operator: OWNER,
    receipt: person.id,
    customer: ANNA,
    person: null,
    amount: null,
    phoneHash: await phoneHash(card.cardSalt, phone ?? card.phone),
    dealHash: await personHash({ ...of, person }),
  });
}

const add = async (person = VERA, code?: string) =>
  addPerson(shop.db, {
    customer: ANNA,
    person,
    operator: OWNER,
    at: AT + 1,
    code: code ?? (await codeFor(person)),
  });

/** A code to Vera's phone for this receipt. */
async function codeOf(receipt: ReturnType<typeof receiptOf>): Promise<GivenConfirmation> {
  const { cardSalt } = await cardOf(ANNA);
  const { currency } = policyOf(1).shop;
  const phone = VERA.phone as Phone;
  const [need] = actionsOf(movedBy(receipt, null));
  if (need === undefined) throw new Error('nothing on account');
  const deal = dealOf(receipt, 'sell-on-account', { id: ANNA, phone, cardSalt }, need, currency);
  challenges += 1;
  const jws = await sign({
    ...COMMON,
    challenge: id(5000 + challenges),
    action: 'sell-on-account',
    operator: CASHIER,
    receipt: receipt.id,
    customer: ANNA,
    person: VERA.id,
    amount: deal.amount,
    dealHash: await dealHash(deal),
    phoneHash: await phoneHash(cardSalt, phone),
  });
  return { kind: 'code', action: 'sell-on-account', jws };
}

/** The findings of a verification of the till's journal. */
async function findings() {
  const till = await tillIn(shop.db);
  if (!isEnrolled(till)) expect.fail('no till');
  const judge = new ProofJudge(till);
  const options = { signal: new AbortController().signal, onprogress: () => {} };
  return (await verify(shop.db, till, (entry) => judge.judge(entry), options))?.findings;
}

const acts = async () => {
  const all: string[] = [];
  for await (const { act } of wholeJournal(shop.db)) all.push(act);
  return all;
};

describe('a person is added', () => {
  test('with the customer’s code, and the journal holds neither name nor number', async () => {
    const outcome = await add();
    expect(outcome.kind).toBe('saved');
    expect((await cardOf(ANNA)).persons).toEqual([VERA]);
    const text = JSON.stringify(outcome);
    expect(text).not.toContain(VERA.name);
    expect(text).not.toContain(VERA.phone);
  });

  test('the same id again is the same entry', async () => {
    const code = await codeFor(VERA);
    const first = await add(VERA, code);
    expect(await add(VERA, code)).toEqual(first);
    expect((await acts()).filter((act) => act === 'authorised-person-added')).toHaveLength(1);
  });

  test('stays on the card when that is changed, and the verifier finds all of it right', async () => {
    await add();
    const asked = { ...enteredOn(await cardOf(ANNA)), name: 'Анна К.' };
    await saveCustomer(shop.db, { customer: asked, operator: OWNER, at: AT + 2 });
    expect((await cardOf(ANNA)).persons).toEqual([VERA]);
    expect(await findings()).toEqual([]);
  });

  test('not by a code to another number, for another person, or twice by one', async () => {
    const refusedBy = async (code: string, person = VERA) => {
      const outcome = await add(person, code);
      return outcome.kind === 'refused' ? outcome.because.kind : outcome.kind;
    };
    expect(await refusedBy(await codeFor(VERA, '+79250000778'))).toBe('code-missing');
    expect(await refusedBy('no.such.code')).toBe('code-missing');
    const other = { ...VERA, phone: '+79250000779' };
    expect(await refusedBy(await codeFor(other))).toBe('code-not-for-this');
    expect((await cardOf(ANNA)).persons).toEqual([]);
  });

  test('not without the right, and the customer is not asked', async () => {
    const why = await whyNoPerson(shop.db, { customer: ANNA, person: VERA, operator: CASHIER });
    expect(why).toMatchObject({ because: { kind: 'no-right', right: 'manage-customers' } });
    const known = { ...VERA, phone: (await cardOf(ANNA)).phone };
    expect(
      await whyNoPerson(shop.db, { customer: ANNA, person: known, operator: OWNER }),
    ).toMatchObject({ because: { kind: 'known-number' } });
  });
});

describe('a sale on account', () => {
  test('is confirmed by the person’s code, and by no number that is off the card', async () => {
    await add();
    const receipt = owingOf(id(700), ANNA);
    expect((await shop.sell(receipt, [await codeOf(receipt)])).kind).toBe('saved');
    expect(await findings()).toEqual([]);
    const next = owingOf(id(701), ANNA);
    const code = await codeOf(next);
    const off = { customer: ANNA, person: VERA.id, operator: OWNER, at: AT + 3 };
    expect(await removePerson(shop.db, off)).toEqual({ kind: 'saved' });
    expect(await shop.sell(next, [code])).toMatchObject({
      because: { kind: 'grant-not-for-this-deal' },
    });
    // already removed, so nothing is written
    await removePerson(shop.db, off);
    expect((await acts()).filter((act) => act === 'authorised-person-removed')).toHaveLength(1);
  });

  test('of another customer is not', async () => {
    await add();
    const receipt = owingOf(id(700), BORIS);
    expect(await shop.sell(receipt, [await codeOf(receipt)])).toMatchObject({ kind: 'refused' });
  });
});
