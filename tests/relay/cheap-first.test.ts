// Requests that would make the relay hash slowly are refused first where something cheap refuses them.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { sha256Hex } from '$lib/proof/canonical';
import { openVerifier } from '$lib/proof/reserve-code';
import type { ReserveHash } from '$lib/proof/reserve-hash';
import { ask, check, openShop, PHONE, reserveCodesRequest, type Shop } from '../support/challenges';
import { onAccountSale, TillJournal } from '../support/till-journal';

const CUSTOMER = uuidv7();
let shop: Shop;
let hashed: number;
let atOnce: number;
beforeEach(async () => {
  hashed = 0;
  atOnce = 0;
  let running = 0;
  /** Counts the hashes, and how many are computed at the same time. */
  const counting: ReserveHash = async (code, { salt }) => {
    hashed += 1;
    running += 1;
    atOnce = Math.max(atOnce, running);
    try {
      return await sha256Hex(salt + code);
    } finally {
      running -= 1;
    }
  };
  shop = await openShop((policy) => policy, counting);
  await shop.trust(CUSTOMER, PHONE);
});
afterEach(() => shop.stop());

const issue = (challenge: string, id: string) =>
  shop.till.call('PUT', `/reserve-codes/${id}`, { customer: CUSTOMER, challenge });

/** A verifier that the relay signed for this till. */
async function issued(): Promise<{ readonly signed: string; readonly verifier: ReserveVerifier }> {
  const id = uuidv7();
  const challenge = uuidv7();
  await ask(shop.till, reserveCodesRequest(id, { id: CUSTOMER, phone: PHONE }), challenge);
  await check(shop.till, challenge, shop.smsru.codes.at(-1) ?? '');
  const reply = await issue(challenge, id);
  const [signed = ''] = reply.json['verifiers'] as string[];
  const verifier = await openVerifier(signed, shop.till.relayKey!);
  if (verifier === null) throw new Error(JSON.stringify(reply.json));
  return { signed, verifier };
}

test('reserve codes are not made without the customer’s consent', async () => {
  const replies = await Promise.all(Array.from({ length: 12 }, () => issue(uuidv7(), uuidv7())));
  expect(new Set(replies.map(({ json }) => json.kind))).toEqual(
    new Set(['challenge-not-verified']),
  );
  expect(hashed).toBe(0);
});

test('of sixty invented codes in an upload twenty are tried, one at a time, and more an hour later', async () => {
  const { signed, verifier } = await issued();
  expect([hashed, atOnce]).toEqual([5, 1]);
  hashed = 0;
  const journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  const inventedSale = (n: number) => {
    const code = `${verifier.prefix}${String(n).padStart(8, '0')}`;
    const confirmation = { kind: 'reserve-code', action: 'sell-on-account', amount: 100 } as const;
    return journal.sale(
      onAccountSale(
        { customer: CUSTOMER, onAccount: 100 },
        { ...confirmation, code, verifier: verifier.id, signed },
      ),
    );
  };
  for (let n = 0; n < 60; n += 1) await inventedSale(n);
  expect((await journal.upload()).json.kind).toBe('kept');
  expect([hashed, atOnce]).toEqual([20, 1]);
  // none of them is the customer's consent
  expect(shop.relay.file.prepare('SELECT DISTINCT proof FROM journal_acts').pluck().all()).toEqual([
    'nothing',
  ]);
  shop.clock.pass(3_600_000);
  await shop.till.signIn();
  await journal.upload([await inventedSale(60)]);
  expect(hashed).toBe(21);
});
