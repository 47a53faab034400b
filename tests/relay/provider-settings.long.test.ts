// Settings of the messaging service: tried before they are saved, secrets never returned, demo ended.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { health } from '$lib/contract/health';
import type { Right } from '$lib/contract/policy';
import { providerSettings, providersReply, type ProviderDraft } from '$lib/contract/provider';
import {
  ask,
  check,
  debtRequest,
  DEMO_PHONE,
  PHONE,
  pointsRequest,
  smsruDraft,
  START,
  tokensOf,
} from '../support/challenges';
import { offerEnrolment } from '../../relay/tills/tokens';
import { verifierOf } from '../support/pin-verifiers';
import { TEXTS } from '../support/texts';
import { FakeJsonService } from '../support/fakes/described';
import { FakeSmsc } from '../support/fakes/smsc';
import { FakeSmsru } from '../support/fake-smsru';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient, type Reply } from '../support/till-client';
import { CARD_SALT } from '../support/till-journal';
import { withOwnersPhone } from '../support/second-factor';

let relay: RunningRelay;
let smsru: FakeSmsru;
let till: TillClient;
let clock: ReturnType<typeof makeClock>;
beforeEach(async () => {
  clock = makeClock(START);
  smsru = await FakeSmsru.start();
  relay = await startRelay({ now: clock.now });
  till = await TillClient.ready(relay.url, clock.now, withOwnersPhone);
  await till.elevate();
  till.codes = () => smsru.last().code;
});
afterEach(async () => {
  await relay.stop();
  await smsru.stop();
});

/** The owner answers the first code, which is then forgotten; tokens consent to what follows. */
async function save(draft: Partial<ProviderDraft> = {}): Promise<Reply> {
  const reply = await till.call('PUT', '/provider', { ...smsruDraft(smsru), ...draft });
  if (reply.json.kind !== 'provider' || reply.json['demo'] === true) return reply;
  smsru.forget();
  till.tokens = tokensOf(relay);
  await till.elevate();
  return reply;
}
const current = async (): Promise<Reply['json']> => (await till.call('GET', '/provider')).json;

describe('the available services', () => {
  test('every service lists its fields and its channels', async () => {
    const { json } = await till.call('GET', '/providers');
    const { providers } = providersReply.parse(json);
    const described = providers.find(({ id }) => id === 'smsru');
    expect(described).toMatchObject({
      name: 'SMS.RU',
      hasBalance: true,
      fields: [
        { key: 'apiId', kind: 'secret', required: true },
        { key: 'sender', kind: 'text', required: false },
        { key: 'baseUrl', kind: 'url', required: false },
      ],
    });
    expect(described?.channels.map(({ channel, codeOrigin }) => [channel, codeOrigin])).toEqual([
      ['sms', 'ours'],
      ['call', 'provider'],
    ]);
    expect(providers.some(({ id }) => id === 'demo')).toBe(true);
  });

  test('a channel that needs a setting names it, and is available once it is set', async () => {
    const { providers } = providersReply.parse((await till.call('GET', '/providers')).json);
    const needs = (id: string) =>
      Object.fromEntries(
        providers.find((each) => each.id === id)?.channels.map((can) => [can.channel, can.needs]) ??
          [],
      );
    expect(needs('smsaero')).toEqual({
      sms: [],
      viber: [],
      telegram: [],
      call: ['flashCall'],
      whatsapp: ['whatsApp'],
    });
    expect(needs('smsc')).toMatchObject({ sms: [], call: [], whatsapp: ['waBot'] });
    expect(needs('twilio')).toMatchObject({ sms: [], whatsapp: ['contentSid'] });
    const now = (await current())['channels'] as { channel: string }[];
    expect(now.map(({ channel }) => channel)).toEqual([
      'sms',
      'viber',
      'whatsapp',
      'telegram',
      'call',
    ]);
  });

  test('a shop starts with the demo and the default texts', async () => {
    const text = '{shop}: {action} {amount}. Код {code}';
    expect(await current()).toMatchObject({
      kind: 'provider',
      id: 'demo',
      fields: {},
      texts: { 'redeem-points': text, 'sell-on-account': text },
      lowBalance: null,
      demo: true,
      demoPhone: '/demo-phone',
    });
    const { json } = await till.call('GET', '/health');
    expect(health.parse(json).provider).toEqual({
      state: 'ready',
      checkedAt: START,
      low: false,
      demo: true,
    });
  });
});

