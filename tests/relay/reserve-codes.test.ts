// Reserve codes at the relay: sent to the customer after their code; stored as hashes; used once.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { parseReserveCode } from '$lib/domain/consent/reserve-code';
import { checkReserveCode, openVerifier, signVerifier } from '$lib/proof/reserve-code';
import { reserveHash } from '$lib/proof/reserve-hash';
import {
  judgeReserveCode,
  reserveCodeOf,
  takeReserveCode,
  type ReserveCodeUse,
} from '../../relay/reserve-codes/checks';
import {
  phoneChangeRequest,
  ask,
  check,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  reserveCodesRequest,
  START,
  type Shop,
} from '../support/challenges';
import { FakeTelegramGateway } from '../support/fakes/telegram-gateway';
import { declarePutBack } from '../../relay/tills/restored';
import { RelayCopy } from '../support/relay-copy';
import { TEXTS } from '../support/texts';
import { onAccountSale, TillJournal } from '../support/till-journal';
import { TillClient, type Reply } from '../support/till-client';

const DAY = 86_400_000;
const CUSTOMER = uuidv7();
let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
  await shop.trust(CUSTOMER, PHONE);
});
afterEach(() => shop.stop());

/** The customer's consent to one issue; returns its challenge. */
async function yesTo(issue: string, till = shop.till): Promise<string> {
  const challenge = uuidv7();
  expect(
    (await ask(till, reserveCodesRequest(issue, { id: CUSTOMER, phone: PHONE }), challenge)).status,
  ).toBe(201);
  const checked = await check(till, challenge, shop.smsru.codes.at(-1) ?? '');
  expect(checked.json.kind).toBe('verified');
  return challenge;
}

const put = (issue: string, challenge: string, till = shop.till): Promise<Reply> =>
  till.call('PUT', `/reserve-codes/${issue}`, { customer: CUSTOMER, challenge });

async function issue(till = shop.till): Promise<Reply> {
  const id = uuidv7();
  return put(id, await yesTo(id, till), till);
}

/** The codes in the newest message, as a customer reads them. */
const codesSent = (): string[] =>
  [...(shop.smsru.sends.at(-1)?.fields['msg'] ?? '').matchAll(/[0-9A-Z]{5}-[0-9A-Z]{5}/g)].map(
    ([written]) => parseReserveCode(written) ?? '',
  );

async function verifiersIn(reply: Reply): Promise<ReserveVerifier[]> {
  const signed = reply.json['verifiers'] as string[];
  const { relayKey } = shop.till;
  const opened = await Promise.all(signed.map((jws) => openVerifier(jws, relayKey!)));
  return opened.map((verifier) => verifier!);
}

const news = (till = shop.till, after = 0): Promise<Reply> =>
  till.call('GET', `/reserve-codes?after=${after}`);

async function secondTill(): Promise<TillClient> {
  const offer = await shop.till.call('POST', '/tills/enrolments');
  const till = await TillClient.make(shop.relay.url, shop.clock.now);
  await till.enrol(offer.json['token'] as string);
  await till.signIn();
  return till;
}

const judged = async (use: ReserveCodeUse) =>
  judgeReserveCode(await reserveCodeOf(shop.relay.relay, use), use, {
    at: shop.clock.now(),
    clock: 0,
  });

const useOf = (code: string, verifier: ReserveVerifier, entry: string, amount = 54_000) => ({
  till: verifier.till,
  customer: CUSTOMER,
  code,
  verifier: verifier.id,
  entry,
  amount,
});

