// Reserve codes move to the new name of a re-enrolled device, once.
// They move when the relay has the whole former journal.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { parseReserveCode } from '$lib/domain/consent/reserve-code';
import { GENESIS } from '$lib/proof/chain';
import { signVerifier, openVerifier } from '$lib/proof/reserve-code';
import { offerEnrolment } from '../../relay/tills/tokens';
import { ask, check, openShop, PHONE, reserveCodesRequest, type Shop } from '../support/challenges';
import { TillClient } from '../support/till-client';
import { onAccountSale, TillJournal } from '../support/till-journal';

const CUSTOMER = uuidv7();
let shop: Shop;
let journal: TillJournal;
/** Codes as the customer has them, with the verifiers of the till that got them. */
let codes: string[];
let verifiers: ReserveVerifier[];
beforeEach(async () => {
  shop = await openShop();
  await shop.trust(CUSTOMER, PHONE);
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await journal.upload();
  const text = await issueAt(shop.till, journal);
  const written = text.matchAll(/[0-9A-Z]{5}-[0-9A-Z]{5}/g);
  codes = [...written].map(([code]) => parseReserveCode(code) ?? '');
  verifiers = await verifiersAt(shop.till);
});
afterEach(() => shop.stop());

/** Issues codes to the customer at a till; returns what they read. */
async function issueAt(till: TillClient, { journalHead }: TillJournal): Promise<string> {
  const issue = uuidv7();
  const challenge = uuidv7();
  const customer = { id: CUSTOMER, phone: PHONE };
  await ask(till, reserveCodesRequest(issue, customer, journalHead), challenge);
  await check(till, challenge, shop.smsru.codes.at(-1) ?? '');
  const asked = { customer: CUSTOMER, challenge };
  const issued = await till.call('PUT', `/reserve-codes/${issue}`, asked);
  expect(issued.json.kind).toBe('issued');
  return shop.smsru.sends.at(-1)?.fields['msg'] ?? '';
}

async function newsAt(till: TillClient, after = 0) {
  const { json } = await till.call('GET', `/reserve-codes?after=${after}`);
  return json as { verifiers: string[]; gone: string[]; version: number };
}
async function verifiersAt(till: TillClient): Promise<ReserveVerifier[]> {
  const { verifiers: signed } = await newsAt(till);
  return Promise.all(signed.map(async (jws) => (await openVerifier(jws, till.relayKey!))!));
}
const idsAt = async (till: TillClient): Promise<string[]> =>
  (await verifiersAt(till)).map(({ id }) => id).sort();
const ids = (): string[] => verifiers.map(({ id }) => id).sort();
const versionAt = async (till: TillClient): Promise<unknown> =>
  (await till.call('GET', '/health')).json['reserveVersion'];

test('a till that claims an empty former journal, although the relay has entries of it, gets no codes', async () => {
  const thief = await TillClient.make(shop.relay.url, shop.clock.now);
  await thief.enrol((await offerEnrolment(shop.relay.relay)).token);
  await thief.signIn();
  const empty = new TillJournal(thief, shop.clock.now);
  await empty.enrolled({ till: shop.till.id, ...GENESIS });
  await empty.upload();
  expect([await idsAt(thief), await idsAt(shop.till)]).toEqual([[], ids()]);
});

/** The device under a new name, whose first entry is uploaded. */
async function connected(): Promise<{ till: TillClient; anew: TillJournal }> {
  const till = await TillClient.make(shop.relay.url, shop.clock.now);
  const offer = await shop.till.call('POST', '/tills/enrolments');
  await till.enrol(offer.json.token as string);
  await till.signIn();
  const anew = new TillJournal(till, shop.clock.now);
  const { seq, hash } = journal.head;
  await anew.enrolled({ till: shop.till.id, seq, hash });
  await anew.upload();
  return { till, anew };
}
const carry = (anew: TillJournal, entry: Entry): Promise<Entry> =>
  anew.add({ act: 'carried-over', body: { entry } });

