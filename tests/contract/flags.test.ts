// Flags in answers of a relay that is newer than the till.
import { expect, test } from 'vitest';
import { flagsReply } from '$lib/contract/journal-upload';

test("a kind of flag that this till does not know is listed as 'other'", () => {
  const found = (cursor: number, kind: string) => ({
    cursor,
    till: '0190a000-0000-7000-8000-000000000002',
    seq: 1,
    hash: 'a'.repeat(64),
    kind,
    detail: null,
    at: 1_760_000_000_000,
  });
  const flags = [found(1, 'no-right'), found(2, 'of-another-year')];
  const reply = flagsReply.parse({ kind: 'journal-flags', flags, more: false });
  expect(reply.flags.map(({ kind }) => kind)).toEqual(['no-right', 'other']);
});