describe('an issue', () => {
  test('is sent in one message; the till gets only the verifiers', async () => {
    const before = shop.smsru.sends.length;
    const reply = await issue();
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({
      kind: 'issued',
      codes: 5,
      cap: { minor: 300_000, currency: 'RUB' },
      channel: 'sms',
      phoneMasked: '+7 925 ··· 06 02',
      delivery: 'sent',
      at: START,
      demo: false,
    });
    // the consent code, then the codes
    expect(shop.smsru.sends.length).toBe(before + 2);
    const codes = codesSent();
    expect(new Set(codes).size).toBe(5);
    const verifiers = await verifiersIn(reply);
    expect(verifiers.map(({ till, customer, cap }) => ({ till, customer, cap }))).toEqual(
      codes.map(() => ({ till: shop.till.id, customer: CUSTOMER, cap: 300_000 })),
    );
    for (const each of codes) expect(JSON.stringify(reply.json)).not.toContain(each);
  });

  test('gives a verifier that its code opens at the till', async () => {
    await shop.stop();
    shop = await openShop(undefined, reserveHash);
    await shop.trust(CUSTOMER, PHONE);
    const reply = await issue();
    const verifiers = await verifiersIn(reply);
    const [code = ''] = codesSent();
    const jws = (reply.json['verifiers'] as string[])[
      verifiers.findIndex((one) => code.startsWith(one.prefix))
    ];
    expect(await checkReserveCode(code, jws!, shop.till.relayKey!)).not.toBeNull();
  });

  test('names the shop, the cap of a code, and whether the former ones are void', async () => {
    await issue();
    const text = shop.smsru.sends.at(-1)?.fields['msg'] ?? '';
    expect(text).toMatch(/^Весна: резервные коды/);
    expect(text).toContain('до 3 000,00 ₽');
    expect(text).toContain('Прежние коды не действуют');
    expect(text).not.toContain('Касса');
  });

  test('the same request again gets the same reply and sends nothing', async () => {
    const id = uuidv7();
    const challenge = await yesTo(id);
    const [first, again] = await Promise.all([put(id, challenge), put(id, challenge)]);
    const sends = shop.smsru.sends.length;
    const late = await put(id, challenge);
    expect([first.status, again.status, late.status].sort()).toEqual([200, 200, 201]);
    expect(late.json).toEqual(first.json);
    expect(again.json).toEqual(first.json);
    expect(shop.smsru.sends.length).toBe(sends);
    expect((await put(id, uuidv7())).json).toEqual({ kind: 'issue-differs' });
  });

  test('needs consent by this customer, to this issue, from this till, and uses it once', async () => {
    const id = uuidv7();
    const challenge = await yesTo(id);
    const none = { kind: 'challenge-not-verified' };
    // for another issue than the one they consented to
    const other = await put(uuidv7(), challenge);
    expect([other.status, other.json]).toEqual([409, none]);
    expect((await put(id, uuidv7())).json).toEqual(none);
    const elsewhere = await secondTill();
    expect((await put(id, challenge, elsewhere)).json).toEqual(none);
    const debt = debtRequest({ customer: { id: CUSTOMER, phone: PHONE } });
    const bought = uuidv7();
    await ask(shop.till, debt, bought);
    await check(shop.till, bought, shop.smsru.codes.at(-1) ?? '');
    expect((await put(id, bought)).json).toEqual(none);
    expect((await put(id, challenge)).status).toBe(201);
  });

  test('needs consent no older than a quarter of an hour', async () => {
    const id = uuidv7();
    const challenge = await yesTo(id);
    shop.clock.pass(15 * 60_000);
    await shop.till.signIn();
    expect((await put(id, challenge)).json).toEqual({ kind: 'challenge-not-verified' });
  });

  test('sends not even the consent code to a number in its first day', async () => {
    const fresh = { id: uuidv7(), phone: OTHER_PHONE };
    const reply = await ask(shop.till, reserveCodesRequest(uuidv7(), fresh));
    expect([reply.status, reply.json]).toEqual([
      409,
      { kind: 'phone-too-new', until: START + DAY, allowed: { minor: 0, currency: 'RUB' } },
    ]);
  });

  test('that was certainly not sent changes nothing: the former codes stay valid, and so does the consent', async () => {
    const former = await verifiersIn(await issue());
    const id = uuidv7();
    const challenge = await yesTo(id);
    shop.smsru.next({ kind: 'code', code: 202, where: 'number' });
    const refused = await put(id, challenge);
    expect([refused.status, refused.json]).toEqual([
      422,
      { kind: 'refused', because: 'bad-phone' },
    ]);
    expect((await news()).json).toMatchObject({ gone: [] });
    expect(((await news()).json['verifiers'] as string[]).length).toBe(former.length);
    expect((await put(id, challenge)).status).toBe(201);
  });

  test('without a reply of the service counts as issued, delivery unknown', async () => {
    const id = uuidv7();
    const challenge = await yesTo(id);
    shop.smsru.next({ kind: 'half-close' });
    const reply = await put(id, challenge);
    expect([reply.status, reply.json.kind, reply.json['delivery']]).toEqual([
      201,
      'issued',
      'unknown',
    ]);
    expect((reply.json['verifiers'] as string[]).length).toBe(5);
  }, 20_000);

  test('voids the unused codes of the previous issue', async () => {
    const first = await verifiersIn(await issue());
    const [code = ''] = codesSent();
    const version = (await news()).json['version'] as number;
    await issue();
    const { json } = await news(shop.till, version);
    expect((json['gone'] as string[]).sort()).toEqual(first.map(({ id }) => id).sort());
    expect((json['verifiers'] as string[]).length).toBe(5);
    const verifier = first.find(({ prefix }) => code.startsWith(prefix))!;
    const use = useOf(code, verifier, 'a'.repeat(64));
    expect(await judged(use)).toBe('reserve-code-void');
  });

  test('leaves no code in the relay’s files or its log', async () => {
    await issue();
    const codes = codesSent();
    expect(codes).toHaveLength(5);
    const files = readdirSync(shop.relay.dataDir).map((name) =>
      readFileSync(join(shop.relay.dataDir, name), 'latin1'),
    );
    const kept = files.join('\n') + JSON.stringify(shop.relay.log);
    for (const code of codes) {
      expect(kept).not.toContain(code);
      expect(kept).not.toContain(`${code.slice(0, 5)}-${code.slice(5)}`);
    }
  });

  test('interrupted by a restart while being sent is valid: the customer may have the codes', async () => {
    const id = uuidv7();
    const challenge = await yesTo(id);
    shop.smsru.next({ kind: 'hang' });
    const lost = put(id, challenge).catch(() => null);
    await expect.poll(() => shop.smsru.sends.length).toBe(2);
    await shop.relay.restart();
    await lost;
    await shop.till.signIn();
    const reply = await put(id, challenge);
    expect([reply.status, reply.json.kind, reply.json['delivery']]).toEqual([
      200,
      'issued',
      'unknown',
    ]);
  }, 20_000);
});

