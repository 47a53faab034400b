// Projecting the journal again from its first entry gives the same rows as the till that made it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SaleBody } from '$lib/contract/acts/sale';
import { writtenTo, projectedTables } from '$lib/domain/rows';
import { sealEntry } from '$lib/proof/chain';
import { verify } from '$lib/storage/audit/verification';
import { formerTillsIn, isEnrolled, relayKeysIn, tillIn } from '$lib/storage/database/meta';
import { foldedChanges } from '$lib/storage/journal/projection';
import { chainIn } from '$lib/storage/journal/reader';
import { applyChanges } from '$lib/storage/schema/change';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import { everyAct, NEXT } from '../support/every-act';
import {
  ANNA,
  BORIS,
  discard,
  everything,
  id,
  openShop,
  receiptOf,
  TILL,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

test.each([1, 3, 1000])(
  'projected again in batches of %i, the journal leaves the rows of the till that sold',
  async (batch) => {
    await everyAct(shop);
    const { db } = shop;
    const before = await everything(db);
    const tables = projectedTables.map((name) => db.table(name));
    for (const table of tables) {
      expect(before[table.name], table.name).not.toEqual([]);
      await table.clear();
    }
    for (const till of [TILL, NEXT]) {
      const entries = await chainIn(db, till).toArray();
      for (let from = 0; from < entries.length; from += batch) {
        const part = entries.slice(from, from + batch);
        const { changes } = await foldedChanges(db, part, await relayKeysIn(db));
        await db.transaction('rw', tables, () => applyChanges(db, changes));
      }
    }
    expect(await everything(db)).toEqual(before);
  },
);

test('the check of the journal finds nothing in what the till has stored, whatever the acts', async () => {
  await everyAct(shop);
  const { db } = shop;
  const [till, former] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  if (!isEnrolled(till)) expect.fail('no till');
  const judge = new ProofJudge(till, former);
  const signal = new AbortController().signal;
  const verification = await verify(db, till, (entry) => judge.judge(entry), {
    signal,
    onprogress: () => {},
  });
  expect(verification).toMatchObject({ findings: [], differences: [] });
});

test('a code of another sale, customer or sum proves nothing of the entry that carries it', async () => {
  const { db } = shop;
  const owing = receiptOf(id(1002), { customer: ANNA });
  const outcome = await shop.sell(owing, [await shop.code(owing, 'sell-on-account')]);
  if (outcome.kind !== 'saved') expect.fail('not saved');
  const body = outcome.entry.body as SaleBody;
  const shownFor = async (but: Partial<SaleBody>) => {
    const sealed = await sealEntry(outcome.entry, {
      ...outcome.entry,
      body: { ...body, ...but },
    });
    const { changes } = await foldedChanges(db, [sealed], await relayKeysIn(db));
    return writtenTo('confirmations', changes).map((row) => 'shown' in row && row.shown);
  };
  expect(await shownFor({})).toEqual(['code']);
  expect(await shownFor({ sale: id(1999) })).toEqual(['none']);
  expect(await shownFor({ customer: BORIS })).toEqual(['none']);
  const [confirmation] = body.confirmations;
  if (confirmation === undefined) expect.fail('no confirmation');
  expect(await shownFor({ confirmations: [{ ...confirmation, amount: 1 }] })).toEqual(['none']);
});
