// Protected settings: from the first real service on each change takes a code of an owner, or a token.
// Attempts of dishonest staff with a PIN, a copied bearer token, or a service of their own.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Operator, Policy } from '$lib/contract/policy';
import { gateRefusal } from '$lib/contract/till';
import { CONSENT_HEADER, SIGNATURE_HEADER } from '$lib/contract/version';
import { routes } from '../support/api';
import { addChange } from '../../relay/store/phone-changes';
import { offerEnrolment } from '../../relay/tills/tokens';
import { chooseService, otherThan, smsruDraft, START, tokensOf } from '../support/challenges';
import { FakeSmsru } from '../support/fake-smsru';
import { verifierOf } from '../support/pin-verifiers';
import { numbersIn } from '../support/numbers-in';
import { makeClock, startRelay, type RunningRelay, type StartOptions } from '../support/relay';
import { withOwnersPhone } from '../support/second-factor';
import { CARD_SALT } from '../support/till-journal';
import { OWNER_PHONE, TillClient, type Reply } from '../support/till-client';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SECOND_PHONE = '+79031112244';
const MANAGER_PHONE = '+79031112255';

const managerId = uuidv7();
const secondId = uuidv7();
const MANAGER_PIN = '864209';

let relay: RunningRelay;
let smsru: FakeSmsru;
let till: TillClient;
let clock: ReturnType<typeof makeClock>;

const colleague = (parts: Partial<Operator>): Operator => ({
  id: managerId,
  name: 'Пётр',
  group: 'manager',
  pin: verifierOf(MANAGER_PIN),
  phone: null,
  taxNumber: null,
  active: true,
  ...parts,
});
const withManager = (policy: Policy): Policy => ({
  ...policy,
  operators: [...policy.operators, colleague({})],
});
const withSecondOwner = (policy: Policy): Policy => ({
  ...policy,
  operators: [
    ...policy.operators,
    colleague({ id: secondId, name: 'Вера', group: 'owner', phone: SECOND_PHONE }),
  ],
});

async function start(
  change: (policy: Policy) => Policy = withManager,
  options: StartOptions = {},
): Promise<void> {
  clock = makeClock(START);
  smsru = await FakeSmsru.start();
  relay = await startRelay({ now: clock.now, ...options });
  till = await TillClient.ready(relay.url, clock.now, (policy) => change(withOwnersPhone(policy)));
}

/** A shop with a real service and the owner's phone proven by its first code; nobody is elevated or answers. */
async function startReal(change: (policy: Policy) => Policy = withManager): Promise<void> {
  await start(change);
  await till.elevate();
  await chooseService(relay, till, smsru, smsruDraft(smsru));
  till.tokens = null;
  await till.signIn();
  smsru.forget();
}

afterEach(async () => {
  await relay.stop();
  await smsru.stop();
});

const lastCode = (): string => smsru.codes.at(-1) ?? '';
const asManager = { operatorId: managerId, pin: MANAGER_PIN, level: 'pin' } as const;
const token = (): Promise<string> => tokensOf(relay)();
const withCode = (code: string) => ({ [CONSENT_HEADER]: `code:${code}` });
const withToken = (given: string) => ({ [CONSENT_HEADER]: `token:${given}` });

/** The state of a consent that is needed. */
function stateOf(reply: Reply): { readonly kind: string; readonly [field: string]: unknown } {
  expect([reply.status, reply.json.kind]).toEqual([403, 'consent-needed']);
  gateRefusal.parse(reply.json);
  return reply.json.state as ReturnType<typeof stateOf>;
}

async function capped(minor: number): Promise<Policy> {
  const policy = await till.policy();
  return { ...policy, credit: { ...policy.credit, debtLimit: minor } };
}
const raise = async (minor = 90_000_000, headers = {}): Promise<Reply> => {
  const policy = await capped(minor);
  return till.call('PUT', '/policy', { base: policy.version, policy }, headers);
};