describe('several tills', () => {
  test('share the codes in turn, the asking till first; the message says which code is for which till', async () => {
    const other = await secondTill();
    const mine = await verifiersIn(await issue());
    expect(mine).toHaveLength(3);
    const theirs = await news(other);
    expect((theirs.json['verifiers'] as string[]).length).toBe(2);
    const health = await other.call('GET', '/health');
    expect(health.json['reserveVersion']).toBe(theirs.json['version']);
    const text = shop.smsru.sends.at(-1)?.fields['msg'] ?? '';
    expect(text.match(/Касса «Касса \d»:/g)).toEqual(['Касса «Касса 1»:', 'Касса «Касса 2»:']);
    expect((await news(other, theirs.json['version'] as number)).json).toEqual({
      kind: 'reserve-codes',
      verifiers: [],
      gone: [],
      more: false,
      version: theirs.json['version'],
    });
  });

  test('get none if they were removed', async () => {
    const other = await secondTill();
    await shop.till.call('DELETE', `/tills/${other.id}`);
    expect(await verifiersIn(await issue())).toHaveLength(5);
  });
});

describe('in a journal', () => {
  test('a code is valid once, for the till, customer and sum it was made for', async () => {
    const { relay } = shop.relay;
    const verifiers = await verifiersIn(await issue());
    const [code = '', next = ''] = codesSent();
    const verifier = verifiers.find(({ prefix }) => code.startsWith(prefix))!;
    const use = useOf(code, verifier, 'a'.repeat(64));
    expect(await judged({ ...use, till: uuidv7() })).toBe('reserve-code-unknown');
    expect(await judged({ ...use, customer: uuidv7() })).toBe('reserve-code-unknown');
    expect(await judged({ ...use, code: next })).toBe('reserve-code-unknown');
    expect(await judged({ ...use, amount: 300_001 })).toBe('cap-exceeded');
    expect(await judged(use)).toBeNull();
    await takeReserveCode(relay, use);
    // the same entry sent again is not a second use
    expect(await judged(use)).toBeNull();
    await takeReserveCode(relay, { ...use, entry: 'b'.repeat(64) });
    const second = await judged({ ...use, entry: 'b'.repeat(64) });
    expect(second).toBe('reserve-code-used-twice');
    expect((await news()).json['gone']).toEqual([verifier.id]);
  });
});

async function saleBy(code: string, verifier: ReserveVerifier) {
  const { privateKey, kid } = shop.relay.relay.key;
  const signed = await signVerifier(verifier, privateKey, kid);
  const amount = 54_000;
  return onAccountSale(
    { customer: CUSTOMER, onAccount: amount },
    {
      kind: 'reserve-code',
      action: 'sell-on-account',
      amount,
      code,
      verifier: verifier.id,
      signed,
    },
  );
}
const all = (sql: string) => shop.relay.file.prepare(sql).pluck().all();

