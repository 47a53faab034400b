// A conflict with unknown acts of other tills is a discrepancy; with known acts it breaks a rule.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Confirmation } from '$lib/contract/acts/account';
import type { Credit } from '$lib/contract/acts/customer';
import type { Entry } from '$lib/contract/journal';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import { parseReserveCode } from '$lib/domain/consent/reserve-code';
import { openVerifier } from '$lib/proof/reserve-code';
import { declarePutBack } from '../../relay/tills/restored';
import { discrepancyId } from '../../relay/store/discrepancies';
import { CASHIER } from '../support/cashier';
import {
  ask,
  check,
  debtRequest,
  PHONE,
  reserveCodesRequest,
  type Shop,
} from '../support/challenges';
import { TillClient } from '../support/till-client';
import {
  challengeFor,
  onAccountSale,
  overrideBy,
  pointsSale,
  reEnrolled,
  TillJournal,
} from '../support/till-journal';
import { arrive, look, openTwoTills, SENDS_NOTHING } from '../support/two-tills';

const HOUR = 3_600_000;
const THRESHOLD = 100_000;

let shop: Shop;
let customer: string;
let here: TillJournal;
let there: TillJournal;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  customer = uuidv7();
  await shop.trust(customer, PHONE);
});
afterEach(() => shop.stop());

const owner = (): string => shop.till.ownerId;
const byRight = (amount: number) => overrideBy(owner(), amount, { connectivity: SENDS_NOTHING });

/** On account, by the owner's right unless it was confirmed otherwise; sold by a cashier. */
const sold = (journal: TillJournal, amount: number, given: Confirmation = byRight(amount)) =>
  journal.sale(onAccountSale({ customer, onAccount: amount }, given), { operator: CASHIER });
const saved = (journal: TillJournal, credit: Credit, operator = owner()): Promise<Entry> =>
  journal.add({
    act: 'customer-saved',
    operator,
    body: { customer, recordHash: 'a'.repeat(64), credit },
  });
const disputed = (journal: TillJournal): Promise<Entry> =>
  journal.add({ act: 'dispute', body: { customer, about: null, note: null }, operator: owner() });

type Found = { till: string; kind: FlagKind; detail: string | null };
/** Till, kind and detail of each finding. */
function found(): (string | null)[][] {
  const rows = shop.relay.file
    .prepare('SELECT till, kind, detail FROM flags ORDER BY cursor')
    .all() as Found[];
  const name = (till: string): string => (till === here.till.id ? 'here' : 'there');
  return rows.map(({ till, kind, detail }) => [name(till), kind, detail]);
}
const broken = () => found().filter(([, kind]) => !isDiscrepancy(kind as FlagKind));
const proofs = () =>
  shop.relay.file.prepare('SELECT proof FROM journal_acts ORDER BY at, seq').pluck().all();
const told = () =>
  shop.relay.file.prepare("SELECT about FROM outbox WHERE purpose = 'act'").pluck().all();