describe('the messaging service of a dishonest manager', () => {
  let theirs: FakeSmsru;
  beforeEach(async () => {
    await startReal();
    theirs = await FakeSmsru.start();
  });
  afterEach(() => theirs.stop());

  test('is not saved by a PIN: the owner is asked, by the service in use', async () => {
    await till.elevate(asManager);
    const reply = await till.call('PUT', '/provider', smsruDraft(theirs));
    expect(stateOf(reply)).toMatchObject({ kind: 'code-sent', phoneMasked: '+7 903 ··· 22 33' });
    expect(reply.json.operator).toBe(till.ownerId);
    expect(theirs.sends).toHaveLength(0);
    expect(smsru.sends.map(({ fields }) => [fields['to'], fields['msg']])).toEqual([
      [
        OWNER_PHONE.slice(1),
        expect.stringMatching(
          /^Весна: другой адрес сервиса кодов \(SMS\.RU\)\. Просит Пётр, касса «Касса 1»\. Код \d{6}$/,
        ),
      ],
    ]);
    expect(relay.relay.provider.current().config['baseUrl']).toBe(smsru.url);
    const right = await till.call('PUT', '/provider', smsruDraft(theirs), withCode(lastCode()));
    expect(right.json.kind).toBe('provider');
    expect(relay.relay.provider.current().config['baseUrl']).toBe(theirs.url);
  });

  test('nor are its texts, which would hide the amount', async () => {
    await till.elevate(asManager);
    const hidden = { 'redeem-points': '{code}', 'sell-on-account': '{code}' };
    const reply = await till.call('PUT', '/provider', { ...smsruDraft(smsru), texts: hidden });
    expect(stateOf(reply).kind).toBe('code-sent');
    expect(smsru.sends.at(-1)?.fields['msg']).toMatch(/тексты сообщений \(SMS\.RU\)/);
  });

  test('a code for one draft saves no other', async () => {
    await till.elevate(asManager);
    const harmless = { ...smsruDraft(smsru), lowBalance: '100' };
    expect(stateOf(await till.call('PUT', '/provider', harmless)).kind).toBe('code-sent');
    const other = await till.call('PUT', '/provider', smsruDraft(theirs), withCode(lastCode()));
    expect(stateOf(other)).toEqual({ kind: 'spent', because: 'expired' });
    expect(relay.relay.provider.current().config['baseUrl']).toBe(smsru.url);
    expect((await till.call('PUT', '/provider', harmless, withCode(lastCode()))).status).toBe(200);
  });

  test('while the service in use is broken only a token changes it', async () => {
    await smsru.goDark();
    await till.elevate();
    await till.elevate({ level: 'pin' });
    const reply = await till.call('PUT', '/provider', smsruDraft(theirs));
    expect(stateOf(reply)).toEqual({ kind: 'provider-unreachable' });
    const given = await token();
    const saved = await till.call('PUT', '/provider', smsruDraft(theirs), withToken(given));
    expect(saved.json.kind).toBe('provider');
    expect(theirs.sends).toHaveLength(0);
  });
});

