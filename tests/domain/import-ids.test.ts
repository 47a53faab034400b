// Ids made by the hundred thousand: valid on the wire, unique and ascending.
import { expect, test } from 'vitest';
import { id } from '$lib/contract/values';
import { makeIds } from '$lib/search/many-ids';

test('ids of one list are valid, unique and ascending', () => {
  const next = makeIds(1_700_000_000_000);
  const ids = Array.from({ length: 10_000 }, next);
  for (const each of ids) id.parse(each);
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids[0]).toMatch(/^018bcfe5-6800-7/);
});