describe('a limit', () => {
  const LOW = { kind: 'own-limit', limit: 100 } as const;
  beforeEach(async () => {
    for (const journal of [here, there]) await saved(journal, { kind: 'shop-limit' }, CASHIER);
    await arrive(here, there);
  });

  test('lowered at another till is a discrepancy, and the customer is notified', async () => {
    await saved(here, LOW);
    const sale = await sold(there, 5000);
    await arrive(here, there);
    expect(found()).toEqual([['there', 'limit-elsewhere', 'sell-on-account']]);
    expect(told()).toEqual([sale.hash]);
  });

  test('lowered at this till is a broken rule', async () => {
    await saved(here, LOW);
    await sold(here, 5000);
    await arrive(here);
    expect(found()).toEqual([['here', 'no-right', 'sell-over-limit']]);
  });

  test('exceeded by another till’s debts is a discrepancy; exceeded by this till’s own, a broken rule', async () => {
    await saved(here, { kind: 'own-limit', limit: 5000 });
    await arrive(here);
    await saved(there, { kind: 'own-limit', limit: 5000 });
    await sold(here, 3000);
    await sold(there, 3000);
    await arrive(here, there);
    expect(found()).toEqual([['there', 'limit-elsewhere', 'sell-on-account']]);
    await sold(there, 3000);
    await arrive(there);
    expect(broken()).toEqual([['there', 'no-right', 'sell-over-limit']]);
  });

  test('lowered at another till does not invalidate the code that the customer gave for this sale', async () => {
    const body = onAccountSale({ customer, onAccount: 5000 }, null);
    const challenge = uuidv7();
    const { journalHead } = there;
    const asked = { ...challengeFor(body, PHONE), operator: CASHIER };
    await ask(there.till, debtRequest({ ...asked, journalHead }), challenge);
    const { json } = await check(there.till, challenge, shop.smsru.codes.at(-1)!);
    const given = { action: 'sell-on-account', amount: 5000, challenge } as const;
    const code = { kind: 'code', ...given, grant: String(json.grant) } as const;
    await there.sale({ ...body, confirmations: [code] }, { operator: CASHIER });
    await saved(here, LOW);
    await arrive(here, there);
    expect(found()).toEqual([['there', 'limit-elsewhere', 'sell-on-account']]);
    expect([proofs(), told()]).toEqual([['code'], []]);
  });

  test('stays lowered for the shop if another till saves its card unchanged', async () => {
    await saved(here, { kind: 'no-credit' });
    await saved(there, { kind: 'shop-limit' }, CASHIER);
    await arrive(here, there);
    expect(found()).toEqual([]);
    await sold(there, 100);
    await arrive(there);
    expect(found()).toEqual([['there', 'limit-elsewhere', 'sell-on-account']]);
  });

  test('lowered at another till that this one had seen is a broken rule', async () => {
    await saved(here, LOW);
    await arrive(here);
    await look(shop, there);
    await sold(there, 5000);
    await arrive(there);
    expect(found()).toEqual([['there', 'no-right', 'sell-over-limit']]);
  });

  test('raised by right at a till that had seen it lowered is raised for the shop', async () => {
    await saved(here, LOW);
    await arrive(here);
    await look(shop, there);
    await saved(there, { kind: 'own-limit', limit: 9000 });
    await sold(there, 9000);
    await arrive(there);
    expect(found()).toEqual([]);
  });
});

describe('a limit and points that a till had seen raised in an order that the relay does not have', () => {
  beforeEach(async () => {
    await saved(there, { kind: 'own-limit', limit: 100 });
    await arrive(there);
    there.seen = { epoch: 4711, order: 9 };
  });
  const redeemed = () =>
    there.sale(pointsSale({ customer, points: 3 }, { ...byRight(300), action: 'redeem-points' }), {
      operator: CASHIER,
    });

  test('are believed if the relay was restored and may have lost it, and listed as a discrepancy', async () => {
    await declarePutBack(shop.relay.relay);
    await sold(there, 9000);
    await redeemed();
    await arrive(there);
    expect(found()).toEqual([
      ['there', 'limit-elsewhere', 'sell-on-account'],
      ['there', 'points-elsewhere', 'redeem-points'],
    ]);
  });

  test('are not believed if it was never restored', async () => {
    await sold(there, 9000);
    await redeemed();
    await arrive(there);
    expect(broken()).toEqual([
      ['there', 'no-right', 'sell-over-limit'],
      ['there', 'against-rules', 'not-enough-points'],
    ]);
  });
});

test('a limit raised by right at a till that had not seen it lowered stays lowered for the shop', async () => {
  await saved(here, { kind: 'own-limit', limit: 100 });
  await arrive(here);
  await saved(there, { kind: 'own-limit', limit: 9000 });
  await sold(there, 9000);
  await arrive(there);
  expect(found()).toEqual([
    ['there', 'edit-stale', 'credit'],
    ['there', 'limit-elsewhere', 'sell-on-account'],
  ]);
  expect(broken()).toEqual([]);
});