describe('one code, one change', () => {
  beforeEach(async () => {
    await startReal();
    await till.elevate({ level: 'pin' });
  });

  test('the owner’s PIN alone changes nothing protected', async () => {
    const customer = uuidv7();
    const policy = await capped(1);
    const asked: [method: string, path: string, json?: unknown][] = [
      ['PUT', '/policy', { base: 1, policy }],
      ['PUT', '/provider', smsruDraft(smsru)],
      [
        'POST',
        '/customers/trusted',
        { contacts: [{ customer, phone: '+79255070602', cardSalt: CARD_SALT }] },
      ],
    ];
    for (const [method, path, json] of asked)
      expect(stateOf(await till.call(method, path, json)).kind, path).toBe('code-sent');
    clock.pass(25 * HOUR);
    await till.signIn();
    await till.elevate({ level: 'pin' });
    const askedAt = clock.now();
    await addChange(relay.relay.db, {
      customer,
      tag: 'tag',
      phone: relay.relay.cipher.encrypt('+79255070602'),
      askedAt,
      askedBy: till.id,
      replaced: null,
    });
    for (const [method, path] of [
      ['DELETE', `/customers/${customer}/phone-change/${askedAt}`],
      ['DELETE', '/provider/stop'],
      ['DELETE', `/provider/stops/${till.id}`],
    ] as const)
      expect(stateOf(await till.call(method, path)).kind, path).toBe('code-sent');
    clock.pass(25 * HOUR);
    await till.signIn();
    await till.elevate({ level: 'pin' });
    for (const [method, path] of [
      ['POST', '/tills/enrolments'],
      ['DELETE', `/tills/${till.id}`],
    ] as const)
      expect(stateOf(await till.call(method, path)).kind, path).toBe('code-sent');
    expect((await till.policy()).version).toBe(1);
  });

  test('a policy change is made by its own code, which names it, till and asker', async () => {
    await till.elevate(asManager);
    expect(stateOf(await raise()).kind).toBe('code-sent');
    expect(smsru.sends.at(-1)?.fields['msg']).toMatch(
      /^Весна: пределы долга: предел долга .* → 900 000,00 ₽\. Просит Пётр, касса «Касса 1»\. Код \d{6}$/,
    );
    const code = lastCode();
    expect(stateOf(await raise(90_000_000, withCode(otherThan(code))))).toEqual({
      kind: 'wrong-code',
      checksLeft: 4,
    });
    expect((await till.policy()).version).toBe(1);
    expect((await raise(90_000_000, withCode(code))).json.kind).toBe('policy');
    expect((await till.policy()).credit.debtLimit).toBe(90_000_000);
  });

  test('a code for one change makes no other', async () => {
    await raise(100);
    const code = lastCode();
    expect(stateOf(await raise(90_000_000, withCode(code)))).toEqual({
      kind: 'spent',
      because: 'expired',
    });
    const enrolled = await till.call('POST', '/tills/enrolments', undefined, withCode(code));
    expect(stateOf(enrolled)).toEqual({ kind: 'spent', because: 'expired' });
    expect((await raise(100, withCode(code))).status).toBe(200);
  });

  test('a code makes one change once, for parallel requests, too', async () => {
    await till.call('POST', '/tills/enrolments');
    const consent = withCode(lastCode());
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => till.call('POST', '/tills/enrolments', undefined, consent)),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    const again = await till.call('POST', '/tills/enrolments', undefined, consent);
    expect(stateOf(again)).toEqual({ kind: 'spent', because: 'expired' });
  });

  test('a code counts only at the till and for the operator that asked', async () => {
    await raise(100);
    const consent = withCode(lastCode());
    const other = await TillClient.make(relay.url, clock.now);
    await other.enrol((await offerEnrolment(relay.relay)).token);
    await other.signIn();
    await other.elevate({ operatorId: till.ownerId, level: 'pin' });
    const change = { base: 1, policy: await capped(100) };
    const elsewhere = await other.call('PUT', '/policy', change, consent);
    expect(stateOf(elsewhere)).toEqual({ kind: 'spent', because: 'expired' });
    await till.elevate(asManager);
    expect(stateOf(await raise(100, consent))).toEqual({ kind: 'spent', because: 'expired' });
  });

  test('five wrong codes end it, over a restart', async () => {
    await raise(100);
    const code = lastCode();
    for (let i = 0; i < 3; i += 1) await raise(100, withCode(otherThan(code)));
    await relay.restart();
    await till.signIn();
    await till.elevate({ level: 'pin' });
    await raise(100, withCode(otherThan(code)));
    expect(stateOf(await raise(100, withCode(otherThan(code))))).toEqual({
      kind: 'spent',
      because: 'too-many-checks',
    });
    expect(stateOf(await raise(100, withCode(code)))).toEqual({
      kind: 'spent',
      because: 'expired',
    });
  });

  test('a code to open lists makes no change, nor the other way round', async () => {
    await till.elevate();
    expect(stateOf(await raise(100, withCode(lastCode()))).kind).toBe('spent');
    await raise(100);
    expect((await till.elevate({ code: lastCode() })).json.kind).toMatch(/wrong-code|spent/);
  });

  test('after three unanswered codes only a token makes changes, for a day; answered ones do not count', async () => {
    for (const minor of [100, 200]) {
      await raise(minor);
      expect((await raise(minor, withCode(lastCode()))).status).toBe(200);
    }
    for (const minor of [301, 302, 303]) expect(stateOf(await raise(minor)).kind).toBe('code-sent');
    const closed = { kind: 'token-needed', because: 'unanswered' };
    expect(stateOf(await raise(304))).toEqual(closed);
    await relay.restart();
    await till.signIn();
    await till.elevate({ level: 'pin' });
    const sent = smsru.sends.length;
    expect(stateOf(await raise(304))).toEqual(closed);
    expect(smsru.sends).toHaveLength(sent);
    expect((await raise(304, withToken(await token()))).status).toBe(200);
    clock.pass(24 * HOUR);
    await till.signIn();
    await till.elevate({ level: 'pin' });
    expect(stateOf(await raise(305)).kind).toBe('code-sent');
  });

  test('a token makes one change; one for enrolment makes none', async () => {
    const given = await token();
    expect((await raise(100, withToken(given))).status).toBe(200);
    expect(stateOf(await raise(200, withToken(given)))).toEqual({ kind: 'wrong-token' });
    expect((await till.elevate({ token: given })).json.kind).toBe('wrong-token');
    const enrolment = (await offerEnrolment(relay.relay)).token;
    expect(stateOf(await raise(200, withToken(enrolment)))).toEqual({ kind: 'wrong-token' });
    const spent = await token();
    await Promise.all([raise(301, withToken(spent)), raise(302, withToken(spent))]);
    expect((await till.policy()).version).toBe(3);
  });

  test('the shop’s name and the language of its messages take the PIN; its contact an owner', async () => {
    const policy = await till.policy();
    const { shop } = policy;
    const named = { ...policy, shop: { ...shop, name: 'Весна 2', messageLanguage: 'en' as const } };
    expect((await till.putPolicy(1, named)).status).toBe(200);
    expect((await till.call('PUT', `/tills/${till.id}/name`, { name: 'У окна' })).status).toBe(200);
    // the owner gets a message about both new names after the answers, and asked for nothing
    await expect.poll(() => smsru.sends).toHaveLength(2);
    const contact = { ...named, shop: { ...named.shop, contact: '+79990000000' } };
    expect(stateOf(await till.putPolicy(2, contact)).kind).toBe('code-sent');
  });

  test('a resend sends the same code once more', async () => {
    await raise(100);
    expect(stateOf(await raise(100, { [CONSENT_HEADER]: 'resend' })).kind).toBe('too-early');
    clock.pass(30_000);
    expect(stateOf(await raise(100, { [CONSENT_HEADER]: 'resend' }))).toMatchObject({
      kind: 'code-sent',
      sendsLeft: 1,
    });
    expect(new Set(smsru.codes).size).toBe(1);
    expect((await till.call('PUT', '/policy', {}, { [CONSENT_HEADER]: 'yes' })).status).toBe(400);
  });
});