describe('in an uploaded journal', () => {
  test('a use is recorded and reported to the customer once, however often it is sent; a second use is flagged', async () => {
    const verifiers = await verifiersIn(await issue());
    const [code = '', next = ''] = codesSent();
    const of = (each: string) => verifiers.find(({ prefix }) => each.startsWith(prefix))!;
    const journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    await journal.sale(await saleBy(code, of(code)));
    for (let i = 0; i < 2; i += 1) expect((await journal.upload()).status).toBe(200);
    expect(all('SELECT kind FROM flags ORDER BY cursor')).toEqual([]);
    expect(all('SELECT proof FROM journal_acts')).toEqual(['reserve-code']);
    expect(all('SELECT DISTINCT about FROM outbox')).toEqual([journal.head.hash]);
    expect((await news()).json['gone']).toEqual([of(code).id]);

    await journal.sale(await saleBy(code, of(code)));
    // a code that does not match the verifier
    await journal.sale(await saleBy(next, of(code)));
    await journal.upload();
    expect(all('SELECT kind FROM flags ORDER BY cursor')).toEqual([
      'reserve-code-used-twice',
      'reserve-code-unknown',
    ]);
    expect((await news()).json['gone']).toEqual([of(code).id, of(next).id]);
  });
});

describe('after the relay was restored from a copy without the issue', () => {
  let journal: TillJournal;
  let codes: string[];
  let verifiers: ReserveVerifier[];
  const of = (code: string) => verifiers.find(({ prefix }) => code.startsWith(prefix))!;
  const flags = () => all('SELECT kind FROM flags ORDER BY cursor');

  beforeEach(async () => {
    const copy = new RelayCopy();
    journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    await journal.upload();
    copy.take(shop.relay);
    verifiers = await verifiersIn(await issue());
    codes = codesSent();
    shop.clock.pass(60_000);
    await copy.putBack(shop.relay);
    copy.remove();
    await shop.till.signIn();
  });
  const declared = () => declarePutBack(shop.relay.relay);

  test('its signed verifier proves a use, once', async () => {
    await declared();
    const [code = ''] = codes;
    await journal.sale(await saleBy(code, of(code)));
    await journal.upload();
    expect(flags()).toEqual([]);
    expect(all('SELECT proof FROM journal_acts')).toEqual(['reserve-code']);
    await journal.sale(await saleBy(code, of(code)));
    await journal.upload();
    expect(flags()).toEqual(['reserve-code-used-twice']);
  });

  test.each([
    ['another code with the same beginning', (verifier: ReserveVerifier) => verifier],
    [
      'a verifier of another customer',
      (verifier: ReserveVerifier) => ({ ...verifier, customer: uuidv7() }),
    ],
    [
      'a verifier signed after the loss',
      (verifier: ReserveVerifier) => ({ ...verifier, at: shop.clock.now() + DAY }),
    ],
  ])('%s proves nothing', async (what, changed) => {
    await declared();
    const [code = ''] = codes;
    const typed = what.startsWith('another code') ? `${code.slice(0, 2)}00000000` : code;
    await journal.sale(await saleBy(typed, changed(of(code))));
    await journal.upload();
    expect(flags()).toEqual(['reserve-code-unknown']);
  });

  test('nothing is believed of a relay that was never restored', async () => {
    const [code = ''] = codes;
    const sale = await saleBy(code, of(code));
    await journal.sale(sale);
    await journal.upload();
    expect(flags()).toEqual(['reserve-code-unknown']);
  });
});

test('a code in a damaged entry is used up', async () => {
  const verifiers = await verifiersIn(await issue());
  const [code = ''] = codesSent();
  const verifier = verifiers.find(({ prefix }) => code.startsWith(prefix))!;
  const journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  const sale = await journal.sale(await saleBy(code, verifier));
  const damaged = { ...sale, body: { ...sale.body, total: 1 } };
  const reply = await journal.upload([...journal.entries.slice(0, -1), damaged] as Entry[]);
  expect(reply.json.kind).toBe('quarantined');
  expect((await news()).json['gone']).toEqual([verifier.id]);
  expect(await judged(useOf(code, verifier, 'a'.repeat(64)))).toBe('reserve-code-used-twice');
});