describe('a dispute', () => {
  test('opened at another till is a discrepancy', async () => {
    await disputed(here);
    await arrive(here);
    shop.clock.pass(HOUR);
    const sale = await sold(there, 5000);
    await arrive(there);
    expect(found()).toEqual([['there', 'customer-disputed', 'sell-on-account']]);
    expect(told()).toEqual([sale.hash]);
  });

  test('opened at another till that this one had seen is a broken rule', async () => {
    await disputed(here);
    await arrive(here);
    await look(shop, there);
    await sold(there, 5000);
    await arrive(there);
    expect(broken()).toEqual([['there', 'against-rules', 'disputed']]);
  });

  test('opened at this till is a broken rule, also for a sale with the customer’s code', async () => {
    await disputed(here);
    shop.clock.pass(HOUR);
    await sold(here, 5000);
    await arrive(here);
    expect(broken()).toEqual([['here', 'against-rules', 'disputed']]);
  });

  test('closed at this till forbids nothing any more', async () => {
    const { hash } = await disputed(here);
    const body = { customer, about: [hash], outcome: 'stands', note: 'asked' };
    await here.add({ act: 'settled', body, operator: owner() });
    await sold(here, 5000);
    await arrive(here);
    expect(found()).toEqual([]);
  });
});

describe('a customer’s cap', () => {
  test('that two tills exceed together is a discrepancy, and each sale is reported', async () => {
    const sales = [await sold(here, 200_000), await sold(there, 200_000)];
    await arrive(here, there);
    expect(found()).toEqual([['there', 'cap-elsewhere', 'sell-on-account']]);
    expect(told()).toEqual(sales.map(({ hash }) => hash));
    expect(proofs()).toEqual(['override', 'override']);
  });

  test('that one till exceeds together with known acts of another is a broken rule', async () => {
    await sold(here, 200_000);
    await arrive(here);
    await look(shop, there);
    await sold(there, 200_000);
    await arrive(there);
    expect(found()).toEqual([['there', 'cap-exceeded', 'sell-on-account']]);
  });

  test('that one device exceeds is a broken rule, also under its next name', async () => {
    await sold(here, 200_000);
    await arrive(here);
    const anew = await reEnrolled(shop, here, []);
    await sold(anew, 200_000);
    await arrive(anew);
    expect(broken().map(([, ...rest]) => rest)).toEqual([['cap-exceeded', 'sell-on-account']]);
  });
});

describe('a threshold', () => {
  const free = (amount: number): Confirmation => ({
    kind: 'not-required',
    action: 'sell-on-account',
    amount,
    because: 'below-threshold',
  });
  beforeEach(async () => {
    const policy = await shop.till.policy();
    const debt = { ...policy.methods['sell-on-account'], threshold: THRESHOLD };
    await shop.till.putPolicy(1, {
      ...policy,
      methods: { ...policy.methods, 'sell-on-account': debt },
    });
  });
  const below = (journal: TillJournal, amount: number) =>
    journal.sale(onAccountSale({ customer, onAccount: amount }, free(amount)), {
      operator: CASHIER,
      policy: 2,
    });

  test.each(['first', 'last'])(
    'that two tills reach together is a discrepancy of the later act, if its journal arrives %s',
    async (order) => {
      await below(here, 60_000);
      shop.clock.pass(HOUR);
      const later = await below(there, 60_000);
      await arrive(...(order === 'first' ? [there, here] : [here, there]));
      expect(found()).toEqual([['there', 'threshold-elsewhere', 'sell-on-account']]);
      expect(told()).toContain(later.hash);
    },
  );

  test('that one till reaches is a broken rule', async () => {
    await below(here, 60_000);
    await below(here, 60_000);
    await arrive(here);
    expect(found()).toEqual([['here', 'code-was-required', 'sell-on-account']]);
  });
});

