// Reserve codes on the till's disk: signed verifiers, one use with a sale, tries counted first.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { keptOfCode, signVerifier } from '$lib/proof/reserve-code';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import { hashAside } from '$lib/storage/secrets/reserve-hash';
import { tryReserveCode } from '$lib/storage/secrets/reserve-tries';
import {
  saveIssued,
  saveReserveNews,
  reserveCodesLeft,
  loadReserveVersion,
} from '$lib/storage/secrets/reserve-verifiers';
import { headIn } from '$lib/storage/journal/reader';
import { expectationsOf } from '../support/storage-expectations';
import {
  ANNA,
  AT,
  BORIS,
  CASHIER,
  discard,
  id,
  MINUTE,
  openShop,
  OWNER,
  owingOf,
  SHOP,
  signer,
  TILL,
  type Shop,
} from '../support/storage-shop';

const CODE = '7K3QXM2P9D';
const NEXT = 'B0000000T5';
const ON_ACCOUNT = 'sell-on-account';
let shop: Shop;
let kept: Record<string, Awaited<ReturnType<typeof keptOfCode>>>;
beforeEach(async () => {
  shop = await openShop();
  kept ??= { [CODE]: await keptOfCode(CODE), [NEXT]: await keptOfCode(NEXT) };
});
afterEach(() => discard(shop.db));

const { expectRefused, expectSaved, shownAs } = expectationsOf(() => shop);

async function verifierOf(code: string, but: Partial<ReserveVerifier> = {}, by = shop.relay) {
  const verifier: ReserveVerifier = {
    v: 1,
    purpose: 'reserve-code',
    shop: SHOP,
    till: TILL,
    customer: ANNA,
    issue: id(900),
    id: id(code === CODE ? 901 : 902),
    ...(kept[code] ?? expect.fail('no such code')),
    cap: 300_000,
    demo: false,
    at: AT,
    ...but,
  };
  return signVerifier(verifier, by.privateKey, by.kid);
}

const news = (verifiers: string[], version: number, gone: string[] = [], after = 1) =>
  saveReserveNews(shop.db, { kind: 'reserve-codes', verifiers, gone, version, more: false }, after);

const type = (code: string, at = AT, customer = ANNA) =>
  tryReserveCode(shop.db, { customer, code, operator: CASHIER, at, proven: at, policy: 1 });

const reserve = (code: string, signed: string) =>
  ({ kind: 'reserve-code', action: ON_ACCOUNT, code, signed }) as const;

/** How the newest confirmation is shown. */
const shownLast = async () => (await shop.db.confirmations.orderBy(':id').last())?.shown;

describe('verifiers', () => {
  test('are stored as the relay signed them for this till, and no others', async () => {
    const stranger = await signer();
    await news(
      [
        await verifierOf(CODE),
        await verifierOf(NEXT, {}, stranger),
        await verifierOf(NEXT, { till: id(3) }),
        await verifierOf(NEXT, { shop: id(4) }),
      ],
      7,
    );
    expect(await reserveCodesLeft(shop.db, ANNA)).toEqual({ left: 1, cap: 300_000, at: AT });
    expect(await loadReserveVersion(shop.db)).toBe(7);
  });

  test('of a new issue replace the former ones, and the journal says who asked', async () => {
    await news([await verifierOf(CODE)], 1);
    const verifiers = [await verifierOf(NEXT)];
    const challenge = id(910);
    const asked = { customer: ANNA, challenge, verifiers, operator: OWNER, at: AT, policy: 1 };
    await saveIssued(shop.db, asked);
    const rows = await shop.db.reserveVerifiers.toArray();
    expect(rows.map((row) => row.id)).toEqual([id(902)]);
    const entry = await shop.db.journal.get([TILL, (await headIn(shop.db)).seq]);
    expect(entry).toMatchObject({
      act: 'reserve-codes-issued',
      operator: OWNER,
      body: { customer: ANNA, challenge, verifiers: 1 },
    });
  });

  test('removed at the relay are removed here, too', async () => {
    await news([await verifierOf(CODE), await verifierOf(NEXT)], 1);
    await news([], 2, [id(901)]);
    expect((await reserveCodesLeft(shop.db, ANNA)).left).toBe(1);
    // the full list, sent by a relay restored from an old copy
    await news([await verifierOf(CODE)], 1, [], 0);
    const rows = await shop.db.reserveVerifiers.toArray();
    expect(rows.map((row) => row.id)).toEqual([id(901)]);
  });
});