describe('numbers of owners', () => {
  const withPhone = async (id: string, phone: string | null): Promise<Policy> => {
    const policy = await till.policy();
    return {
      ...policy,
      operators: policy.operators.map((it) => (it.id === id ? { ...it, phone } : it)),
    };
  };

  test('the number of another owner changes with the codes of both', async () => {
    await startReal(withSecondOwner);
    await till.elevate({ level: 'pin' });
    const policy = await withPhone(secondId, '+79031119999');
    const put = (headers = {}): Promise<Reply> =>
      till.call('PUT', '/policy', { base: 1, policy }, headers);
    expect(stateOf(await put()).phoneMasked).toBe('+7 903 ··· 22 33');
    const first = lastCode();
    expect(stateOf(await put(withCode(first)))).toMatchObject({
      kind: 'code-sent',
      phoneMasked: '+7 903 ··· 22 44',
    });
    expect(smsru.sends.at(-1)?.fields['to']).toBe(SECOND_PHONE.slice(1));
    expect((await till.policy()).version).toBe(1);
    expect(stateOf(await put(withCode(first))).kind).toMatch(/wrong-code/);
    expect(stateOf(await put()).kind).toBe('code-sent');
    expect((await put(withCode(lastCode()))).status).toBe(200);
    expect((await put()).json.kind).toBe('policy-differs');
  });

  test('a changed number gets no codes before it is proven; nobody can change anything meanwhile', async () => {
    await startReal();
    await till.elevate({ level: 'pin' });
    const policy = await withPhone(till.ownerId, '+79031119999');
    await till.putPolicy(1, policy);
    const moved = await till.call('PUT', '/policy', { base: 1, policy }, withCode(lastCode()));
    expect(moved.status).toBe(200);
    const codes = smsru.codes.length;
    expect(stateOf(await raise(100))).toEqual({ kind: 'token-needed', because: 'no-proven-owner' });
    expect((await till.elevate()).json).toEqual({ kind: 'no-proven-phone' });
    expect(smsru.codes).toHaveLength(codes);
    const proof = `/operators/${till.ownerId}/phone-proof`;
    await till.call('POST', proof, {});
    expect((await till.call('POST', proof, { code: lastCode() })).json.kind).toBe('proven');
    expect(stateOf(await raise(100)).kind).toBe('code-sent');
  });

  test('a manager changes neither an owner’s number nor themselves into an owner', async () => {
    await startReal();
    await till.elevate(asManager);
    const given = await token();
    for (const policy of [
      await withPhone(till.ownerId, MANAGER_PHONE),
      withManager(await till.policy()),
      {
        ...(await till.policy()),
        operators: (await till.policy()).operators.map((it) => ({ ...it, group: 'owner' })),
      },
    ]) {
      const reply = await till.call('PUT', '/policy', { base: 1, policy }, withToken(given));
      expect([reply.status, reply.json.kind]).toEqual([422, 'policy-refused']);
    }
    // none of them spent it
    expect((await raise(100, withToken(given))).status).toBe(200);
  });

  test('a manager’s own proven phone consents to nothing', async () => {
    await startReal((policy) => ({
      ...policy,
      operators: [...policy.operators, colleague({ phone: MANAGER_PHONE })],
    }));
    await till.elevate(asManager);
    const proof = `/operators/${managerId}/phone-proof`;
    await till.call('POST', proof, {});
    expect((await till.call('POST', proof, { code: lastCode() })).json.kind).toBe('proven');
    expect(stateOf(await raise()).phoneMasked).toBe('+7 903 ··· 22 33');
  });
});