/** `till`: where the code is valid now. */
async function saleBy(
  code: string,
  till = shop.till.id,
): Promise<Parameters<TillJournal['sale']>[0]> {
  const of = verifiers.find(({ prefix }) => code.startsWith(prefix));
  const { privateKey, kid } = shop.relay.relay.key;
  const signed = await signVerifier({ ...of!, till }, privateKey, kid);
  return onAccountSale(
    { customer: CUSTOMER, onAccount: 54_000 },
    {
      kind: 'reserve-code',
      action: 'sell-on-account',
      amount: 54_000,
      code,
      verifier: of?.id ?? '',
      signed,
    },
  );
}
const flags = (): unknown =>
  shop.relay.file.prepare('SELECT kind FROM flags ORDER BY cursor').pluck().all();

test('the codes belong to the new name at once if the relay has the whole former journal', async () => {
  const { till } = await connected();
  const moved = await verifiersAt(till);
  expect(moved.map(({ id }) => id).sort()).toEqual(ids());
  for (const each of moved) {
    const before = verifiers.find(({ id }) => id === each.id)!;
    expect(each).toEqual({ ...before, till: till.id });
  }
  expect(await versionAt(till)).toBeGreaterThan(0);
});

test('a code that moved is valid there, once', async () => {
  const { anew } = await connected();
  const operator = shop.till.ownerId;
  await anew.sale(await saleBy(codes[0]!, anew.till.id), { operator });
  await anew.upload();
  expect(flags()).toEqual([]);
  await anew.sale(await saleBy(codes[0]!, anew.till.id), { operator });
  await anew.upload();
  expect(flags()).toEqual(['reserve-code-used-twice']);
});

test("no code moves before the former name's journal is here, and a used one never moves", async () => {
  const held = [await journal.sale(await saleBy(codes[0]!)), await journal.idle()];
  const { till, anew } = await connected();
  expect(await idsAt(till)).toEqual([]);
  await carry(anew, held[0]!);
  await anew.upload();
  expect(await idsAt(till)).toEqual([]);
  await carry(anew, held[1]!);
  await anew.upload();
  const burnt = verifiers.find(({ prefix }) => codes[0]!.startsWith(prefix))!.id;
  expect(await idsAt(till)).toEqual(ids().filter((id) => id !== burnt));
  expect(flags()).toEqual([]);
});

test('codes voided by too many guesses under the former name do not move', async () => {
  const body = { customer: CUSTOMER, verifiers: 5, failures: 15 };
  const voided = await journal.add({ act: 'reserve-codes-voided', body });
  const { till, anew } = await connected();
  await carry(anew, voided);
  await anew.upload();
  expect(await idsAt(till)).toEqual([]);
});

test('a relay stopped in between moves them at the next upload', async () => {
  const { till, anew } = await connected();
  const { db } = shop.relay.relay;
  await db.run("UPDATE reserve_codes SET till = ? WHERE state = 'live'", shop.till.id);
  await shop.relay.restart();
  await till.signIn();
  await anew.upload();
  expect(await idsAt(till)).toEqual(ids());
});

describe('the former name', () => {
  test('is informed that they are gone, if it is still in use', async () => {
    const heard = (await newsAt(shop.till)).version;
    await connected();
    expect(await versionAt(shop.till)).toBeGreaterThan(heard);
    const { gone, verifiers: left } = await newsAt(shop.till, heard);
    expect([gone.sort(), left]).toEqual([ids(), []]);
  });

  test('gives its codes to the first till that claims it, and to no other', async () => {
    const first = await connected();
    const second = await connected();
    expect([await idsAt(first.till), await idsAt(second.till)]).toEqual([ids(), []]);
    expect(flags()).toContain('former-elsewhere');
  });

  test('gets no new ones: nobody uses it any more', async () => {
    const { till, anew } = await connected();
    await issueAt(till, anew);
    expect(await idsAt(till)).toHaveLength(5);
  });
});