describe('saving', () => {
  test('a key that the service accepts is stored, and shown by its last four characters', async () => {
    const reply = await save();
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({
      kind: 'provider',
      id: 'smsru',
      fields: { apiId: { set: true, tail: '…6789' }, baseUrl: smsru.url },
      texts: TEXTS,
      lowBalance: null,
      demo: false,
      demoPhone: null,
    });
    expect(providerSettings.safeParse(reply.json).success).toBe(true);
    await relay.restart();
    await till.signIn();
    await till.elevate();
    expect(await current()).toEqual(reply.json);
  });

  test('a key that the service refuses is not stored, and the old settings stay in use', async () => {
    await save();
    const reply = await save({ fields: { apiId: 'WRONG-KEY-9876543210', baseUrl: smsru.url } });
    expect([reply.status, reply.json]).toEqual([
      422,
      {
        kind: 'refused',
        because: 'auth',
        providerCode: '200',
        providerText: 'Неправильный api_id',
      },
    ]);
    expect(await current()).toMatchObject({ fields: { apiId: { tail: '…6789' } } });
    expect((await ask(till, debtRequest())).status).toBe(201);
  });

  test('settings of an unreachable service are stored, and it is shown as unreachable', async () => {
    await save();
    await smsru.stop();
    const reply = await save({ lowBalance: '5' });
    expect([reply.status, reply.json]).toMatchObject([200, { kind: 'provider', id: 'smsru' }]);
    const { json } = await till.call('GET', '/health');
    expect(health.parse(json).provider).toMatchObject({ state: 'unreachable', demo: false });
  });

  test('each text must contain the code', async () => {
    for (const action of ['sell-on-account', 'redeem-points'] as const) {
      const reply = await save({ texts: { ...TEXTS, [action]: '{shop}: {amount}' } });
      expect([reply.status, reply.json]).toEqual([422, { kind: 'code-missing', action }]);
    }
    expect(smsru.requests).toHaveLength(0);
  });

  test('the wrong field is named', async () => {
    const wrong: [Partial<ProviderDraft>, object][] = [
      [{ fields: { baseUrl: smsru.url } }, { kind: 'field-missing', key: 'apiId' }],
      [{ fields: { apiId: ' ', baseUrl: smsru.url } }, { kind: 'field-missing', key: 'apiId' }],
      [{ fields: { apiId: 'x', login: 'y' } }, { kind: 'field-wrong', key: 'login' }],
      [{ fields: { apiId: 'x', toString: 'y' } }, { kind: 'field-wrong', key: 'toString' }],
      [{ fields: { apiId: 'x\ny' } }, { kind: 'field-wrong', key: 'apiId' }],
      [{ fields: { apiId: 'x y' } }, { kind: 'field-wrong', key: 'apiId' }],
      [{ fields: { apiId: 'х' } }, { kind: 'field-wrong', key: 'apiId' }], // Cyrillic
      [{ fields: { apiId: 'x', sender: 'Ro\nmashka' } }, { kind: 'field-wrong', key: 'sender' }],
      [
        { id: 'mobizon', fields: { apiKey: 'x', host: '10.0.0.1' } },
        { kind: 'field-wrong', key: 'host' },
      ],
      [{ id: 'nobody' }, { kind: 'unknown-provider' }],
      [{ id: 'toString' }, { kind: 'unknown-provider' }],
    ];
    for (const [draft, expected] of wrong) expect((await save(draft)).json).toEqual(expected);
    for (const baseUrl of [
      'http://sms.ru',
      'https://10.1.2.3',
      'https://169.254.169.254',
      'sms.ru',
    ])
      expect((await save({ fields: { apiId: 'x', baseUrl } })).json).toEqual({
        kind: 'field-wrong',
        key: 'baseUrl',
      });
    expect(smsru.requests).toHaveLength(0);
  });

  test('a secret left out is kept, at the same address only', async () => {
    await save();
    const texts = { ...TEXTS, 'sell-on-account': 'Новый текст {code}' };
    const kept = await save({ fields: { baseUrl: smsru.url }, texts });
    expect(kept.json).toMatchObject({ kind: 'provider', texts, fields: { apiId: { set: true } } });
    const thief = await FakeSmsru.start();
    const elsewhere = await save({ fields: { baseUrl: thief.url } });
    expect(elsewhere.json).toEqual({ kind: 'field-missing', key: 'apiId' });
    for (const path of ['/provider/balance', '/provider/test-message']) {
      const draft = { ...smsruDraft(smsru, {}), fields: { baseUrl: thief.url } };
      const trial = path.endsWith('balance') ? { draft } : { draft, phone: PHONE, channel: 'sms' };
      const reply = await till.call('POST', path, trial);
      expect(reply.json).toEqual({ kind: 'field-missing', key: 'apiId' });
    }
    expect(thief.requests).toHaveLength(0);
    await thief.stop();
  });

  describe('a description of a service', () => {
    const KEY = 'KEY-WRITTEN-INTO-IT';
    let service: FakeJsonService;
    const draft = (parts: Readonly<Record<string, string>>) => ({
      id: service.id,
      texts: TEXTS,
      fields: { secret: service.secret, baseUrl: service.url, ...parts },
    });
    const spec = () => service.fields['spec']?.replace('v1/messages', `v1/messages?key=${KEY}`);
    beforeEach(async () => {
      service = await new FakeJsonService().listen();
      till.codes = () => service.last().code;
      expect((await save(draft({ spec: spec() ?? '' }))).json).toMatchObject({ kind: 'provider' });
    });
    afterEach(() => service.stop());

    test('is stored encrypted, and shown', async () => {
      const [row] = relay.file.prepare('SELECT * FROM provider').all();
      const stored = Object.values(row as object).map((value) =>
        value instanceof Buffer ? value.toString('latin1') : String(value),
      );
      expect(stored.join(' ')).not.toContain(KEY);
      expect(await current()).toMatchObject({ fields: { spec: spec() } });
    });

    test('left out, because it was not shown, is kept, at the same address only', async () => {
      const texts = { ...TEXTS, 'sell-on-account': 'Новый текст {code}' };
      const kept = await save({ ...draft({}), fields: { baseUrl: service.url }, texts });
      expect(kept.json).toMatchObject({ texts, fields: { spec: spec(), secret: { set: true } } });
      const elsewhere = await save(draft({ baseUrl: smsru.url }));
      expect(elsewhere.json).toEqual({ kind: 'field-missing', key: 'spec' });
    });
  });

  test('needs an elevated operator, as do every question to the service and every view of the settings', async () => {
    await save();
    const asked = smsru.requests.length;
    await till.signIn();
    const calls: [string, string, object?][] = [
      ['GET', '/provider'],
      ['PUT', '/provider', smsruDraft(smsru)],
      ['POST', '/provider/test-message', { phone: PHONE, channel: 'sms' }],
      ['POST', '/provider/test-message', { phone: PHONE, channel: 'sms', dryRun: true }],
      ['POST', '/provider/balance', {}],
      ['POST', '/provider/balance', { draft: smsruDraft(smsru) }],
      ['GET', '/provider/history'],
      ['GET', '/provider/costs?from=2026-09-01&to=2026-09-30'],
      ['GET', '/tills'],
      ['GET', '/journal/flags'],
      ['GET', '/owner-notices'],
      ['GET', '/phones/flags'],
    ];
    for (const [method, path, json] of calls) {
      const reply = await till.call(method, path, json);
      const level = method === 'PUT' ? 'pin' : 'phone';
      const needed = { kind: 'elevation-needed', level };
      expect([path, reply.status, reply.json]).toEqual([path, 403, needed]);
    }
    expect(smsru.requests).toHaveLength(asked);
  });

  test('a cashier who is elevated for something else is refused as well', async () => {
    await save();
    const questions = () => smsru.requests.filter(({ path }) => path !== '/sms/send').length;
    const asked = questions();
    const cashier = uuidv7();
    const policy = await till.policy();
    const rights: Right[] = ['sell', 'manage-customers'];
    await till.putPolicy(policy.version, {
      ...policy,
      groups: [...policy.groups, { id: 'cards', name: 'Карточки', rights, discountBasisPoints: 0 }],
      operators: [
        ...policy.operators,
        {
          id: cashier,
          name: 'Кирилл',
          group: 'cards',
          phone: null,
          taxNumber: null,
          active: true,
          pin: verifierOf('258025'),
        },
      ],
    });
    await till.signIn();
    expect((await till.elevate({ operatorId: cashier, pin: '258025' })).json.kind).toBe('elevated');
    for (const [method, path, json] of [
      ['POST', '/provider/balance', {}],
      ['GET', '/provider', undefined],
      ['GET', '/owner-notices', undefined],
    ] as const) {
      const reply = await till.call(method, path, json);
      expect([path, reply.status, reply.json]).toEqual([path, 403, { kind: 'no-right' }]);
    }
    expect(questions()).toBe(asked);
  });
});