describe('reading protected lists', () => {
  const LISTS = [
    '/tills',
    '/provider',
    '/provider/history',
    '/provider/costs?from=2026-11-01&to=2026-11-30&zone=Europe/Moscow',
    '/journal/flags',
    '/phones/flags',
    '/owner-notices',
  ];
  const closed = { kind: 'elevation-needed', level: 'phone' };

  test('takes PIN and a code to one’s own proven phone, for ten minutes', async () => {
    await startReal();
    await till.elevate({ level: 'pin' });
    for (const path of LISTS) expect((await till.call('GET', path)).json, path).toEqual(closed);
    expect((await till.elevate()).json.kind).toBe('code-sent');
    expect((await till.call('GET', '/tills')).json).toEqual(closed);
    expect((await till.elevate({ code: lastCode() })).json.kind).toBe('elevated');
    for (const path of LISTS) expect((await till.call('GET', path)).status, path).toBe(200);
    clock.pass(10 * MINUTE);
    expect((await till.call('GET', '/tills')).json).toEqual(closed);
  });

  test('is closed to a manager without a proven phone, who gets no code of the owner’s for it', async () => {
    await startReal();
    const reply = await till.elevate({ ...asManager, level: 'phone' });
    expect([reply.status, reply.json]).toEqual([403, { kind: 'no-proven-phone' }]);
    expect((await till.call('GET', '/tills')).status).toBe(403);
    expect(smsru.sends).toHaveLength(0);
    const opened = await till.elevate({ ...asManager, level: 'phone', token: await token() });
    expect(opened.json.kind).toBe('elevated');
    expect((await till.call('GET', '/tills')).status).toBe(200);
  });

  test('an elevation from before the first real service opens none', async () => {
    await start();
    await till.elevate();
    expect((await till.call('GET', '/tills')).status).toBe(200);
    till.codes = lastCode;
    expect((await till.call('PUT', '/provider', smsruDraft(smsru))).status).toBe(200);
    expect((await till.call('GET', '/tills')).json).toEqual(closed);
  });

  test('a revoked till’s elevated session opens nothing more', async () => {
    await startReal();
    await till.elevate({ token: await token() });
    const path = `/tills/${till.id}`;
    expect((await till.call('DELETE', path, undefined, withToken(await token()))).status).toBe(204);
    for (const [method, asked] of [
      ['GET', '/tills'],
      ['POST', '/tills/enrolments'],
    ] as const)
      expect((await till.call(method, asked, undefined, withToken(await token()))).status).toBe(
        401,
      );
  });
});

