// Re-enrols this device: a new id and key, and a new journal that carries the old entries.
import {
  metaIn,
  metaRow,
  saveMeta,
  formerTillsIn,
  isEnrolled,
  tillIn,
} from '$lib/storage/database/meta';
import type { Entry } from '$lib/contract/journal';
import type { PublicKey } from '$lib/contract/values';
import { GENESIS, sealEntry, type ChainHead } from '$lib/proof/chain';
import { keyId, makeTillKey } from '$lib/proof/keys';
import { verifyPolicy } from '$lib/proof/policy';
import {
  sealCarried,
  storeCarried,
  type Carrying,
  type Envelope,
  type Sealed,
} from './journal-migration';
import { transact, withWriterLock, type TillDb } from '$lib/storage/database/db';
import { headIn, newestPolicyIn } from '$lib/storage/journal/reader';
import { policyChanges } from '$lib/storage/policy/policies';
import { applyChanges } from '$lib/storage/schema/change';
import { queueRebuild } from './start';
import {
  actBodies,
  formerTill,
  recorded,
  till as tillSchema,
  type EnrolledTill,
  type FormerTill,
  type Till,
} from '$lib/storage/schema/records';
import type { FormerWatermark } from '$lib/storage/schema/relay-record';
import { StorageError } from '$lib/storage/storage-error';
import { forgetRemoteIn, remoteTables } from '$lib/storage/remote/remote-order';
import { goodsToKeep, type Keeping } from '$lib/storage/remote/shown-goods';
import { acknowledged, formerWatermarksAfter } from '$lib/storage/journal/watermark';
import { newTill } from '$lib/storage/till/till';

/** The relay's answer to the enrolment of the new till id, and its signed policy. */
export type NewName = {
  readonly shop: string;
  readonly relayKey: PublicKey;
  readonly contract: number;
  readonly number: number;
  readonly policy: string;
};

export type ReEnrolmentOutcome =
  | { readonly kind: 'enrolled'; readonly till: EnrolledTill }
  /** The policy is not signed by this relay for this shop: nothing has changed. */
  | { readonly kind: 'policy-refused' };

/**
 * Stores the new identity before the request is sent, so that a retry after a lost reply uses the same id and key. The current
 * identity stays in use.
 */
export function beginReEnrolment(db: TillDb, asked: { readonly id: string }): Promise<Till> {
  return withWriterLock(db, async () => {
    const [till, next] = await Promise.all([tillIn(db), metaIn(db, 'next-till')]);
    if (next !== null) return next;
    const keys = await makeTillKey();
    const name = till?.name ?? '';
    const value = newTill({ id: asked.id, name, keys });
    await saveMeta(db, 'next-till', value);
    return value;
  });
}

/** Whether the till is pinned to this relay and shop. */
export async function isOwnRelay(
  till: EnrolledTill,
  { shop, relayKey }: Pick<NewName, 'shop' | 'relayKey'>,
): Promise<boolean> {
  return till.shop === shop && (await keyId(till.relayKey)) === (await keyId(relayKey));
}

/** Switches to the new identity in one transaction. Idempotent. Throws StorageError. */
export function completeReEnrolment(
  db: TillDb,
  named: NewName,
  by: { readonly operator: string | null; readonly at: number },
): Promise<ReEnrolmentOutcome> {
  return withWriterLock(db, async (): Promise<ReEnrolmentOutcome> => {
    const [former, next] = await Promise.all([tillIn(db), metaIn(db, 'next-till')]);
    if (!isEnrolled(former) || next === null) {
      return isEnrolled(former) ? { kind: 'enrolled', till: former } : { kind: 'policy-refused' };
    }
    const policy = await verifyPolicy(named.policy, named.relayKey);
    const newest = (await isOwnRelay(former, named)) ? await newestPolicyVersion(db, former.id) : 0;
    if (policy === null || policy.shop.id !== named.shop || policy.version < newest)
      return { kind: 'policy-refused' };
    const { shop, relayKey, number } = named;
    const till: EnrolledTill = {
      ...recorded(tillSchema, { ...next, shop, relayKey, number }),
      shop,
      relayKey,
      number,
    };
    const end = await headIn(db);
    const moving = { former, till, end };
    const journal = await beginJournal(db, { ...moving, named }, { ...by, policy: policy.version });
    const isSameRelay = await isOwnRelay(former, named);
    const keeping = await goodsMeanwhile(db, isSameRelay);
    await store(db, moving, journal, {
      policy: { jws: named.policy, version: policy.version },
      keeping,
      // another relay has not signed these watermarks
      watermarks: isSameRelay ? await formerWatermarksAfter(db, former.id) : [],
    });
    // queued now, before any act can be: the next act waits until the new journal has its file
    if (db.file && (await db.file.open(till.id))) queueRebuild(db, db.file, till, null);
    return { kind: 'enrolled', till };
  });
}

