// Wrong PINs are counted on the disk before the comparison, and a clock set back does not reset them.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TillDb } from '$lib/storage/database/db';
import { checkPin, clearPinFailures, countPinFailure, pinLock } from '$lib/storage/secrets/pins';
import { savePolicy } from '$lib/storage/policy/policies';
import { verifierOf } from '../support/pin-verifiers';
import {
  AT,
  CASHIER,
  discard,
  HOUR,
  id,
  MINUTE,
  openShop,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
const verifier = verifierOf('7302');
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

async function fail(times: number, at = AT) {
  const outcomes = [];
  for (let i = 0; i < times; i += 1) outcomes.push(await countPinFailure(shop.db, CASHIER, at, 1));
  return outcomes;
}

test('five wrong PINs lock for a minute, with an entry in the journal', async () => {
  expect(await fail(5)).toEqual([
    { kind: 'wrong', left: 4 },
    { kind: 'wrong', left: 3 },
    { kind: 'wrong', left: 2 },
    { kind: 'wrong', left: 1 },
    { kind: 'locked', until: AT + MINUTE },
  ]);
  expect(await pinLock(shop.db, CASHIER, AT + MINUTE - 1)).toBe(AT + MINUTE);
  expect(await pinLock(shop.db, SENIOR, AT)).toBeNull();
  const last = await shop.db.journal.orderBy(':id').last();
  expect(last).toMatchObject({
    act: 'pin-locked',
    operator: null,
    body: { operator: CASHIER, failures: 5, until: AT + MINUTE },
  });
  expect(await pinLock(shop.db, CASHIER, AT + MINUTE)).toBeNull();
});

test('each lock is twice as long as the one before, up to a quarter of an hour', async () => {
  const locks = [];
  let at = AT;
  for (let round = 0; round < 6; round += 1) {
    const last = (await fail(5, at)).at(-1);
    if (last?.kind !== 'locked') expect.fail('not locked');
    locks.push((last.until - at) / MINUTE);
    at = last.until;
  }
  expect(locks).toEqual([1, 2, 4, 8, 15, 15]);
});

test('a PIN tried a hundred times without a pause is compared five times, with one entry in the journal', async () => {
  const outcomes = [];
  for (let i = 0; i < 100; i += 1)
    outcomes.push(await checkPin(shop.db, { operator: CASHIER, pin: '0000', at: AT, proven: 0 }));
  const locked = outcomes.slice(4);
  expect(outcomes.slice(0, 4).map(({ kind }) => kind)).toEqual(Array(4).fill('wrong'));
  expect(new Set(locked.map((each) => JSON.stringify(each)))).toEqual(
    new Set([JSON.stringify({ kind: 'locked', until: AT + MINUTE })]),
  );
  const acts = (await shop.db.journal.toArray()).filter(({ act }) => act === 'pin-locked');
  expect(acts).toHaveLength(1);
});

test('a right PIN resets the count', async () => {
  await fail(4);
  await clearPinFailures(shop.db, CASHIER);
  expect(await fail(1)).toEqual([{ kind: 'wrong', left: 4 }]);
});

test('a reload does not reset the tries', async () => {
  await fail(4);
  shop.db.close();
  const again = new TillDb(shop.db.name);
  expect(await countPinFailure(again, CASHIER, AT, 1)).toMatchObject({ kind: 'locked' });
  again.close();
});

test('a clock set back an hour neither unlocks nor locks for an hour more', async () => {
  await fail(5);
  expect(await pinLock(shop.db, CASHIER, AT - HOUR)).toBe(AT - HOUR + MINUTE);
  expect(await pinLock(shop.db, CASHIER, AT - HOUR + MINUTE - 1)).toBe(AT - HOUR + MINUTE);
  expect(await pinLock(shop.db, CASHIER, AT - HOUR + MINUTE)).toBeNull();
});

test('parallel tries in two tabs are all counted', async () => {
  const other = new TillDb(shop.db.name);
  const outcomes = await Promise.all(
    [shop.db, other, shop.db, other, shop.db].map((db) => countPinFailure(db, CASHIER, AT, 1)),
  );
  expect(outcomes.filter((each) => each.kind === 'locked')).toHaveLength(1);
  other.close();
});

test('a PIN is checked by the verified policy, and a lock holds even for the right one', async () => {
  const jws = await shop.policyJws(2, (policy) => {
    const cashier = policy.operators.find((each) => each.id === CASHIER);
    if (cashier !== undefined) cashier.pin = verifier;
    const senior = policy.operators.find((each) => each.id === SENIOR);
    if (senior !== undefined) Object.assign(senior, { pin: verifier, active: false });
  });
  await savePolicy(shop.db, jws);
  const tryPin = (pin: string, operator = CASHIER, at = AT) =>
    checkPin(shop.db, { operator, pin, at, proven: 0 });
  expect(await tryPin('7303')).toEqual({ kind: 'wrong', left: 4 });
  expect(await tryPin('7302')).toMatchObject({ kind: 'right', operator: { id: CASHIER } });
  expect(await tryPin('7302', SENIOR)).toEqual({ kind: 'unknown-operator' });
  expect(await tryPin('7302', id(77))).toEqual({ kind: 'unknown-operator' });
  for (const left of [4, 3, 2, 1]) expect(await tryPin('0000')).toEqual({ kind: 'wrong', left });
  expect(await tryPin('0000')).toEqual({ kind: 'locked', until: AT + MINUTE });
  expect(await tryPin('7302')).toEqual({ kind: 'locked', until: AT + MINUTE });
  expect(await tryPin('7302', CASHIER, AT + MINUTE)).toMatchObject({ kind: 'right' });
});

test("a clock set forward ends no lock: it runs by proven time, and its end is shown in the device's time", async () => {
  await savePolicy(
    shop.db,
    await shop.policyJws(2, (policy) => {
      for (const operator of policy.operators) operator.pin = verifier;
    }),
  );
  const tryPin = (pin: string, times: { at: number; proven: number }) =>
    checkPin(shop.db, { operator: CASHIER, pin, ...times });
  const before = { at: AT, proven: AT - 10 };
  for (let i = 0; i < 4; i += 1) await tryPin('0000', before);
  expect(await tryPin('0000', before)).toEqual({ kind: 'locked', until: AT + MINUTE });
  const last = await shop.db.journal.orderBy(':id').last();
  expect(last).toMatchObject({ at: AT, body: { until: AT + MINUTE } });
  expect(await tryPin('7302', { at: AT + HOUR, proven: AT })).toEqual({
    kind: 'locked',
    until: AT + HOUR + MINUTE - 10,
  });
  expect(await tryPin('7302', { at: AT + HOUR, proven: AT + MINUTE - 10 })).toMatchObject({
    kind: 'right',
  });
});

test('a try is on the disk before it is compared: it counts even if the till is killed in between', async () => {
  await savePolicy(
    shop.db,
    await shop.policyJws(2, (policy) => {
      for (const operator of policy.operators) operator.pin = verifier;
    }),
  );
  const checking = checkPin(shop.db, { operator: CASHIER, pin: '0000', at: AT, proven: 0 });
  const row = new Promise<number>((resolve, reject) => {
    const look = () => {
      shop.db.pinFailures.get(CASHIER).then((found) => {
        if (found === undefined) look();
        else resolve(found.failures);
      }, reject);
    };
    look();
  });
  const first = await Promise.race([row.then(() => 'counted'), checking.then(() => 'compared')]);
  expect(first).toBe('counted');
  await checking;
});