describe('a code used before it became void', () => {
  /** On the third day a use of the given day is uploaded; on the second another till had issued new codes. */
  async function flagsOfUse(day: number, meanwhile?: (journal: TillJournal) => Promise<unknown>) {
    const verifiers = await verifiersIn(await issue());
    const [code = ''] = codesSent();
    const verifier = verifiers.find(({ prefix }) => code.startsWith(prefix))!;
    const journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    const other = await secondTill();
    shop.clock.pass(2 * DAY);
    await other.signIn();
    await issue(other);
    await meanwhile?.(journal);
    await journal.sale(await saleBy(code, verifier), { at: START + day * DAY });
    shop.clock.pass(DAY);
    await shop.till.signIn();
    await journal.upload();
    return all('SELECT kind FROM flags ORDER BY cursor');
  }
  test('is accepted, however late its journal is uploaded', async () => {
    expect(await flagsOfUse(1)).toEqual([]);
    expect(all('SELECT proof FROM journal_acts')).toEqual(['reserve-code']);
  });

  test('is a discrepancy from the moment of the void on', async () => {
    expect(await flagsOfUse(2)).toEqual(['reserve-code-void']);
  });

  test('is flagged if its entry is dated before entries that its till had already uploaded', async () => {
    const found = await flagsOfUse(1, async (journal) => {
      shop.clock.pass(DAY / 24);
      await shop.till.signIn();
      await journal.idle();
      await journal.upload();
    });
    expect(found).toEqual(['backdated', 'reserve-code-void']);
  });
});

describe('codes are void', () => {
  test('after too many wrong guesses, at that till only', async () => {
    const other = await secondTill();
    await issue();
    expect((await news()).json['verifiers']).toHaveLength(3);
    const journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    await journal.add({
      act: 'reserve-codes-voided',
      body: { customer: CUSTOMER, verifiers: 3, failures: 15 },
    });
    expect((await journal.upload()).status).toBe(200);
    expect((await news()).json['verifiers']).toEqual([]);
    expect((await news(other)).json['verifiers']).toHaveLength(2);
  });

  test('but not if they were issued after the guesses, however late the till’s journal arrives', async () => {
    const journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    await journal.add({
      act: 'reserve-codes-voided',
      body: { customer: CUSTOMER, verifiers: 3, failures: 15 },
    });
    shop.clock.pass(1);
    await issue();
    expect((await journal.upload()).status).toBe(200);
    expect((await news()).json['verifiers']).not.toEqual([]);
  });

  test('when the customer’s number changes', async () => {
    await issue();
    const challenge = uuidv7();
    const question = phoneChangeRequest({ id: CUSTOMER, phone: PHONE }, OTHER_PHONE);
    await ask(shop.till, question, challenge);
    await check(shop.till, challenge, shop.smsru.codes.at(-1) ?? '');
    const change = { phone: OTHER_PHONE, challenge };
    const changed = await shop.till.call('PUT', `/customers/${CUSTOMER}/phone`, change);
    expect(changed.json).toEqual({ kind: 'changed' });
    expect((await news()).json).toMatchObject({ verifiers: [] });
  });
});

test('a service without texts of ours issues none, and says so', async () => {
  const telegram = await new FakeTelegramGateway().listen();
  const byTelegram = await openShop((policy) => ({
    ...policy,
    methods: {
      ...policy.methods,
      'sell-on-account': { chain: ['telegram'], threshold: 0, nextAfterMs: 40_000 },
    },
  }));
  try {
    const { till } = byTelegram;
    const draft = {
      id: telegram.id,
      fields: { ...telegram.fields, baseUrl: telegram.url },
      texts: TEXTS,
    };
    expect((await till.call('PUT', '/provider', draft)).json.kind).toBe('provider');
    await byTelegram.trust(CUSTOMER, PHONE);
    const id = uuidv7();
    const asked = reserveCodesRequest(id, { id: CUSTOMER, phone: PHONE });
    const challenge = uuidv7();
    expect((await ask(till, asked, challenge)).status).toBe(201);
    await check(till, challenge, telegram.messages.at(-1)?.code ?? '');
    const reply = await put(id, challenge, till);
    expect([reply.status, reply.json]).toEqual([
      422,
      { kind: 'refused', because: 'channel-not-available' },
    ]);
  } finally {
    await byTelegram.stop();
    await telegram.stop();
  }
});
