// The journal's hash chain: sealing one entry after another, and walking a whole chain to the first broken one.
import { entry as entrySchema, GENESIS_HASH, type Entry } from '$lib/contract/journal';
import { canonical, hashOf, sha256Hex } from './canonical';

/** Where a chain stands: seq 0 and a hash of zeros before the first entry. */
export type ChainHead = { readonly seq: number; readonly hash: string };

export const GENESIS: ChainHead = { seq: 0, hash: GENESIS_HASH };

export type EntryDraft = Omit<Entry, 'v' | 'seq' | 'prevHash' | 'hash'>;

/** The next entry after `prev`. Its body is a fresh plain copy: what is hashed is exactly what is stored. */
export async function sealEntry(prev: ChainHead, draft: EntryDraft): Promise<Entry> {
  const { till, at, operator, policy, act, body } = draft;
  const text = canonical({
    v: 1,
    till,
    seq: prev.seq + 1,
    at,
    operator,
    policy,
    act,
    body,
    prevHash: prev.hash,
  });
  const sealed = JSON.parse(text) as Omit<Entry, 'hash'>;
  return { ...sealed, hash: await sha256Hex(text) };
}

/** Whether the hash is the hash of everything else in the entry. */
export async function verifyEntry(entry: Entry): Promise<boolean> {
  const { hash, ...rest } = entry;
  return (await hashOf(rest)) === hash;
}

export type ChainVerdict =
  | { kind: 'whole'; count: number; head: ChainHead }
  | { kind: 'broken'; seq: number; because: 'hash' | 'link' | 'gap' | 'malformed' };

/** Walks ascending entries of one till that follow `from`; names the first that does not belong. `seq` of a verdict is the place where it should have been whole. */
export async function verifyChain(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  from: ChainHead = GENESIS,
): Promise<ChainVerdict> {
  let head = from;
  let till: string | null = null;
  let count = 0;
  for await (const candidate of entries) {
    const seq = head.seq + 1;
    const parsed = entrySchema.safeParse(candidate);
    if (!parsed.success) return { kind: 'broken', seq, because: 'malformed' };
    const entry = parsed.data;
    if (entry.seq !== seq) return { kind: 'broken', seq, because: 'gap' };
    if (entry.prevHash !== head.hash || (till !== null && entry.till !== till)) {
      return { kind: 'broken', seq, because: 'link' };
    }
    if (!(await verifyEntry(entry))) return { kind: 'broken', seq, because: 'hash' };
    head = { seq, hash: entry.hash };
    till = entry.till;
    count += 1;
  }
  return { kind: 'whole', count, head };
}