describe('a reserve code', () => {
  type Code = {
    readonly code: string;
    readonly verifier: ReserveVerifier;
    readonly signed: string;
  };

  beforeEach(() => arrive(here, there));

  /** New codes of the customer; those of each till. */
  async function issued(by = shop.till): Promise<(journal: TillJournal) => Promise<Code[]>> {
    await by.signIn();
    const id = uuidv7();
    const challenge = uuidv7();
    const asked = reserveCodesRequest(id, { id: customer, phone: PHONE });
    await ask(by, asked, challenge);
    await check(by, challenge, shop.smsru.codes.at(-1) ?? '');
    const reply = await by.call('PUT', `/reserve-codes/${id}`, { customer, challenge });
    if (reply.json.kind !== 'issued') throw new Error(JSON.stringify(reply.json));
    const text = shop.smsru.sends.at(-1)?.fields['msg'] ?? '';
    const codes = [...text.matchAll(/[0-9A-Z]{5}-[0-9A-Z]{5}/g)].flatMap(
      ([written]) => parseReserveCode(written) ?? [],
    );
    return async ({ till }) => {
      const { json } = await till.call('GET', '/reserve-codes?after=0');
      const { publicJwk } = shop.relay.relay.key;
      const mine: Code[] = [];
      for (const signed of json['verifiers'] as string[]) {
        const verifier = await openVerifier(signed, publicJwk);
        const code = codes.find((each) => verifier && each.startsWith(verifier.prefix));
        if (verifier && code) mine.push({ code, verifier, signed });
      }
      return mine;
    };
  }
  const by = ({ code, verifier, signed }: Code, amount: number): Confirmation => ({
    kind: 'reserve-code',
    action: 'sell-on-account',
    amount,
    code,
    verifier: verifier.id,
    signed,
  });
  const poll = async (till: TillClient): Promise<void> => {
    await till.signIn();
    const { json } = await till.call('GET', '/reserve-codes?after=0');
    await till.call('GET', `/reserve-codes?after=${String(json['version'])}`);
  };

  test('that became void at another till is a discrepancy, counts as no code, and is reported', async () => {
    const [code] = await (await issued())(there);
    shop.clock.pass(HOUR);
    await issued();
    const sale = await sold(there, 5000, by(code!, 5000));
    await arrive(there);
    expect(found()).toEqual([['there', 'reserve-code-void', 'sell-on-account']]);
    expect([proofs(), told()]).toEqual([['nothing'], [sale.hash]]);
  });

  test('that this till knows to be void breaks a rule', async () => {
    const [code] = await (await issued())(there);
    shop.clock.pass(HOUR);
    await issued();
    await poll(there.till);
    shop.clock.pass(HOUR);
    await sold(there, 5000, by(code!, 5000));
    await arrive(there);
    expect(found()).toEqual([['there', 'reserve-code-unknown', 'sell-on-account']]);
  });

  test.each([
    ['voided', { failures: 15, verifiers: 2 }],
    ['issued', { challenge: uuidv7(), verifiers: 2 }],
  ])('that this till’s own act made void breaks a rule: %s', async (act, body) => {
    const [code] = await (await issued())(there);
    shop.clock.pass(HOUR);
    if (act === 'issued') await issued(there.till);
    await there.add({ act: `reserve-codes-${act}`, body: { customer, ...body } });
    await sold(there, 5000, by(code!, 5000));
    await arrive(there);
    expect(found()).toEqual([['there', 'reserve-code-unknown', 'sell-on-account']]);
  });
});

