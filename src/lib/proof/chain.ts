// The journal's hash chain: seals entries, and verifies a chain up to its first broken entry.
import { entry as entrySchema, GENESIS_HASH, type Entry } from '$lib/contract/journal';
import { RULES_VERSION } from '$lib/contract/version';
import { canonical, hashOf, sha256Hex } from './canonical';

/** Head of a chain: seq 0 and a hash of zeros before the first entry. */
export type ChainHead = { readonly seq: number; readonly hash: string };

export const GENESIS: ChainHead = { seq: 0, hash: GENESIS_HASH };

/** `seen`: how far the till knew the shop's order; left out by acts that do not depend on other entries. */
export type EntryDraft = Omit<Entry, 'v' | 'seq' | 'seen' | 'rules' | 'prevHash' | 'hash'> &
  Partial<Pick<Entry, 'seen'>>;

/** The rules' version of this program, and `seen` of a till that has downloaded nothing of the shop's order. */
export const DECIDED: Pick<Entry, 'seen' | 'rules'> = {
  seen: { epoch: 0, order: 0 },
  rules: RULES_VERSION,
};

/** The next entry after `prev`. Its body is a plain copy, so that exactly the hashed data is stored. */
export async function sealEntry(prev: ChainHead, draft: EntryDraft): Promise<Entry> {
  const { till, at, operator, policy, seen = DECIDED.seen, act, body } = draft;
  const { rules } = DECIDED;
  const place = { prevHash: prev.hash, rules, seen, seq: prev.seq + 1, till, v: 1 };
  // in canonical order, which avoids sorting
  const text = canonical({ act, at, body, operator, policy, ...place });
  const sealed = JSON.parse(text) as Omit<Entry, 'hash'>;
  return { ...sealed, hash: await sha256Hex(text) };
}

/** Whether the hash matches everything else in the entry. */
export async function verifyEntry(entry: Entry): Promise<boolean> {
  const { hash, act, at, body, operator, policy, prevHash, rules, seen, seq, till, v, ...more } =
    entry;
  // already in canonical order, which avoids sorting
  const sealed = { act, at, body, operator, policy, prevHash, rules, seen, seq, till, v, ...more };
  try {
    return (await hashOf(sealed)) === hash;
  } catch {
    return false; // a value without canonical form cannot have been sealed
  }
}

/** `gap`: a different seq at this position; `link`: not linked to the previous entry. */
export type ChainBreak = 'hash' | 'link' | 'gap' | 'malformed';

export type ChainVerdict =
  | { kind: 'whole'; count: number; head: ChainHead }
  | { kind: 'broken'; seq: number; because: ChainBreak };

/**
 * Verifies a batch of entries that continue a chain, with all hashes computed at once. `till`: owner of the chain; null
 * before its first entry. `seq` of a verdict: the seq expected at the break.
 */
export async function followChain(
  from: ChainHead,
  till: string | null,
  batch: readonly unknown[],
): Promise<ChainVerdict> {
  const parsed = batch.map((candidate) => entrySchema.safeParse(candidate).data ?? null);
  const hashed = await Promise.all(
    parsed.map((entry) => (entry === null ? Promise.resolve(false) : verifyEntry(entry))),
  );
  let head = from;
  for (const [place, entry] of parsed.entries()) {
    const seq = head.seq + 1;
    const broken = (because: ChainBreak): ChainVerdict => ({ kind: 'broken', seq, because });
    if (entry === null) return broken('malformed');
    if (entry.seq !== seq) return broken('gap');
    const whose = till ?? parsed[0]?.till;
    if (entry.prevHash !== head.hash || entry.till !== whose) return broken('link');
    if (hashed[place] !== true) return broken('hash');
    head = { seq, hash: entry.hash };
  }
  return { kind: 'whole', count: batch.length, head };
}
