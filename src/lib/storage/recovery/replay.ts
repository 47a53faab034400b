// Stores the acts that the journal file has and the database lacks, and verifies them.
// It does so in one transaction.
import type { Entry } from '$lib/contract/journal';
import { writtenTo, type ProjectedChange } from '$lib/domain/rows';
import { verifyPolicy } from '$lib/proof/policy';
import { metaIn, relayKeysIn } from '$lib/storage/database/meta';
import { codeOf, EntryChecks } from '$lib/storage/journal/entry-checks';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import { newestPolicyIn } from '$lib/storage/journal/reader';
import { lastNumberIn } from '$lib/storage/journal/receipt-numbers';
import type { EnrolledTill } from '$lib/storage/schema/records';
import type { StartNews } from '$lib/storage/schema/start-news';
import { applyChanges, isSome, tablesOf, type Change } from '$lib/storage/schema/change';
import { transact, type TillDb } from '$lib/storage/database/db';
import { policyChanges } from '$lib/storage/policy/policies';
import { knownEntry } from '$lib/proof/known-entry';
import { foldedChanges } from '$lib/storage/journal/projection';
import { keepNewsIn } from './start-news';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { ActLine, Line, TillWithoutKeys } from '$lib/storage/wal/line';

export type PolicyLine = Extract<Line, { kind: 'policy' }>;

/** Replaces each insert with a put, because some rows may exist already. */
export function again(changes: readonly Change[]): Change[] {
  return changes.map((change) => (change.op === 'add' ? { ...change, op: 'put' } : change));
}

/** Restores a lost policy while the database lacks none of the file's acts. Throws StorageError. */
export async function replayPolicy(db: TillDb, policy: PolicyLine): Promise<void> {
  const changes = policyChanges(policy);
  await transact(db, tablesOf(db, changes), () => applyChanges(db, changes));
}

/** Number of acts up to which a start verifies proofs; verifying more would delay the first sale too long. */
const MOST_VERIFIED = 50;

/**
 * Replays acts that follow the database's head, already sealed and decided, in one transaction. `policy`: the newest one signed
 * by the relay in the end of the file. Returns what to show. Throws StorageError: nothing has changed.
 */
export async function replayActs(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  acts: readonly [ActLine, ...ActLine[]],
  policy: PolicyLine | null,
): Promise<StartNews[]> {
  const entries = acts.map(({ entry }) => entry);
  const beginning = await beginningOf(file, acts[0].entry.seq);
  const [held, keys] = await Promise.all([db.policy.get('current'), relayKeysIn(db)]);
  const attached = again([...beginning.attached, ...acts.flatMap((act) => act.attached)]);
  const newest = policy ?? (await signedPolicies(beginning.policies, till)).newest;
  const isNewer = newest !== null && newest.version > (held?.version ?? 0);
  const isVerified = entries.length <= MOST_VERIFIED;
  const { changes: projected, unwritten } = await foldedChanges(db, entries, keys);
  const faults = isVerified ? await faultsAmong(db, till, { entries, projected }, newest) : [];
  const changes = [
    ...projected,
    ...[...attached, ...(isNewer ? policyChanges(newest) : [])],
  ].filter(isSome);
  const emptied = beginning.isWhole ? [db.reserveVerifiers] : [];
  const doubtful = new Set([...unwritten, ...faults]);
  const sound = entries.filter(({ seq }) => !doubtful.has(seq)).map(namedInNews);
  const news: StartNews[] = [
    ...(sound.length > 0 ? [{ kind: 'replayed', entries: sound, isVerified } as const] : []),
    ...doubtfulNews(doubtful),
  ];
  await transact(db, [...new Set([db.journal, ...emptied, ...tablesOf(db, changes)])], () =>
    Promise.all([
      ...emptied.map((table) => table.clear()),
      applyChanges(db, changes),
      db.journal.bulkAdd(entries),
      keepNewsIn(db, news),
    ]),
  );
  return news;
}

function namedInNews(entry: Entry) {
  const known = knownEntry(entry);
  const number = known?.act === 'sale' ? known.body.number : null;
  return { till: entry.till, seq: entry.seq, number };
}

