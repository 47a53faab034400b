// The customer's page on their own phone: what it shows, what it may do, and what it never gets.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pageReply } from '$lib/contract/challenge';
import {
  ask,
  check,
  debtRequest,
  openShop,
  otherThan,
  pointsRequest,
  START,
  withCalls,
  type Shop,
} from '../support/challenges';
import { TillClient, type Reply } from '../support/till-client';
import { offerEnrolment } from '../../relay/tills/tokens';

const MINUTE = 60_000;

let shop: Shop;
beforeEach(async () => {
  shop = await openShop((policy) => ({
    ...withCalls(policy),
    shop: { ...policy.shop, name: '<b>Весна</b> & "Ко"' },
  }));
});
afterEach(() => shop.stop());

const makePage = (id: string, till = shop.till): Promise<Reply> =>
  till.call('POST', `/challenges/${id}/page`);

/** A debt of 540 roubles that waits for its code, and the page for it. */
async function opened(request = debtRequest()): Promise<{ id: string; url: string; code: string }> {
  const id = uuidv7();
  await ask(shop.till, request, id);
  const { url } = (await makePage(id)).json;
  return { id, url: url as string, code: shop.smsru.codes.at(-1) ?? '' };
}
const open = (url: string, language = 'ru'): Promise<Response> =>
  fetch(url, { headers: { 'Accept-Language': language } });
async function submit(url: string, code: string): Promise<[number, unknown]> {
  const response = await fetch(`${url}/checks`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  return [response.status, await response.json()];
}
/** The till's view of the challenge. */
const status = async (id: string): Promise<Reply['json']> =>
  (await shop.till.call('GET', `/challenges/${id}`)).json;

describe('the address', () => {
  test('is made for an open challenge, and cannot be guessed', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    const reply = await makePage(id);
    expect([reply.status, pageReply.parse(reply.json)]).toEqual([
      201,
      {
        kind: 'page',
        url: expect.stringMatching(new RegExp(`^${shop.relay.url}/c/[A-Za-z0-9_-]{22}$`)) as string,
        expiresAt: START + 5 * MINUTE,
        local: true,
      },
    ]);
    const db = shop.relay.file;
    const token = String(reply.json.url).split('/').at(-1) ?? '';
    expect(JSON.stringify(db.prepare('SELECT * FROM challenge_pages').all())).not.toContain(token);
    expect(JSON.stringify(shop.relay.log)).not.toContain(token);
  });

  test('starts with the public address if there is one; otherwise a phone elsewhere gets none', async () => {
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    const proxied = await shop.till.call('POST', `/challenges/${id}/page`, undefined, {
      'X-Forwarded-For': '192.0.2.7',
    });
    expect([proxied.status, proxied.json]).toEqual([409, { kind: 'no-address' }]);
    Object.assign(shop.relay.relay.config, { url: 'https://till.example' });
    expect((await makePage(id)).json).toMatchObject({
      url: expect.stringMatching(/^https:\/\/till\.example\/c\//) as string,
      local: false,
    });
  });

  test('waits until a call has been made, because its code is not known before', async () => {
    const id = uuidv7();
    shop.smsru.next({ kind: 'held' });
    const asked = ask(shop.till, debtRequest({ channel: 'call' }), id);
    await expect.poll(() => shop.smsru.sends).toHaveLength(1);
    const page = makePage(id);
    // a later request was answered, so the earlier one has arrived
    await shop.till.call('GET', '/policy');
    shop.smsru.release();
    expect((await asked).status).toBe(201);
    expect((await page).status).toBe(201);
  });

  test('is not given for a challenge cancelled meanwhile', async () => {
    const id = uuidv7();
    shop.smsru.next({ kind: 'held' });
    const asked = ask(shop.till, debtRequest({ channel: 'call' }), id);
    await expect.poll(() => shop.smsru.sends).toHaveLength(1);
    const page = makePage(id);
    await shop.till.call('GET', '/policy');
    await shop.till.call('DELETE', `/challenges/${id}`);
    shop.smsru.release();
    await asked;
    const reply = await page;
    expect([reply.status, reply.json]).toEqual([410, { kind: 'spent', because: 'cancelled' }]);
  });

  test('is the only one: a new one closes the one before', async () => {
    const { id, url } = await opened();
    const next = (await makePage(id)).json.url as string;
    expect((await open(url)).status).toBe(404);
    expect((await open(next)).status).toBe(200);
  });

  test('is given only to the till that requested the code, while it is awaited', async () => {
    const other = await TillClient.make(shop.relay.url, shop.clock.now);
    await other.enrol((await offerEnrolment(shop.relay.relay)).token);
    await other.signIn();
    const { id, code } = await opened();
    expect((await makePage(id, other)).status).toBe(404);
    await check(shop.till, id, code);
    expect((await makePage(id)).status).toBe(410);
  });
});

describe('the page', () => {
  test('shows shop, act and sum in the reader’s language, which a touch changes', async () => {
    const { url } = await opened();
    const russian = await (await open(url, 'ru-RU,ru;q=0.9,en;q=0.8')).text();
    expect(russian).toContain('<html lang="ru">');
    expect(russian).toContain('Записать в долг');
    expect(russian).toContain('540,00\u00a0₽');
    expect(russian).toContain('+7\u00a0925\u00a0···\u00a006\u00a002');
    expect(russian).not.toContain('9255070602');
    // a browser that asks for neither gets the language of the shop’s messages
    expect(await (await open(url, 'de')).text()).toContain('Записать в долг');
    expect(await (await open(`${url}?lang=en`, 'ru')).text()).toContain('Put on your account');
    const request = pointsRequest();
    await shop.trust(request.customer.id, request.customer.phone);
    await shop.givePoints(request.customer.id, 340);
    const points = await opened(request);
    expect(await (await open(points.url)).text()).toContain('340 баллов');
  });

  test('shows the shop’s name as text, whatever it contains', async () => {
    const text = await (await open((await opened()).url)).text();
    expect(text).toContain('<h1>&lt;b&gt;Весна&lt;/b&gt; &amp; &quot;Ко&quot;</h1>');
    expect(text).not.toContain('<b>');
  });

  test('runs only its own files, is not cached and sets no cookie', async () => {
    const { headers } = await open((await opened()).url);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('set-cookie')).toBeNull();
    for (const file of ['page.css', 'page.js'])
      expect((await fetch(`${shop.relay.url}/c/${file}`)).status).toBe(200);
  });

  test('with an unknown address says so, and guessing ends after five tries', async () => {
    const { url } = await opened();
    for (const wanted of [404, 404, 404, 404, 429, 429])
      expect((await open(`${shop.relay.url}/c/${'A'.repeat(22)}`)).status).toBe(wanted);
    expect(await submit(`${shop.relay.url}/c/nothing`, '123456')).toEqual([
      429,
      { kind: 'locked' },
    ]);
    expect((await open(url)).status).toBe(200);
  });
});

