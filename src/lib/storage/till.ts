// What this device is (its identity, pinned at enrolment) and what it prefers. Rights, money and methods are never here.
import { CONTRACT_VERSION } from '$lib/contract/version';
import { canonical } from '$lib/proof/canonical';
import { keyId } from '$lib/proof/keys';
import { transact, type TillDb } from './db';
import { preferences as preferencesSchema, recorded, till as tillSchema } from './records';
import type { Preferences as PreferencesRow, Till } from './records';
import { atDisk } from './storage-error';
import { isEnrolled, tillIn } from './till-record';
import { alone, asWriter } from './writer';

/** `shopId` and `relayKey` are null until the relay has let the till in. The private key cannot be exported. */
export type TillIdentity = Till;
export type Preferences = PreferencesRow;

/** Null before first run. */
export function loadIdentity(db: TillDb): Promise<TillIdentity | null> {
  return atDisk(() => tillIn(db));
}

export type IdentityKept =
  | { readonly kind: 'kept' }
  /** This device is already a till of another shop or relay; what is pinned stays. */
  | { readonly kind: 'already-another' };

/**
 * Keeps what this device is. Before the enrolment request leaves: without shop and key. After it: with both, which
 * pins them for good and opens the journal (act `till-enrolled`). `at`: ms.
 */
export async function keepIdentity(
  db: TillDb,
  identity: TillIdentity,
  at: number,
): Promise<IdentityKept> {
  const wanted = recorded(tillSchema, identity);
  const first = await alone(db, async () => {
    const held = await loadIdentity(db);
    if (held !== null && isEnrolled(held)) return samePinned(held, wanted);
    // an attempt that never reached the relay may be made anew
    await put(db, { ...wanted, shopId: null, relayKey: null });
    return null;
  });
  if (first !== null) return first;
  return isEnrolled(wanted) ? enrol(db, wanted, at) : { kind: 'kept' };
}

async function samePinned(held: Till, wanted: Till): Promise<IdentityKept> {
  const pinned = ({ tillId, shopId, relayKey }: Till) => canonical({ tillId, shopId, relayKey });
  if (pinned(held) !== pinned(wanted)) return { kind: 'already-another' };
  return { kind: 'kept' };
}

async function enrol(
  db: TillDb,
  till: Parameters<typeof isEnrolled>[0] & {
    shopId: string;
    relayKey: NonNullable<Till['relayKey']>;
  },
  at: number,
): Promise<IdentityKept> {
  const relayKey = await keyId(till.relayKey);
  return asWriter(db, async (writer) => {
    if (isEnrolled(writer.till)) return samePinned(writer.till, till);
    const body = { shop: till.shopId, relayKey, contract: CONTRACT_VERSION };
    await writer.write(
      { act: 'till-enrolled', body, operator: null, at, policy: 0 },
      [db.meta],
      () => db.meta.put({ key: 'till', value: till }),
    );
    return { kind: 'kept' };
  });
}

function put(db: TillDb, value: Till): Promise<unknown> {
  return transact(db, [db.meta], () => db.meta.put({ key: 'till', value }));
}

/** The browser's language and colours until somebody chose others. */
export async function loadPreferences(db: TillDb): Promise<Preferences> {
  const row = await atDisk(() => db.meta.get('preferences'));
  const parsed = preferencesSchema.safeParse(row?.value);
  return parsed.success ? parsed.data : { language: null, theme: 'system' };
}

export async function savePreferences(db: TillDb, preferences: Preferences): Promise<void> {
  const value = recorded(preferencesSchema, preferences);
  await transact(db, [db.meta], () => db.meta.put({ key: 'preferences', value }));
}