export function doubtfulNews(seqs: Iterable<number>): StartNews[] {
  const sorted = [...new Set(seqs)].sort((a, b) => a - b);
  return sorted.length > 0 ? [{ kind: 'doubtful', seqs: sorted }] : [];
}

type Acts = { readonly entries: readonly Entry[]; readonly projected: readonly ProjectedChange[] };

/**
 * Numbers of the entries that a verification of the journal would report. The entries follow the database's head; a database
 * that has lost them may still have some of their rows (`projected`), which are no earlier use of a code or number.
 */
async function faultsAmong(
  db: TillDb,
  till: EnrolledTill,
  { entries, projected }: Acts,
  policy: PolicyLine | null,
): Promise<number[]> {
  const judge = new ProofJudge(till);
  const [acted, held, last] = await Promise.all([
    newestPolicyIn(db, till.id),
    metaIn(db, 'newest-policy'),
    lastNumberIn(db, till.id, new Set(entries.map(({ hash }) => hash))),
  ]);
  const judged = await Promise.all(entries.map((entry) => judge.judge(entry)));
  const codes = judged.flat().flatMap(({ confirmation }) => codeOf(confirmation) ?? []);
  const used = await db.grantsUsed.bulkGet(codes);
  const own = new Map(writtenTo('grantsUsed', projected).map((row) => [row.challenge, row.sale]));
  const earlier = used.flatMap((row) =>
    row === undefined || own.get(row.challenge) === row.sale ? [] : [row.challenge],
  );
  const checks = new EntryChecks(earlier);
  const newest = Math.max(acted, held?.version ?? 0, policy?.version ?? 0);
  let number = last;
  return entries.flatMap((entry, place) => {
    const isOutdated = entry.policy < acted || entry.policy > newest;
    const known = knownEntry(entry);
    // receipt numbers may have gaps, but none is given twice
    const isRepeated = known?.act === 'sale' && known.body.number <= number;
    if (known?.act === 'sale') number = Math.max(number, known.body.number);
    const isFaulty = checks.take(entry, judged[place] ?? []).length > 0;
    return isFaulty || isOutdated || isRepeated ? [entry.seq] : [];
  });
}

/** The newest of these policies that the till's relay signed for its shop, and the number of policies it did not sign. */
export async function signedPolicies(
  lines: readonly PolicyLine[],
  { shop, relayKey }: Pick<TillWithoutKeys, 'shop' | 'relayKey'>,
): Promise<{ readonly newest: PolicyLine | null; readonly others: number }> {
  const signed = await Promise.all(
    lines.map(async ({ jws, version }) => {
      const policy = relayKey === null ? null : await verifyPolicy(jws, relayKey);
      return policy?.version === version && policy.shop.id === shop;
    }),
  );
  const ours = lines.filter((_, place) => signed[place]);
  const newest = ours.reduce<PolicyLine | null>(
    (best, line) => (line.version >= (best?.version ?? 0) ? line : best),
    null,
  );
  return { newest, others: lines.length - ours.length };
}

type Beginning = {
  readonly attached: readonly Change[];
  readonly policies: readonly PolicyLine[];
  /** Whether all lines are readable; if so, a row that is not in the file was deleted. */
  readonly isWhole: boolean;
};

const NO_BEGINNING: Beginning = { attached: [], policies: [], isWhole: false };

/**
 * What is in the file before its first act, if the database had entry `seq` already when the file was made; otherwise
 * nothing.
 */
async function beginningOf(file: JournalFile, seq: number): Promise<Beginning> {
  const attached: Change[] = [];
  const policies: PolicyLine[] = [];
  let isWhole = true;
  for await (const lines of file.whole()) {
    for (const line of lines) {
      if (line.kind === 'head' && line.upTo < seq) return NO_BEGINNING;
      if (line.kind === 'attached') attached.push(...line.changes);
      if (line.kind === 'policy') policies.push(line);
      if (line.kind === 'unreadable') isWhole = false;
      if (line.kind !== 'act') continue;
      // reserve codes issued after the file was made are missing: without its cursor the till receives all of them again
      attached.push({ table: 'meta', op: 'delete', keys: ['reserve-codes'] });
      return { attached, policies, isWhole };
    }
  }
  return NO_BEGINNING;
}