describe('questions to the service', () => {
  const balance = (draft?: object) =>
    till.call('POST', '/provider/balance', draft === undefined ? {} : { draft });
  const dry = (draft?: object) =>
    till.call('POST', '/provider/test-message', {
      phone: PHONE,
      channel: 'sms',
      dryRun: true,
      ...(draft === undefined ? {} : { draft }),
    });
  const asked = (path: string) => smsru.requests.filter((one) => one.path === path).length;

  test('about the balance are one a minute for the whole shop, of saved settings and drafts together', async () => {
    await save();
    const before = asked('/my/balance');
    const limited = [429, { kind: 'limited', scope: 'shop', retryAt: START + 60_000 }];
    expect((await balance()).json).toMatchObject({ kind: 'balance' });
    // the limit is shared by all tills of the shop
    const other = await TillClient.make(relay.url, clock.now);
    await other.enrol((await offerEnrolment(relay.relay)).token);
    await other.signIn();
    other.tokens = till.tokens;
    await other.elevate({ operatorId: till.ownerId });
    for (const draft of [undefined, smsruDraft(smsru)])
      for (const one of [till, other]) {
        const reply = await one.call('POST', '/provider/balance', draft ? { draft } : {});
        expect([reply.status, reply.json]).toEqual(limited);
      }
    expect(asked('/my/balance')).toBe(before + 1);
    clock.pass(59_999);
    expect((await balance()).status).toBe(429);
    clock.pass(1);
    expect((await balance()).json).toMatchObject({ kind: 'balance' });
    expect(asked('/my/balance')).toBe(before + 2);
  });

  test('about the balance are one a minute over parallel requests and a restart', async () => {
    await save();
    const before = asked('/my/balance');
    const replies = await Promise.all(Array.from({ length: 8 }, () => balance()));
    const kinds = replies.map(({ json }) => json.kind).toSorted();
    expect(kinds).toEqual(['balance', ...Array<string>(7).fill('limited')]);
    await relay.restart();
    await till.signIn();
    await till.elevate();
    const own = asked('/my/balance');
    expect((await balance()).json.kind).toBe('limited');
    expect([own - before <= 2, asked('/my/balance')]).toEqual([true, own]);
  });

  test('by a dry test are one a minute, too, whatever the number and the draft', async () => {
    await save();
    expect((await dry()).json).toMatchObject({ kind: 'sent' });
    const again = await dry(smsruDraft(smsru));
    expect([again.status, again.json]).toEqual([
      429,
      { kind: 'limited', scope: 'shop', retryAt: START + 60_000 },
    ]);
    expect(smsru.sends).toHaveLength(1);
    clock.pass(60_000);
    expect((await dry()).json).toMatchObject({ kind: 'sent' });
  });

  test('that are not sent do not use up the minute', async () => {
    expect((await balance()).json).toEqual({ kind: 'no-balance' });
    const wrong = { ...smsruDraft(smsru), fields: { baseUrl: smsru.url } };
    expect((await balance(wrong)).json).toMatchObject({ kind: 'field-missing' });
    expect((await balance(smsruDraft(smsru))).json).toMatchObject({ kind: 'balance' });
    await save();
    const call = { phone: PHONE, channel: 'call', dryRun: true };
    const none = await till.call('POST', '/provider/test-message', call);
    expect(none.json).toMatchObject({ because: 'channel-not-available' });
    expect((await dry()).json).toMatchObject({ kind: 'sent' });
  });

  test('about one delivery are one at a time, however many tills’ requests ask for it', async () => {
    await save();
    const id = uuidv7();
    await ask(till, debtRequest(), id);
    await Promise.all(Array.from({ length: 20 }, () => till.call('GET', `/challenges/${id}`)));
    expect(asked('/sms/status')).toBe(1);
  });
});