describe('every protected route of the document', () => {
  const gated = routes.flatMap(({ access, method, path, consentWhen }) =>
    access.kind === 'elevation'
      ? [{ name: `${method} ${path}`, level: access.level, consentWhen }]
      : [],
  );
  /** The kind of its refusal; the body does not fit its schema. */
  async function refusalOf(name: string, of = till): Promise<unknown> {
    const [method = '', path = ''] = name.split(' ');
    const json = method === 'GET' ? undefined : { surplus: true };
    return (await of.call(method, path.replace(/:\w+/g, till.id), json)).json.kind;
  }

  test('is closed to a session alone, to a PIN where it takes a code, and to an unsigned request', async () => {
    await startReal();
    expect(gated.length).toBeGreaterThan(18);
    for (const { name } of gated) expect(await refusalOf(name), name).toBe('elevation-needed');
    await till.elevate({ level: 'pin' });
    for (const { name } of gated.filter(({ level }) => level === 'phone'))
      expect(await refusalOf(name), name).toBe('elevation-needed');
    await till.elevate({ token: await token() });
    const copy = await TillClient.make(relay.url, clock.now);
    copy.bearer = till.bearer;
    for (const { name } of gated) expect(await refusalOf(name, copy), name).toBe('wrong-signature');
  });

  test('is closed to a cashier’s PIN, which opens no session for it', async () => {
    await startReal((policy) => ({
      ...policy,
      operators: [...policy.operators, colleague({ group: 'cashier' })],
    }));
    expect((await till.elevate(asManager)).json.kind).toBe('no-right');
    for (const { name } of gated) expect(await refusalOf(name), name).toBe('elevation-needed');
  });
});