describe('the code typed on the page', () => {
  test('gives the grant to the till; the page only says that it is over', async () => {
    const { id, url, code } = await opened();
    expect(await submit(url, code)).toEqual([200, { kind: 'verified' }]);
    expect(await status(id)).toMatchObject({
      kind: 'verified',
      grant: expect.any(String) as string,
    });
    expect(await submit(url, code)).toEqual([410, { kind: 'spent' }]);
    const after = await (await open(url)).text();
    expect(after).toContain('Уже подтверждено');
    expect(after).toContain('<form hidden>');
  });

  test('counts like one typed at the till: five checks together', async () => {
    const { id, url, code } = await opened();
    expect(await submit(url, otherThan(code))).toEqual([
      200,
      { kind: 'wrong-code', checksLeft: 4 },
    ]);
    expect((await check(shop.till, id, otherThan(code))).json).toMatchObject({ checksLeft: 3 });
    const guesses = await Promise.all(
      Array.from({ length: 9 }, () => submit(url, otherThan(code))),
    );
    expect(guesses.filter(([at]) => at === 200)).toHaveLength(3);
    expect(await submit(url, code)).toEqual([410, { kind: 'spent' }]);
    expect(await status(id)).toEqual({ kind: 'spent', because: 'too-many-checks' });
    expect(await (await open(url)).text()).toContain('больше не действует');
  });

  test('is refused once the till has cancelled the challenge, or it has expired', async () => {
    const first = await opened();
    await shop.till.call('DELETE', `/challenges/${first.id}`);
    expect(await submit(first.url, first.code)).toEqual([410, { kind: 'spent' }]);
    const second = await opened();
    shop.clock.pass(5 * MINUTE);
    expect(await submit(second.url, second.code)).toEqual([410, { kind: 'spent' }]);
  });

  test('is refused from another site, and refused at once if it is not digits', async () => {
    const { url, code } = await opened();
    const foreign = await fetch(`${url}/checks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: 'https://elsewhere.example' },
      body: JSON.stringify({ code }),
    });
    expect(foreign.status).toBe(403);
    expect(await submit(url, 'abc')).toEqual([400, { kind: 'malformed', path: 'code' }]);
    expect(await submit(url, code)).toEqual([200, { kind: 'verified' }]);
  });
});