describe('the end of the demo', () => {
  test('comes with the first real service: its numbers and open challenges are void, and it cannot return', async () => {
    const customer = { id: uuidv7(), phone: DEMO_PHONE };
    await till.call('POST', '/customers/trusted', {
      contacts: [{ customer: customer.id, phone: customer.phone, cardSalt: CARD_SALT }],
    });
    const byDemo = { id: uuidv7(), phone: PHONE };
    const answered = uuidv7();
    await ask(till, debtRequest({ customer: byDemo }), answered);
    const text = relay.relay.provider.demoMailbox.messages()[0]?.text ?? '';
    await check(till, answered, /\d{6}/.exec(text)?.[0] ?? '');
    const open = uuidv7();
    expect((await ask(till, debtRequest({ customer }), open)).json).toMatchObject({ demo: true });

    expect((await save()).status).toBe(200);
    expect((await check(till, open, '000000')).json).toEqual({
      kind: 'spent',
      because: 'cancelled',
    });
    const demoNumber = await ask(till, debtRequest({ customer }));
    expect(demoNumber.json).toEqual({ kind: 'refused', because: 'bad-phone' });
    // the number that only the demo had confirmed is new again
    expect((await ask(till, pointsRequest({ customer: byDemo }))).json).toMatchObject({
      kind: 'phone-too-new',
      until: START + 86_400_000,
    });
    expect(smsru.sends).toHaveLength(0);
    const back = await save({ id: 'demo', fields: {} });
    expect([back.status, back.json]).toEqual([409, { kind: 'demo-over' }]);
  });

  test('comes only then: before, its texts can be changed', async () => {
    const texts = { ...TEXTS, 'sell-on-account': 'Долг {amount}: {code}' };
    expect((await save({ id: 'demo', fields: {}, texts })).json).toMatchObject({
      id: 'demo',
      texts,
    });
    await ask(till, debtRequest());
    const [message] = relay.relay.provider.demoMailbox.messages();
    expect(message?.text).toMatch(/^Долг 540,00 ₽: \d{6}$/);
  });
});

