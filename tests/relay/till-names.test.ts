// Names of tills: changed by operators who may change settings, and never two the same.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { health } from '$lib/contract/health';
import { ownerNoticesReply } from '$lib/contract/owner-notice';
import { enrolmentOffer, tillRenamed, tillsReply } from '$lib/contract/till';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

const MINUTE = 60_000;
const clock = makeClock(Date.UTC(2026, 0, 15, 9));
let running: RunningRelay;
let owner: TillClient;

beforeEach(async () => {
  running = await startRelay({ now: clock.now });
  owner = await TillClient.ready(running.url, clock.now);
  await owner.elevate();
});
afterEach(() => running.stop());

/** A device enrolled by the owner under a name; `former`: the till it was before. */
async function enrolled(name: string, former?: TillClient): Promise<TillClient> {
  const offer = enrolmentOffer.parse((await owner.call('POST', '/tills/enrolments')).json);
  const till = await TillClient.make(running.url, clock.now);
  const as = { name, ...(former !== undefined && { former: former.id }) };
  expect((await till.enrol(offer.token, {}, as)).json.kind).toBe('enrolled');
  await till.signIn();
  return till;
}

/** The name that a till gets from the relay. */
async function ownName(till: TillClient): Promise<string | undefined> {
  return health.parse((await till.call('GET', '/health')).json).till?.name;
}

const rename = (id: string, name: unknown) => owner.call('PUT', `/tills/${id}/name`, { name });

/** The tills that are in use. */
async function names(): Promise<string[]> {
  const { tills } = tillsReply.parse((await owner.call('GET', '/tills')).json);
  return tills
    .filter(({ revokedAt, replacedAt }) => revokedAt === null && replacedAt === null)
    .map(({ name }) => name)
    .sort();
}

/** Who changed what, by the messages to owners. */
async function ownersTold(): Promise<unknown[]> {
  const { json } = await owner.call('GET', '/owner-notices');
  return ownerNoticesReply.parse(json).changes.map(({ by, weakenings }) => [by, weakenings]);
}

describe('renaming', () => {
  it('gives a till another name, which the till itself and the list get from then on', async () => {
    const other = await enrolled('Касса 2');
    const reply = await rename(other.id, '  Касса у  входа ');
    expect([reply.status, reply.json]).toEqual([
      200,
      { kind: 'till-renamed', name: 'Касса у входа' },
    ]);
    expect(tillRenamed.safeParse(reply.json).success).toBe(true);
    expect(await ownName(other)).toBe('Касса у входа');
    expect(await names()).toEqual(['Касса 1', 'Касса у входа']);
  });

  it('refuses years that are a number to call in the shop’s country, also for a new till', async () => {
    const other = await enrolled('Касса 2010-2024');
    expect(await ownName(other)).toBe('Касса 2010-2024');
    const policy = await owner.policy();
    const next = { ...policy, version: 2, shop: { ...policy.shop, phoneCountry: 'DK' } };
    expect((await owner.putPolicy(1, next)).json.kind).toBe('policy');
    const refused = { kind: 'malformed', path: 'name' };
    expect((await rename(owner.id, 'Касса 2010-2024')).json).toEqual(refused);
    const offer = (await owner.call('POST', '/tills/enrolments')).json as { token: string };
    const third = await TillClient.make(running.url, clock.now);
    const as = { name: 'Касса 2010-2024' };
    expect((await third.enrol(offer.token, {}, as)).json).toEqual(refused);
    expect((await third.enrol(offer.token, {}, { name: 'Касса 1990-2024' })).json.kind).toBe(
      'enrolled',
    );
  });

  it('reports the name of a new till to the owners', async () => {
    await enrolled('Касса 1');
    expect(await ownersTold()).toEqual([[null, [{ kind: 'till-named', to: 'Касса 2' }]]]);
  });

  it('reports to the owners who renamed which till, and nothing if the name stays', async () => {
    const other = await enrolled('Касса 2');
    const enrolment = [null, [{ kind: 'till-named', to: 'Касса 2' }]];
    await rename(other.id, ' Касса  2');
    await rename(other.id, 'Касса 1');
    expect(await ownersTold()).toEqual([enrolment]);
    await rename(other.id, 'У входа');
    expect(await ownersTold()).toEqual([
      [owner.ownerId, [{ kind: 'till-name', from: 'Касса 2', to: 'У входа' }]],
      enrolment,
    ]);
  });

  it('refuses a name that another till has, in any letters', async () => {
    const other = await enrolled('Касса 2');
    const reply = await rename(other.id, 'КАССА  1');
    expect([reply.status, reply.json]).toEqual([409, { kind: 'name-taken' }]);
    expect(await ownName(other)).toBe('Касса 2');
  });

  it('lets a till change the letters of its own name', async () => {
    expect((await rename(owner.id, 'КАССА 1')).json).toMatchObject({ name: 'КАССА 1' });
  });

  it.each([
    '',
    '   ',
    'я'.repeat(41),
    7,
    ...['Касса bank.ru', 'Касса банк.рф', 'https://x', 'a@b', 'Касса +7 (900) 123-45-67'],
    ...['ｂａｎｋ．ｒｕ', 'Кас\u200bса', '\u202eассаК', 'Касса\u2028Код 123456'],
  ])('refuses a name like %j', async (name) => {
    const reply = await rename(owner.id, name);
    expect([reply.status, reply.json]).toEqual([400, { kind: 'malformed', path: 'name' }]);
  });

  it.each(['Касса №2', 'Ул. Ленина, 5', 'Till 2.1', 'Круглосуточно 24/7'])(
    'accepts a name like %s',
    async (name) => {
      expect((await rename(owner.id, name)).json).toEqual({ kind: 'till-renamed', name });
    },
  );

  it('needs the PIN of an operator with the right', async () => {
    const other = await enrolled('Касса 2');
    const unasked = await other.call('PUT', `/tills/${other.id}/name`, { name: 'Моя' });
    expect([unasked.status, unasked.json]).toEqual([
      403,
      { kind: 'elevation-needed', level: 'pin' },
    ]);
  });

  it('finds no till that is unknown or was removed', async () => {
    expect((await rename(uuidv7(), 'Касса 9')).status).toBe(404);
    const other = await enrolled('Касса 2');
    await owner.call('DELETE', `/tills/${other.id}`);
    expect((await rename(other.id, 'Касса 9')).status).toBe(404);
  });
});