describe('an entered code', () => {
  test('is right for its customer only', async () => {
    const signed = await verifierOf(CODE);
    await news([signed], 1);
    expect(await type(CODE)).toMatchObject({ kind: 'right', signed, verifier: { cap: 300_000 } });
    expect(await type(CODE, AT, BORIS)).toEqual({ kind: 'none-left' });
  });

  test('is counted on the disk if wrong; the fifth locks for a minute, even for the right one', async () => {
    await news([await verifierOf(CODE)], 1);
    for (const left of [4, 3, 2, 1]) {
      expect(await type('7K3QXM2P9E')).toEqual({ kind: 'wrong', left });
    }
    const locked = { kind: 'locked', until: AT + MINUTE };
    // a code that matches the prefix of no verifier counts as a try as well
    expect(await type('ZZ3QXM2P9E')).toEqual(locked);
    expect(await type(CODE)).toEqual(locked);
    expect(await type(CODE, AT + MINUTE)).toMatchObject({ kind: 'right' });
    expect(await shop.db.reserveTries.toArray()).toEqual([]);
  });

  test("wrong more often than by typing errors voids the customer's codes at this till, with an entry in the journal", async () => {
    await news([await verifierOf(CODE), await verifierOf(NEXT)], 1);
    let at = AT;
    const ends: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 5; i += 1) ends.push((await type('7K3QXM2P9E', at)).kind);
      at += 16 * MINUTE;
    }
    expect(ends.slice(-5)).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'void']);
    expect(await type(CODE, at)).toEqual({ kind: 'none-left' });
    const entry = await shop.db.journal.get([TILL, (await headIn(shop.db)).seq]);
    expect(entry).toMatchObject({
      act: 'reserve-codes-voided',
      body: { customer: ANNA, verifiers: 2, failures: 15 },
    });
  });

  test('is compared in a worker, so the screen does not freeze', async () => {
    const { salt, rounds, hash } = kept[CODE] ?? expect.fail('no code');
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    expect(await hashAside(CODE, { salt, rounds: rounds * 2 })).not.toBe(hash);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
    expect(await hashAside(CODE, { salt, rounds })).toBe(hash);
  });
});

describe('a sale by a reserve code', () => {
  test('uses it up in the same transaction, and it confirms no second sale', async () => {
    const signed = await verifierOf(CODE);
    await news([signed, await verifierOf(NEXT)], 1);
    const receipt = owingOf(id(1000), ANNA);
    const { confirmations } = await expectSaved(receipt, [reserve(CODE, signed)]);
    expect(confirmations).toEqual([
      { ...reserve(CODE, signed), amount: 54_000, verifier: id(901) },
    ]);
    expect((await reserveCodesLeft(shop.db, ANNA)).left).toBe(1);
    expect(await shownLast()).toBe('reserve-code');
    const used = { kind: 'reserve-code-used', action: ON_ACCOUNT };
    await expectRefused(used, owingOf(id(1001), ANNA), [reserve(CODE, signed)]);
    // even if the relay, which does not know this yet, sends it again
    await news([signed], 2);
    expect((await reserveCodesLeft(shop.db, ANNA)).left).toBe(1);
    expect(await type(CODE)).toMatchObject({ kind: 'wrong' });
  });

  test('uses it up under another name of the till, too, and wrong tries still count there', async () => {
    await news([await verifierOf(CODE), await verifierOf(NEXT)], 1);
    await expectSaved(owingOf(id(1000), ANNA), [reserve(CODE, await verifierOf(CODE))]);
    expect(await type('B0000000T6')).toEqual({ kind: 'wrong', left: 4 });
    const till = id(3);
    await beginReEnrolment(shop.db, { id: till });
    const policy = await shop.policyJws(1);
    const answer = { shop: SHOP, relayKey: shop.relay.publicKey, contract: 1, number: 2, policy };
    await completeReEnrolment(shop.db, answer, { operator: OWNER, at: AT });
    expect((await reserveCodesLeft(shop.db, ANNA)).left).toBe(0);
    // the full list, as for every new till id; the relay did not know of the used code when it was asked
    await news([await verifierOf(CODE, { till }), await verifierOf(NEXT, { till })], 1, [], 0);
    expect((await reserveCodesLeft(shop.db, ANNA)).left).toBe(1);
    expect(await type('B0000000T6')).toEqual({ kind: 'wrong', left: 3 });
    expect(await type(NEXT)).toMatchObject({ kind: 'right' });
  });

  test('is found again, not made twice, when a stored attempt is repeated', async () => {
    const signed = await verifierOf(CODE);
    await news([signed], 1);
    const receipt = owingOf(id(1000), ANNA);
    const first = await shop.sell(receipt, [reserve(CODE, signed)]);
    expect(await shop.sell(receipt, [reserve(CODE, signed)])).toEqual(first);
  });

  test('is refused unless the relay signed the verifier on the disk for this code, customer, till and sum', async () => {
    const receipt = owingOf(id(1000), ANNA);
    const wrong = { kind: 'reserve-code-wrong', action: ON_ACCOUNT };
    const own = await verifierOf(CODE, {}, await signer());
    await expectRefused(wrong, receipt, [reserve(CODE, own)]);
    const signed = await verifierOf(CODE);
    await expectRefused(wrong, receipt, [reserve(NEXT, signed)]);
    const other = { kind: 'reserve-code-not-for-this', action: ON_ACCOUNT };
    const boris = await verifierOf(CODE, { customer: BORIS });
    await expectRefused(other, receipt, [reserve(CODE, boris)]);
    const elsewhere = await verifierOf(CODE, { till: id(3) });
    await expectRefused(other, receipt, [reserve(CODE, elsewhere)]);
    const little = await verifierOf(CODE, { cap: 53_999 });
    await expectRefused(
      { kind: 'reserve-code-over-cap', action: ON_ACCOUNT, allowed: 53_999 },
      receipt,
      [reserve(CODE, little)],
    );
  });

  test('with a code of the demo is shown without proof', async () => {
    const signed = await verifierOf(CODE, { demo: true });
    await expectSaved(owingOf(id(1000), ANNA), [reserve(CODE, signed)]);
    expect([await shownLast(), await shownAs()]).toEqual(['none', ['demo-reserve-code']]);
  });
});
