// Stores the shop's policy as signed by the relay and verifies it at every read.
import { metaChange, metaIn, isEnrolled, tillIn } from '$lib/storage/database/meta';
import { canonical, sha256Hex } from '$lib/proof/canonical';
import { keyId } from '$lib/proof/keys';
import { verifyPolicy } from '$lib/proof/policy';
import type { PublicKey } from '$lib/contract/values';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import type { BodyOf, Entry } from '$lib/contract/journal';
import { transact, withWriterLock, type TillDb } from '$lib/storage/database/db';
import { newestPolicyIn } from '$lib/storage/journal/reader';
import {
  jws as jwsSchema,
  policyRow,
  recorded,
  type EnrolledTill,
  type PolicyRow,
  type Till,
} from '$lib/storage/schema/records';
import { applyChanges, tablesOf, type Change } from '$lib/storage/schema/change';
import type { Writer } from '$lib/storage/journal/writer';

export type PolicyRefusedBecause = BodyOf<'policy-refused'>['because'];

export type PolicyRefused = {
  readonly kind: 'policy-refused';
  readonly because: PolicyRefusedBecause;
  /** The version it claims, if one could be read. */
  readonly version: number | null;
  /** Newest version this till has stored or acted under; 0: none, because the first run is not complete. */
  readonly newest: number;
};

/** `jws`: the policy as signed by the relay. */
export type CurrentPolicy =
  | { readonly kind: 'policy'; readonly policy: VerifiedPolicy; readonly jws: string }
  | PolicyRefused;

/** Cache: the last text that verified, and the key it verified with. The same text is not verified again. */
let known: { jws: string; key: string; policy: VerifiedPolicy } | null = null;

/** Cache: thumbprints of the relay keys seen since the start. There is one, unless somebody replaced the key. */
const names = new Map<string, string>();

async function nameOf(key: PublicKey): Promise<string> {
  const point = `${key.x}.${key.y}`;
  const name = names.get(point) ?? (await keyId(key));
  names.set(point, name);
  return name;
}

async function verified(jws: string, relayKey: PublicKey): Promise<VerifiedPolicy | null> {
  const key = `${relayKey.x}.${relayKey.y}`;
  if (known?.jws === jws && known.key === key) return known.policy;
  const policy = await verifyPolicy(jws, relayKey);
  if (policy !== null) known = { jws, key, policy };
  return policy;
}

export type PolicyFacts = {
  readonly till: Till | null;
  readonly first: Entry | undefined;
  readonly jws: string | null;
  readonly newest: number;
};

/** The rows needed to verify a policy; awaits Dexie only. */
export async function policyFactsIn(db: TillDb): Promise<PolicyFacts> {
  const till = await tillIn(db);
  const [first, row, acted, kept] = await Promise.all([
    till === null ? undefined : db.journal.get([till.id, 1]),
    db.policy.get('current'),
    till === null ? 0 : newestPolicyIn(db, till.id),
    metaIn(db, 'newest-policy'),
  ]);
  const jws = typeof row?.jws === 'string' ? row.jws : null;
  return { till, first, jws, newest: Math.max(acted, kept?.version ?? 0) };
}

/** Whether shop and key match the journal's first entry. Signatures by any other key prove nothing. */
async function isPinned({ shop, relayKey }: EnrolledTill, first: Entry | undefined) {
  if (first?.act !== 'till-enrolled') return false;
  const { body } = first;
  return body['shop'] === shop && body['relayKey'] === (await nameOf(relayKey));
}

/** The verified policy, or why the stored one is not valid. */
export async function judgePolicy({
  till,
  first,
  jws,
  newest,
}: PolicyFacts): Promise<CurrentPolicy> {
  const refused = (
    because: PolicyRefusedBecause,
    version: number | null = null,
  ): PolicyRefused => ({
    kind: 'policy-refused',
    because,
    version,
    newest,
  });
  if (jws === null || !isEnrolled(till)) return refused('missing');
  if (!jwsSchema.safeParse(jws).success) return refused('malformed');
  const policy = await verified(jws, till.relayKey);
  if (policy === null || !(await isPinned(till, first))) return refused('wrong-signature');
  if (policy.shop.id !== till.shop) return refused('wrong-shop', policy.version);
  if (policy.version < newest) return refused('older-version', policy.version);
  return { kind: 'policy', policy, jws };
}

/**
 * The policy in force, verified with the pinned key, or the reason why there is none. Rights may be decided only by this
 * policy.
 */
export async function currentPolicy(db: TillDb): Promise<CurrentPolicy> {
  // read everything before the first await of WebCrypto: a live query does not observe later reads
  return judgePolicy(await policyFactsIn(db));
}

/** The policy in force as signed by the relay; null if there is none. */
export async function currentPolicyJws(db: TillDb): Promise<string | null> {
  const current = await currentPolicy(db);
  return current.kind === 'policy' ? current.jws : null;
}

/** What a policy, as signed by the relay, changes on the disk. */
export function policyChanges({ jws, version }: Omit<PolicyRow, 'key'>): Change[] {
  const row = recorded(policyRow, { key: 'current', jws, version });
  return [{ table: 'policy', op: 'put', rows: [row] }, metaChange('newest-policy', { version })];
}

/** Stores a policy from the relay if its signature verifies and its version is not lower. */
export function savePolicy(
  db: TillDb,
  jws: string,
): Promise<{ kind: 'kept'; policy: VerifiedPolicy } | PolicyRefused> {
  return withWriterLock(db, async () => {
    const judged = await judgePolicy({ ...(await policyFactsIn(db)), jws });
    if (judged.kind === 'policy-refused') return judged;
    const { policy } = judged;
    const { version } = policy;
    const changes = policyChanges({ jws, version });
    if (db.file?.state === 'in-use' && db.file.till !== null) {
      await db.file.add([{ kind: 'policy', jws, version }]);
    }
    await transact(db, tablesOf(db, changes), () => applyChanges(db, changes));
    return { kind: 'kept', policy } as const;
  });
}

/** Journals a refused policy once per forgery, not at every act. A policy missing during the first run is not journaled. */
export async function notePolicyRefused(
  db: TillDb,
  writer: Writer,
  refused: PolicyRefused,
  who: { operator: string | null; at: number },
): Promise<void> {
  const { because, version, newest } = refused;
  if (because === 'missing' && newest === 0) return;
  const [row, noted] = await Promise.all([db.policy.get('current'), metaIn(db, 'refused-policy')]);
  const mark = await sha256Hex(canonical({ because, jws: row?.jws ?? null, newest }));
  if (noted?.mark === mark) return;
  await writer.write(
    { act: 'policy-refused', body: { because, version }, policy: newest, ...who },
    [metaChange('refused-policy', { mark })],
  );
}