describe('a copied bearer token', () => {
  const signed = (header: string) => ({ [SIGNATURE_HEADER]: header });
  beforeEach(async () => {
    await startReal();
    await till.elevate({ token: await token() });
  });

  test('opens nothing without the till’s signature over the request', async () => {
    const other = await TillClient.make(relay.url, clock.now);
    other.bearer = till.bearer;
    const wrong = { kind: 'wrong-signature' };
    for (const [method, path, json] of [
      ['GET', '/tills', undefined],
      ['POST', '/tills/enrolments', undefined],
      ['POST', '/sessions/elevation', { operatorId: till.ownerId, pin: '135790', level: 'pin' }],
    ] as const)
      expect((await other.call(method, path, json)).json, path).toEqual(wrong);
    // signed by its own key
    other.shopId = till.shopId;
    expect((await other.call('GET', '/tills')).json).toEqual(wrong);
    expect((await other.call('GET', '/health', undefined, signed('nonsense'))).json).toEqual(wrong);
    // requests that need no operator need no signature
    other.shopId = '';
    expect((await other.call('GET', '/policy')).status).toBe(200);
  });

  test('a signed request opens its own path, method and body, once and within a minute', async () => {
    const header = await till.signature('GET', '/tills');
    const read = (path: string, given: string): Promise<Reply> =>
      till.call('GET', path, undefined, signed(given));
    expect((await read('/provider', header)).json.kind).toBe('wrong-signature');
    expect((await read('/tills?x=1', header)).json.kind).toBe('wrong-signature');
    const posted = await till.call('POST', '/tills/enrolments', undefined, signed(header));
    expect(posted.json.kind).toBe('wrong-signature');
    expect((await read('/tills', header)).status).toBe(200);
    expect((await read('/tills', header)).json).toEqual({ kind: 'stale-signature', now: START });
    await relay.restart();
    await till.signIn();
    expect((await read('/tills', header)).json.kind).toBe('stale-signature');
    const late = await till.signature('GET', '/tills');
    clock.pass(MINUTE + 1);
    expect((await read('/tills', late)).json.kind).toBe('stale-signature');
    const text = JSON.stringify({ name: 'У окна' });
    const named = await till.signature('PUT', `/tills/${till.id}/name`, text);
    const renamed = await till.call('PUT', `/tills/${till.id}/name`, { name: 'Х' }, signed(named));
    expect(renamed.json.kind).toBe('wrong-signature');
  });

  test('parallel copies of one signed request open one', async () => {
    const header = await till.signature('GET', '/tills');
    const copies = Array.from({ length: 5 }, () =>
      till.call('GET', '/tills', undefined, signed(header)),
    );
    const replies = await Promise.all(copies);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('the first real service', () => {
  const save = (headers = {}): Promise<Reply> =>
    till.call('PUT', '/provider', smsruDraft(smsru), headers);
  const isDemo = (): boolean => relay.relay.provider.isDemo();
  /** As a request that a proxy forwarded. */
  const elsewhere = { 'X-Forwarded-For': '203.0.113.7' };

  test('is saved once its code, sent to the owner by itself, is typed; that proves their phone', async () => {
    await start();
    await till.elevate();
    expect(stateOf(await save()).kind).toBe('code-sent');
    expect(smsru.sends.at(-1)?.fields).toMatchObject({
      to: OWNER_PHONE.slice(1),
      msg: expect.stringMatching(
        /^Весна: сервис кодов \(SMS\.RU\)\. Просит Анна, касса «Касса 1»\. Код \d{6}$/,
      ) as string,
    });
    expect(stateOf(await save(withCode(otherThan(lastCode())))).kind).toBe('wrong-code');
    expect(isDemo()).toBe(true);
    expect((await save(withCode(lastCode()))).json.kind).toBe('provider');
    expect(isDemo()).toBe(false);
    const stands = await till.call('GET', `/operators/${till.ownerId}/phone-proof`);
    expect(stands.json.kind).toBe('proven');
  });

  test('is not saved by a manager, even at the relay’s own machine, without a token', async () => {
    await start();
    await till.elevate(asManager);
    const here = { kind: 'token-needed', because: 'not-this-machine' };
    expect(stateOf(await save())).toEqual(here);
    expect(smsru.sends).toHaveLength(0);
    const given = await token();
    expect(stateOf(await save(withToken(given))).kind).toBe('code-sent');
    expect(smsru.sends.at(-1)?.fields['to']).toBe(OWNER_PHONE.slice(1));
    const code = lastCode();
    expect(stateOf(await save(withCode(code)))).toEqual(here);
    const both = { [CONSENT_HEADER]: `code:${code} token:${given}` };
    expect((await save(both)).json.kind).toBe('provider');
    // the manager’s account could read that code
    const stands = await till.call('GET', `/operators/${till.ownerId}/phone-proof`);
    expect(stands.json.kind).toBe('unproven');
    expect(stateOf(await raise())).toEqual({ kind: 'token-needed', because: 'no-proven-owner' });
  });

  test('is not saved from elsewhere without a token', async () => {
    await start();
    await till.elevate();
    expect(stateOf(await save(elsewhere))).toEqual({
      kind: 'token-needed',
      because: 'not-this-machine',
    });
    expect(stateOf(await save({ ...elsewhere, ...withToken('ABCDEFGHJK') }))).toEqual({
      kind: 'wrong-token',
    });
    expect(smsru.sends).toHaveLength(0);
    const given = await token();
    await save({ ...elsewhere, ...withToken(given) });
    const both = { ...elsewhere, [CONSENT_HEADER]: `code:${lastCode()} token:${given}` };
    expect((await save(both)).json.kind).toBe('provider');
  });

  test('needs the number of an owner', async () => {
    await start((policy) => ({
      ...policy,
      operators: policy.operators.map((it) => ({ ...it, phone: null })),
    }));
    await till.elevate();
    expect(stateOf(await save())).toEqual({ kind: 'owner-phone-needed' });
    expect(isDemo()).toBe(true);
  });

  test('of two drafts confirmed at once one is the first; the other is an ordinary change', async () => {
    await start();
    await till.elevate();
    const second = { ...smsruDraft(smsru), lowBalance: '5' };
    await save();
    const first = lastCode();
    await till.call('PUT', '/provider', second);
    const replies = await Promise.all([
      save(withCode(first)),
      till.call('PUT', '/provider', second, withCode(lastCode())),
    ]);
    expect(replies.map(({ json }) => json.kind).sort()).toEqual(['consent-needed', 'provider']);
  });

  test('before it the PIN is enough, and proves nothing', async () => {
    await start();
    await till.elevate(asManager);
    expect((await raise()).status).toBe(200);
    expect((await till.call('POST', '/tills/enrolments')).status).toBe(201);
    expect((await till.call('GET', '/tills')).status).toBe(200);
    const proof = await till.call('GET', `/operators/${till.ownerId}/phone-proof`);
    expect(proof.json).toEqual({ kind: 'demo' });
  });
});

test('no code, token or number is in the log', async () => {
  await startReal();
  await till.elevate({ level: 'pin' });
  await raise(100);
  const given = await token();
  await raise(200, withToken(given));
  const text = JSON.stringify(relay.log);
  expect(numbersIn(text)).not.toContain(lastCode());
  expect(text).not.toMatch(new RegExp(`9031112233|${given}`));
});
