// The journal's chain: an edited, removed, added or reordered entry is found and its place named.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entry as entrySchema, GENESIS_HASH, type Entry } from '$lib/contract/journal';
import { GENESIS, sealEntry, verifyEntry, type ChainHead } from '$lib/proof/chain';
import { cases } from '../support/cases';
import { verifyChain } from '../support/verify-chain';

const TILL = '0190a000-0000-7000-8000-000000000001';

async function chainOf(length: number, from: ChainHead = GENESIS): Promise<Entry[]> {
  const entries: Entry[] = [];
  let head = from;
  for (let i = 0; i < length; i += 1) {
    const entry = await sealEntry(head, {
      till: TILL,
      at: 1000 + i,
      operator: null,
      policy: 1,
      act: 'pin-locked',
      body: { operator: TILL, failures: 5 + i, until: 60_000 },
    });
    entries.push(entry);
    head = entry;
  }
  return entries;
}

test('the first entry follows a hash of zeros and is valid on the wire', async () => {
  const [first] = await chainOf(1);
  expect(first).toMatchObject({ v: 1, seq: 1, prevHash: GENESIS_HASH });
  expect(entrySchema.safeParse(first).success).toBe(true);
});

test('a complete chain verifies, and so does its tail after a given head', async () => {
  const entries = await chainOf(5);
  const head = { seq: 5, hash: entries[4]?.hash };
  expect(await verifyChain(entries)).toEqual({ kind: 'whole', count: 5, head });
  const third = entries[2] as Entry;
  expect(await verifyChain(entries.slice(3), third)).toEqual({ kind: 'whole', count: 2, head });
  expect(await verifyChain([])).toEqual({ kind: 'whole', count: 0, head: GENESIS });
});

test('an entry read from a cursor is verified as it arrives', async () => {
  const entries = await chainOf(3);
  async function* cursor(): AsyncGenerator<Entry> {
    for (const entry of entries) yield await Promise.resolve(entry);
  }
  expect(await verifyChain(cursor())).toMatchObject({ kind: 'whole', count: 3 });
});

test('an edited body breaks the chain at its own place', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 6 }), fc.integer(), async (at, failures) => {
      fc.pre(failures !== 5 + at);
      const entries = await chainOf(7);
      (entries[at] as Entry).body['failures'] = failures;
      expect(await verifyChain(entries)).toEqual({ kind: 'broken', seq: at + 1, because: 'hash' });
    }),
    { numRuns: cases(30) },
  );
});

test('an entry edited and sealed again breaks the link of the next', async () => {
  const entries = await chainOf(4);
  entries[1] = await sealEntry(entries[0] as Entry, { ...(entries[1] as Entry), at: 1 });
  expect(await verifyEntry(entries[1])).toBe(true);
  expect(await verifyChain(entries)).toEqual({ kind: 'broken', seq: 3, because: 'link' });
});

test('a removed entry is a gap', async () => {
  const entries = await chainOf(4);
  entries.splice(1, 1);
  expect(await verifyChain(entries)).toEqual({ kind: 'broken', seq: 2, because: 'gap' });
});

test('an entry of another till breaks the link', async () => {
  const entries = await chainOf(2);
  const stranger = TILL.replace(/1$/, '2');
  entries[1] = await sealEntry(entries[0] as Entry, { ...(entries[1] as Entry), till: stranger });
  expect(await verifyChain(entries)).toEqual({ kind: 'broken', seq: 2, because: 'link' });
});

test('a value that is not an entry is malformed', async () => {
  const entries = await chainOf(2);
  entries[1] = { ...(entries[1] as Entry), extra: true } as Entry;
  expect(await verifyChain(entries)).toEqual({ kind: 'broken', seq: 2, because: 'malformed' });
});

test('an act of a newer version is accepted and verified', async () => {
  const entry = await sealEntry(GENESIS, {
    till: TILL,
    at: 1,
    operator: null,
    policy: 0,
    act: 'time-machine-sold',
    body: { nested: { a: [1, 2, null] } },
  });
  expect(await verifyChain([entry])).toMatchObject({ kind: 'whole', count: 1 });
});

test('what is sealed is a plain copy of the draft', async () => {
  const body = new Proxy({ operator: TILL, failures: 5, until: 1, gone: undefined }, {});
  const entry = await sealEntry(GENESIS, {
    till: TILL,
    at: 1,
    operator: null,
    policy: 0,
    act: 'pin-locked',
    body,
  });
  expect(structuredClone(entry)).toEqual(entry);
  expect('gone' in entry.body).toBe(false);
  expect(await verifyEntry(structuredClone(entry))).toBe(true);
});
