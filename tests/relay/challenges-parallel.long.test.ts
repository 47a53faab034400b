// Hundreds of parallel tries: never more checks than the limit, never two different grants.
// A restart in the middle changes neither.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sendAgain } from '../../relay/challenges/resend';
import { sizeOf } from '../support/cases';
import { ask, check, debtRequest, openShop, otherThan, type Shop } from '../support/challenges';
import type { Reply } from '../support/till-client';

// many requests take their time on a busy machine
vi.setConfig({ testTimeout: 60_000 });

/** Many times the five checks that a challenge allows, all under way before the first is answered. */
const TRIES = sizeOf({ push: 200, long: 1000 });
const percent = (n: number): number => (TRIES * n) / 100;

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.stop());

const open = async (): Promise<{ id: string; code: string }> => {
  const id = uuidv7();
  // eight of them stay below a new number's cap
  await ask(shop.till, debtRequest({ amount: { minor: 10_000, currency: 'RUB' } }), id);
  return { id, code: shop.smsru.codes.at(-1) ?? '' };
};

/** Checks all in parallel; a try cut off by the stopping relay counts as no reply. */
const storm = async (id: string, codes: readonly string[]): Promise<Reply[]> => {
  const tries = await Promise.allSettled(codes.map((code) => check(shop.till, id, code)));
  return tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
};
const kinds = (replies: readonly Reply[]): Record<string, number> => {
  const count: Record<string, number> = {};
  for (const { json } of replies) count[json.kind ?? ''] = (count[json.kind ?? ''] ?? 0) + 1;
  return count;
};
const mixed = (code: string, wrong: number, right: number): string[] => {
  const wrongs = Array.from({ length: wrong }, (_, n) => {
    const other = String((Number(code) + 1 + n) % 1_000_000).padStart(6, '0');
    return other === code ? otherThan(code) : other;
  });
  const all = [...wrongs];
  // the right ones spread among the others
  for (let n = 0; n < right; n += 1) all.splice(Math.floor((all.length * n) / right), 0, code);
  return all;
};

test(`${TRIES} wrong codes at once get five checks, and the challenge is over`, async () => {
  const { id, code } = await open();
  const replies = await storm(id, mixed(code, TRIES, 0));
  expect(kinds(replies)).toEqual({ 'wrong-code': 5, spent: TRIES - 5 });
  const left = replies.flatMap(({ json }) => (json.kind === 'wrong-code' ? [json.checksLeft] : []));
  expect(left.sort()).toEqual([0, 1, 2, 3, 4]);
  expect((await check(shop.till, id, code)).json).toEqual({
    kind: 'spent',
    because: 'too-many-checks',
  });
});

test(`the right code ${TRIES} times at once gives one grant`, async () => {
  const { id, code } = await open();
  const replies = await storm(id, mixed(code, 0, TRIES));
  expect(kinds(replies)).toEqual({ verified: TRIES });
  expect(new Set(replies.map(({ json }) => json.grant)).size).toBe(1);
});

test('right and wrong ones together: at most five are compared, and every grant is the same', async () => {
  for (let round = 0; round < 4; round += 1) {
    const { id, code } = await open();
    const replies = await storm(id, mixed(code, percent(23), percent(2)));
    const { 'wrong-code': wrong = 0, verified = 0, spent = 0 } = kinds(replies);
    expect(wrong + verified + spent).toBe(percent(25));
    expect(wrong).toBeLessThanOrEqual(5);
    const grants = new Set(replies.flatMap(({ json }) => json.grant ?? []));
    expect(grants.size).toBe(verified > 0 ? 1 : 0);
    // a granted challenge stays granted, and any other can never be
    const after = (await check(shop.till, id, code)).json;
    if (verified > 0) expect(after).toEqual({ kind: 'verified', grant: [...grants][0] });
    else expect(after).toEqual({ kind: 'spent', because: 'too-many-checks' });
  }
});

test('a restart in the middle resets no check and gives no second grant', async () => {
  const { id, code } = await open();
  const before = storm(id, mixed(code, percent(40), 0));
  await shop.relay.restart();
  const cut = await before;
  await shop.till.signIn();
  const after = await storm(id, mixed(code, percent(60), 0));
  const { 'wrong-code': wrong = 0 } = kinds([...cut, ...after]);
  // a counted check may have lost its reply, never the other way round
  expect(wrong).toBeLessThanOrEqual(5);
  expect((await check(shop.till, id, code)).json.kind).toBe('spent');

  const second = await open();
  const yes = storm(second.id, mixed(second.code, 0, percent(30)));
  await shop.relay.restart();
  const early = await yes;
  await shop.till.signIn();
  const late = await storm(second.id, mixed(second.code, percent(5), percent(5)));
  const grants = [...early, ...late].flatMap(({ json }) => json.grant ?? []);
  expect(new Set(grants).size).toBe(1);
});

test('many challenges with parallel tries each: one grant each', async () => {
  const opened = [];
  for (let n = 0; n < 8; n += 1) opened.push(await open());
  const all = await Promise.all(
    opened.map(({ id, code }) => storm(id, Array(percent(5)).fill(code))),
  );
  const grants = all.map((replies) => new Set(replies.map(({ json }) => json.grant)));
  expect(grants.map(({ size }) => size)).toEqual(Array(8).fill(1));
  expect(new Set(grants.flatMap((each) => [...each])).size).toBe(8);
});

test('a resend at the moment of the cancellation either leaves or is too late', async () => {
  for (let round = 0; round < 4; round += 1) {
    const { id } = await open();
    shop.clock.pass(31_000);
    const [, reply] = await Promise.all([
      shop.till.call('DELETE', `/challenges/${id}`),
      shop.till.call('POST', `/challenges/${id}/sends`, {}),
    ]);
    expect(['awaiting-code', 'spent']).toContain(reply.json.kind);
  }
});

test('a challenge that has ended chooses no further message', async () => {
  const { id } = await open();
  await shop.till.call('DELETE', `/challenges/${id}`);
  const states: string[] = [];
  const sent = await sendAgain(shop.relay.relay, id, (_relay, { state }) => {
    states.push(state);
    return { kind: 'ended' } as const;
  });
  expect([sent, states]).toEqual([{ kind: 'ended' }, ['cancelled']]);
});