async function newestPolicyVersion(db: TillDb, till: string): Promise<number> {
  const [acted, kept] = await Promise.all([newestPolicyIn(db, till), metaIn(db, 'newest-policy')]);
  return Math.max(acted, kept?.version ?? 0);
}

type Moving = {
  readonly former: EnrolledTill;
  readonly till: EnrolledTill;
  /** The end of the former journal. */
  readonly end: ChainHead;
};

type NewJournal = {
  readonly first: Entry;
  readonly envelope: Envelope;
  readonly carried: readonly Sealed[];
};

/** Writes `till-enrolled`, which names the former journals. */
async function beginJournal(
  db: TillDb,
  { former, till, end, named }: Moving & { readonly named: NewName },
  by: Pick<Envelope, 'operator' | 'at' | 'policy'>,
): Promise<NewJournal> {
  const envelope = { till: till.id, ...by };
  const body = recorded(actBodies['till-enrolled'], {
    shop: till.shop,
    relayKey: await keyId(till.relayKey),
    contract: named.contract,
    former: { till: former.id, seq: end.seq, hash: end.hash },
  });
  const first = await sealEntry(GENESIS, { ...envelope, act: 'till-enrolled', body });
  const carrying = await carriedTo(db, former, named);
  const carried = await sealCarried(db, carrying, first, envelope);
  return { first, envelope, carried };
}

/** The same relay receives only entries it has not acknowledged; another relay has none of them and receives all. */
async function carriedTo(db: TillDb, former: EnrolledTill, named: NewName): Promise<Carrying> {
  const [held, others] = await Promise.all([metaIn(db, 'quarantine'), formerTillsIn(db)]);
  if ((await isOwnRelay(former, named)) && held?.because !== 'unknown-till')
    return { names: [former.id], after: (await acknowledged(db, former))?.seq ?? 0 };
  return { names: [...others.map(({ id }) => id).toReversed(), former.id], after: 0 };
}

/**
 * The goods to show until the order is downloaded again. The cursor into the order is dropped if the relay is another one,
 * because it means nothing there.
 */
async function goodsMeanwhile(db: TillDb, isSameRelay: boolean): Promise<Keeping | null> {
  const keeping = await goodsToKeep(db);
  return keeping === null || isSameRelay ? keeping : { ...keeping, mark: { seen: null } };
}

async function store(
  db: TillDb,
  { former, till, end }: Moving,
  { first, envelope, carried }: NewJournal,
  {
    policy,
    keeping,
    watermarks,
  }: {
    readonly policy: { readonly jws: string; readonly version: number };
    readonly keeping: Keeping | null;
    readonly watermarks: readonly FormerWatermark[];
  },
): Promise<void> {
  const { id, shop, relayKey, number } = former;
  const name = recorded(formerTill, { id, shop, relayKey, number });
  const changes = policyChanges(policy);
  const tables = [
    ...[
      db.meta,
      db.policy,
      db.journal,
      db.reserveVerifiers,
      db.notices,
      db.keptGoods,
      db.forgotten,
    ],
    ...remoteTables(db),
  ];
  await transact(db, tables, async () => {
    // another tab wrote meanwhile (the lock was lost): start again
    if ((await headIn(db)).hash !== end.hash) throw new StorageError('failed');
    await db.journal.add(first);
    await storeCarried(db, first, envelope, carried);
    const names: FormerTill[] = [name, ...(await formerTillsIn(db))];
    await db.meta.bulkPut([
      metaRow('till', till),
      metaRow('former-tills', names),
      metaRow('former-watermarks', [...watermarks]),
    ]);
    await db.meta.bulkDelete([
      'next-till',
      'watermark',
      'quarantine',
      'refused-policy',
      'reserve-codes',
    ]);
    // the verifiers are bound to the former till id; the relay that knows it issues them again for the new one
    await db.reserveVerifiers.clear();
    // the copy must be downloaded again: the new till id has other own entries, and another relay has another order
    await forgetRemoteIn(db, keeping);
    // another relay does not send these notices; the same relay sends all of them again to the new till id
    await db.notices.filter(({ state }) => state === 'waiting').delete();
    await applyChanges(db, changes);
  });
}