describe('tests', () => {
  test('show the balance of saved and of unsaved settings', async () => {
    const draft = smsruDraft(smsru);
    const balance = { kind: 'balance', amount: '4122.56', currency: 'RUB' };
    expect((await till.call('POST', '/provider/balance', {})).json).toEqual({ kind: 'no-balance' });
    expect((await till.call('POST', '/provider/balance', { draft })).json).toEqual(balance);
    expect(await current()).toMatchObject({ id: 'demo' });
    await save();
    clock.pass(60_000);
    expect((await till.call('POST', '/provider/balance', {})).json).toEqual(balance);
  });

  test('show the service’s own words of a refusal', async () => {
    await save();
    smsru.apiId = 'CHANGED-KEY-0123456789';
    const { json } = await till.call('POST', '/provider/balance', {});
    expect(json).toMatchObject({ kind: 'refused', because: 'auth', providerCode: '200' });
  });

  test('send a real message in the shop’s words, whose code opens nothing', async () => {
    const draft = {
      ...smsruDraft(smsru),
      texts: { ...TEXTS, 'sell-on-account': '{shop} {action} {amount} {code}' },
    };
    const reply = await till.call('POST', '/provider/test-message', {
      draft,
      phone: PHONE,
      channel: 'sms',
    });
    expect(reply.json).toEqual({ kind: 'sent', balanceAfter: '4122.56' });
    expect(smsru.sends[0]?.fields['msg']).toMatch(/^Весна проверка связи \d{6}$/);
    expect(smsru.sends[0]?.fields).not.toHaveProperty('test');
    expect(await current()).toMatchObject({ id: 'demo' });
  });

  test('ask for a dry run from a service that has one', async () => {
    await save();
    const dry = (channel: string) =>
      till.call('POST', '/provider/test-message', { phone: PHONE, channel, dryRun: true });
    expect((await dry('sms')).json).toMatchObject({ kind: 'sent' });
    expect(smsru.sends[0]?.fields).toMatchObject({ test: '1' });
    expect((await dry('call')).json).toEqual({ kind: 'refused', because: 'channel-not-available' });
  });

  test('ask for the price only, from a service that has nothing else', async () => {
    const smsc = await FakeSmsc.start();
    till.codes = () => smsc.last().code;
    const saved = await save(smsc.draft);
    smsc.forget();
    const dry = (channel: string) =>
      till.call('POST', '/provider/test-message', { phone: PHONE, channel, dryRun: true });
    expect(saved.json['channels']).toMatchObject([
      { channel: 'sms', testMode: true },
      { channel: 'viber', testMode: true },
      { channel: 'whatsapp', testMode: true },
      { channel: 'call', testMode: false },
    ]);
    expect((await dry('sms')).json).toEqual({ kind: 'sent', cost: '3.80' });
    expect((await dry('call')).json).toEqual({ kind: 'refused', because: 'channel-not-available' });
    await smsc.stop();
    expect([smsc.sends, smsc.messages]).toEqual([[], []]);
  });
});