describe('an act of a removed till', () => {
  beforeEach(async () => {
    await arrive(here, there);
    await shop.till.elevate();
    expect((await shop.till.call('DELETE', `/tills/${there.till.id}`)).status).toBe(204);
    shop.clock.pass(HOUR);
  });
  /** The last entries of a removed till, without a session. */
  const sendLast = async (): Promise<void> => {
    there.till.bearer = null;
    expect((await there.upload()).json.kind).toBe('kept');
  };

  test('that does not know of it is a discrepancy, and reported', async () => {
    const sale = await sold(there, 5000);
    await sendLast();
    expect(found()).toEqual([['there', 'removal-unknown', null]]);
    expect(told()).toEqual([sale.hash]);
  });

  test.each([
    ['at sign-in', () => there.till.signIn()],
    ['since it sends its last entries', sendLast],
  ])('that has heard of it breaks a rule: %s', async (_, ask) => {
    await ask();
    shop.clock.pass(HOUR);
    await sold(there, 5000);
    await sendLast();
    expect(found()).toEqual([['there', 'till-revoked', null]]);
  });

  test('whose removal was only reported to somebody else in its name does not know of it', async () => {
    const request = await shop.till.sessionRequest();
    await shop.till.call('POST', '/sessions', { ...request, tillId: there.till.id });
    shop.clock.pass(HOUR);
    await sold(there, 5000);
    await sendLast();
    expect(found()).toEqual([['there', 'removal-unknown', null]]);
  });
});

test('“no internet” while another till was connected is a discrepancy', async () => {
  await sold(here, 100, overrideBy(owner(), 100));
  await there.till.call('GET', '/health');
  await arrive(here);
  expect(found()).toEqual([['here', 'override-while-others-online', 'sell-on-account']]);
  expect(broken()).toEqual([]);
});

test('a discrepancy hides no broken rule of the same entry', async () => {
  const honest = onAccountSale({ customer, onAccount: 5000 }, byRight(5000));
  await here.sale({ ...honest, stock: [] }, { at: shop.clock.now() + HOUR, operator: CASHIER });
  await arrive(here);
  expect(found()).toEqual([
    ['here', 'future', null],
    ['here', 'differs', 'stock.0'],
  ]);
});