describe('a new till', () => {
  it('gets a number after its name if the name is taken, and the reply says so', async () => {
    const second = await enrolled('касса 1');
    const third = await enrolled('Касса 1');
    expect(await Promise.all([second, third].map(ownName))).toEqual(['касса 2', 'Касса 3']);
  });

  it('may have the name of a removed till', async () => {
    const second = await enrolled('Касса 2');
    await owner.call('DELETE', `/tills/${second.id}`);
    expect(await ownName(await enrolled('Касса 2'))).toBe('Касса 2');
  });
});

describe('a re-enrolled till', () => {
  it('keeps the name of the till it was', async () => {
    const before = await enrolled('Касса 2');
    const after = await enrolled('Касса 2', before);
    expect(await ownName(after)).toBe('Касса 2');
    expect(await names()).toEqual(['Касса 1', 'Касса 2']);
  });

  it('keeps it also if that till was removed in between', async () => {
    const before = await enrolled('Касса 2');
    await owner.call('DELETE', `/tills/${before.id}`);
    expect(await ownName(await enrolled('Касса 2', before))).toBe('Касса 2');
  });

  it("has that till's last name, even if the device did not know it", async () => {
    const before = await enrolled('Касса 2');
    await rename(before.id, 'Бар');
    expect(await ownName(await enrolled('Касса 2', before))).toBe('Бар');
  });

  it('gets another if a third till has the name by now', async () => {
    const before = await enrolled('Касса 2');
    await owner.call('DELETE', `/tills/${before.id}`);
    await enrolled('Касса 2');
    expect(await ownName(await enrolled('Касса 2', before))).toBe('Касса 3');
  });

  it('of an unknown former till has the name it asks for, if it is free', async () => {
    const stranger = await TillClient.make(running.url, clock.now);
    expect(await ownName(await enrolled('Касса 1', stranger))).toBe('Касса 2');
  });

  it('gives the name back when its former till turns out to be in use: it was a copy', async () => {
    const original = await enrolled('Касса 2');
    const copy = await enrolled('Касса 2', original);
    expect(await ownName(copy)).toBe('Касса 2');
    clock.pass(6 * MINUTE);
    expect(await ownName(original)).toBe('Касса 2');
    expect(await ownName(copy)).toBe('Касса 3');
  });

  it('that never made contact gives the name back, and gets it again when it enrols once more', async () => {
    const before = await enrolled('Касса 2');
    const token = async () =>
      enrolmentOffer.parse((await owner.call('POST', '/tills/enrolments')).json).token;
    const after = await TillClient.make(running.url, clock.now);
    const as = { name: 'Касса 2', former: before.id };
    // the reply is lost, so the device continues as its former till
    const first = await token();
    await after.enrol(first, {}, as);
    clock.pass(6 * MINUTE);
    expect(await ownName(before)).toBe('Касса 2');
    expect(await names()).toEqual(['Касса 1', 'Касса 2', 'Касса 3']);
    await after.enrol(first, {}, as);
    expect(await names()).toEqual(['Касса 1', 'Касса 2']);
    clock.pass(2 * MINUTE);
    await after.enrol(await token(), {}, as);
    await after.signIn();
    expect(await ownName(after)).toBe('Касса 2');
    expect(await names()).toEqual(['Касса 1', 'Касса 2']);
  });

  it('is accepted while the device may still be changing over', async () => {
    const before = await enrolled('Касса 2');
    const after = await enrolled('Касса 2', before);
    clock.pass(MINUTE);
    await before.call('GET', '/health');
    expect(await ownName(after)).toBe('Касса 2');
  });
});