describe('the state of the service', () => {
  const state = async (): Promise<unknown> => (await till.call('GET', '/health')).json.provider;

  test('names the balance to nobody but an elevated operator', async () => {
    await save();
    expect(await state()).toMatchObject({ balance: { amount: '4122.56' }, low: false });
    await till.signIn();
    expect(await state()).toEqual({ state: 'ready', checkedAt: START, low: false, demo: false });
  });

  test('is ready with its balance once saved, refusing after the shop was refused, and ready again when that is over', async () => {
    await save();
    const balance = { amount: '4122.56', currency: 'RUB' };
    expect(await state()).toEqual({
      state: 'ready',
      balance,
      checkedAt: START,
      low: false,
      demo: false,
    });
    clock.pass(1000);
    smsru.balance = '0.00';
    smsru.next({ kind: 'code', code: 201, where: 'number' });
    await ask(till, debtRequest());
    await expect.poll(state).toMatchObject({ state: 'refusing', because: 'no-money' });
    await till.call('POST', '/provider/balance', {});
    expect(await state()).toMatchObject({ state: 'refusing', balance: { amount: '0' } });
    smsru.balance = '5000.00';
    clock.pass(60_000);
    await till.call('POST', '/provider/balance', {});
    expect(await state()).toMatchObject({ state: 'ready', balance: { amount: '5000' } });
  });

  test('does not change by a refusal of one number', async () => {
    await save();
    smsru.next({ kind: 'code', code: 202, where: 'number' });
    await ask(till, debtRequest());
    expect(await state()).toMatchObject({ state: 'ready' });
  });

  test('survives a restart, and the first probe notices that the refusal is over', async () => {
    await save();
    const apiId = smsru.apiId;
    smsru.apiId = 'CHANGED-KEY-0123456789';
    await ask(till, debtRequest());
    await expect.poll(state).toMatchObject({ state: 'refusing', because: 'auth' });
    await relay.restart();
    await till.signIn();
    expect(await state()).toMatchObject({ state: 'refusing', because: 'auth' });
    smsru.apiId = apiId;
    relay.relay.provider.start();
    await expect.poll(state).toMatchObject({ state: 'ready' });
  });
});