describe('what was found', () => {
  type Entry = { till: string; seq: number; hash: string; act: string; body: never };
  type Sent = { order: number; verdict: string; entry?: Entry; own?: { hash: string } };
  type Told = {
    id: string;
    entry: string;
    kind: string;
    detail: string | null;
    against: { till: string; seq: number; hash: string }[];
  };
  /** The shop's order as a till downloads it. */
  async function ordered(journal: TillJournal): Promise<readonly Sent[]> {
    await journal.till.signIn();
    return (await journal.till.call('GET', '/journal')).json['entries'] as Sent[];
  }
  const toldTo = async (journal: TillJournal): Promise<readonly Told[]> =>
    (await ordered(journal)).flatMap(({ entry }) =>
      entry?.act === 'discrepancy-found' ? [entry.body as Told] : [],
    );
  const verdictOf = async ({ hash }: { readonly hash: string }): Promise<string | undefined> => {
    const all = [...(await ordered(here)), ...(await ordered(there))];
    return all.find(({ entry, own }) => (entry ?? own)?.hash === hash)?.verdict;
  };
  const settled = (journal: TillJournal, ids: readonly string[], made: object = {}) =>
    journal.add({
      act: 'settled',
      operator: owner(),
      body: { customer: null, about: ids, outcome: 'stands', note: 'agreed', ...made },
    });

  /** Two sales that together exceed the customer's cap, at tills without contact; returns the second and its discrepancy. */
  async function capExceeded() {
    const first = await sold(here, 200_000);
    const second = await sold(there, 200_000);
    await arrive(here, there);
    const [one, ...others] = await toldTo(here);
    expect(others).toEqual([]);
    return { first, second, found: one! };
  }

  test('is reported to all tills in the shop’s order, with both sides', async () => {
    const { first, second, found: one } = await capExceeded();
    expect(one).toEqual({
      id: one.id,
      till: there.till.id,
      seq: second.seq,
      entry: second.hash,
      kind: 'cap-elsewhere',
      detail: 'sell-on-account',
      against: [{ till: here.till.id, seq: first.seq, hash: first.hash }],
    });
    expect(await toldTo(there)).toEqual([one]);
  });

  test('is reported once, however often its entries are uploaded', async () => {
    await capExceeded();
    await arrive(here, there, here);
    expect(await toldTo(there)).toHaveLength(1);
  });

  test('names the other till’s change of a limit', async () => {
    const low = await saved(here, { kind: 'own-limit', limit: 100 });
    await arrive(here);
    await saved(there, { kind: 'own-limit', limit: 9000 });
    await sold(there, 9000);
    await arrive(there);
    const against = [{ till: here.till.id, seq: low.seq, hash: low.hash }];
    const told = await toldTo(there);
    expect(told.toSorted((a, b) => a.kind.localeCompare(b.kind))).toMatchObject([
      { kind: 'edit-stale', detail: 'credit', against },
      { kind: 'limit-elsewhere', detail: 'sell-on-account', against },
    ]);
  });

  test('that is not about a sum names no other act', async () => {
    await sold(here, 100);
    await arrive(here);
    await sold(there, 100, overrideBy(owner(), 100));
    await here.till.call('GET', '/health');
    await arrive(there);
    expect(await toldTo(there)).toMatchObject([
      { kind: 'override-while-others-online', against: [] },
    ]);
  });

  test('that breaks a rule is reported to no till', async () => {
    await sold(here, 400_000);
    await arrive(here);
    expect(broken()).not.toEqual([]);
    expect(await toldTo(here)).toEqual([]);
  });

  test('is closed by any till that has seen it, and may be closed again', async () => {
    const { found: one } = await capExceeded();
    for (const journal of [there, here]) await look(shop, journal);
    const closing = await settled(here, [one.id]);
    const again = await settled(there, [one.id], { outcome: 'dealt-with' });
    await arrive(here, there);
    expect([await verdictOf(closing), await verdictOf(again)]).toEqual(['accepted', 'accepted']);
    expect(broken()).toEqual([]);
  });

  test('is not closed without the right', async () => {
    const { found: one } = await capExceeded();
    await look(shop, here);
    const closing = await here.add({
      act: 'settled',
      operator: CASHIER,
      body: { customer: null, about: [one.id], outcome: 'stands', note: 'agreed' },
    });
    await arrive(here);
    expect(broken()).toEqual([['here', 'no-right', 'manage-customers']]);
    expect(await verdictOf(closing)).toBe('refused');
  });

  test('is not closed by a till that has not seen it, so that no till closes its own in advance', async () => {
    await sold(here, 200_000);
    const second = await sold(there, 200_000);
    const expected = { kind: 'cap-elsewhere', detail: 'sell-on-account' } as const;
    const closing = await settled(there, [discrepancyId(second.hash, expected)]);
    await arrive(here, there);
    expect((await toldTo(here)).map(({ id }) => id)).toEqual([
      discrepancyId(second.hash, expected),
    ]);
    expect(broken()).toEqual([['there', 'against-rules', 'unknown-discrepancy']]);
    expect(await verdictOf(closing)).toBe('refused');
  });

  test('cannot be closed if it was never found', async () => {
    await arrive(here);
    await look(shop, here);
    const closing = await settled(here, ['e'.repeat(64)]);
    await arrive(here);
    expect(broken()).toEqual([['here', 'against-rules', 'unknown-discrepancy']]);
    expect(await verdictOf(closing)).toBe('refused');
  });

  test('is closed as applied only where it is a stale edit', async () => {
    const { found: one } = await capExceeded();
    await look(shop, here);
    await settled(here, [one.id], { outcome: 'applied' });
    await arrive(here);
    expect(broken()).toEqual([['here', 'against-rules', 'wrong-outcome']]);
  });
});
