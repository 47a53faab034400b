// Equal parallel requests: one message, one row, one reply; nothing is counted or spent twice.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import { makeToken } from '../../relay/tills/tokens';
import {
  ask,
  check,
  debtRequest,
  openShop,
  PHONE,
  reserveCodesRequest,
  type Shop,
} from '../support/challenges';
import { openProvenShop } from '../support/second-factor';
import { OWNER_PIN, type Reply } from '../support/till-client';

let shop: Shop;
afterEach(() => shop.stop());

const AT_ONCE = 20;
/** Fewer than the tries of a PIN before it is locked. */
const FEW = 4;

const together = (request: () => Promise<Reply>, count = AT_ONCE): Promise<Reply[]> =>
  Promise.all(Array.from({ length: count }, request));

const kinds = (replies: readonly Reply[]): Record<string, number> => {
  const count: Record<string, number> = {};
  for (const { json } of replies) count[json.kind ?? ''] = (count[json.kind ?? ''] ?? 0) + 1;
  return count;
};

test('equal requests for a code send one message, and one of them creates the challenge', async () => {
  shop = await openShop();
  const [id, request] = [uuidv7(), debtRequest()];
  const replies = await together(() => ask(shop.till, request, id));
  expect(kinds(replies)).toEqual({ 'awaiting-code': AT_ONCE });
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(shop.smsru.sends).toHaveLength(1);
});

test('different requests under one id: the first is sent, the others differ', async () => {
  shop = await openShop();
  const id = uuidv7();
  const replies = await together(() => ask(shop.till, debtRequest(), id));
  expect(kinds(replies)).toEqual({ 'awaiting-code': 1, 'challenge-differs': AT_ONCE - 1 });
  expect(shop.smsru.sends).toHaveLength(1);
});

test('parallel resends are one message, counted once', async () => {
  shop = await openShop();
  const id = uuidv7();
  await ask(shop.till, debtRequest(), id);
  shop.clock.pass(31_000);
  const replies = await together(() => shop.till.call('POST', `/challenges/${id}/sends`, {}));
  expect(kinds(replies)).toEqual({ 'awaiting-code': 1, 'too-early': AT_ONCE - 1 });
  expect(shop.smsru.sends).toHaveLength(2);
  expect((await shop.till.call('GET', `/challenges/${id}`)).json).toMatchObject({ sendsLeft: 1 });
});

test('a code to the operator and a token each open the settings once', async () => {
  shop = await openProvenShop();
  const sends = shop.smsru.sends.length;
  const asked = await together(() => shop.till.elevate(), FEW);
  expect(kinds(asked)).toEqual({ 'code-sent': FEW });
  expect(shop.smsru.sends).toHaveLength(sends + 1);
  // each in its own session: an elevated session stays elevated
  const sessions = await Promise.all(
    Array.from({ length: FEW }, async () => (await shop.till.openSession()).json['token']),
  );
  const elevate = (second: object): Promise<Reply[]> =>
    Promise.all(
      sessions.map((token) =>
        shop.till.call(
          'POST',
          '/sessions/elevation',
          { operatorId: shop.till.ownerId, pin: OWNER_PIN, level: 'phone', ...second },
          { Authorization: `Bearer ${String(token)}` },
        ),
      ),
    );
  const opened = await elevate({ code: shop.smsru.codes.at(-1) });
  expect(kinds(opened)['elevated']).toBe(1);
  shop.clock.pass(11 * 60_000);
  const { token } = await makeToken(shop.relay.relay, 'elevate');
  const byToken = await elevate({ token });
  expect(kinds(byToken)).toEqual({ elevated: 1, 'wrong-token': FEW - 1 });
});

test('parallel requests for reserve codes send one message, for one consent', async () => {
  shop = await openShop();
  const [customer, issue, challenge] = [uuidv7(), uuidv7(), uuidv7()];
  await shop.trust(customer, PHONE);
  const consent = reserveCodesRequest(issue, { id: customer, phone: PHONE });
  await ask(shop.till, consent, challenge);
  await check(shop.till, challenge, shop.smsru.codes.at(-1) ?? '');
  const sends = shop.smsru.sends.length;
  const body = { customer, challenge };
  const replies = await together(() => shop.till.call('PUT', `/reserve-codes/${issue}`, body));
  expect(kinds(replies)).toEqual({ issued: AT_ONCE });
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
  const other = (): Promise<Reply> => shop.till.call('PUT', `/reserve-codes/${uuidv7()}`, body);
  expect(kinds(await together(other, 2))).toEqual({ 'challenge-not-verified': 2 });
  expect(shop.smsru.sends).toHaveLength(sends + 1);
});
