// Stores this device's identity, shop, pinned relay key and preferences, and whether it was removed.
import {
  metaChange,
  metaIn,
  metaRow,
  saveMeta,
  isEnrolled,
  tillIn,
} from '$lib/storage/database/meta';
import type { PublicKey } from '$lib/contract/values';
import { exportPublic, keyId, makeTillKey } from '$lib/proof/keys';
import { transact, withWriterLock, type TillDb } from '$lib/storage/database/db';
import {
  recorded,
  till as tillSchema,
  type Preferences as PreferencesRecord,
  type EnrolledTill,
  type Till,
} from '$lib/storage/schema/records';
import { asWriter } from '$lib/storage/journal/writer';

/**
 * Stores the new identity before the request is sent, so that a retry after a lost reply uses the same id and key. An existing
 * till is kept; only its name may change, as long as it is not enrolled.
 */
export function beginEnrolment(db: TillDb, asked: { id: string; name: string }): Promise<Till> {
  return withWriterLock(db, async () => {
    const held = await tillIn(db);
    if (isEnrolled(held)) return held;
    const keys = held?.keys ?? (await makeTillKey());
    const id = held?.id ?? asked.id;
    const value = newTill({ id, name: asked.name, keys });
    await saveMeta(db, 'till', value);
    return value;
  });
}

/** A till that no relay has enrolled yet. */
export const newTill = (asked: Pick<Till, 'id' | 'name' | 'keys'>): Till =>
  recorded(tillSchema, { ...asked, shop: null, relayKey: null, number: null });

/** Public half of the till's key, as the relay stores it. */
export function publicKeyOf(till: Till): Promise<PublicKey> {
  return exportPublic(till.keys.publicKey);
}

export type EnrolmentOutcome =
  | { readonly kind: 'enrolled'; readonly till: Till }
  /** This till belongs to another shop or relay, and its journal cannot be moved. */
  | { readonly kind: 'other-relay' };

/** Pins the relay's key and begins the journal. Idempotent for the same answer. */
export function completeEnrolment(
  db: TillDb,
  answer: { shop: string; relayKey: PublicKey; contract: number; number: number; at: number },
): Promise<EnrolmentOutcome> {
  const { shop, relayKey, contract, number, at } = answer;
  return asWriter(db, async (writer): Promise<EnrolmentOutcome> => {
    const { till } = writer;
    const relay = await keyId(relayKey);
    if (isEnrolled(till)) {
      const same = till.shop === shop && (await keyId(till.relayKey)) === relay;
      return same ? { kind: 'enrolled', till } : { kind: 'other-relay' };
    }
    const value = recorded(tillSchema, { ...till, shop, relayKey, number });
    const body = { shop, relayKey: relay, contract, former: null };
    await writer.write({ act: 'till-enrolled', body, operator: null, at, policy: 0 }, [
      metaChange('till', value),
    ]);
    return { kind: 'enrolled', till: value };
  });
}

/** Stores the till's name as the relay has it; returns the stored till. Null if the device has another till id. */
export function saveTillName(
  db: TillDb,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<EnrolledTill | null> {
  return withWriterLock(db, async () => {
    const held = await tillIn(db);
    if (!isEnrolled(held) || held.id !== id) return null;
    if (held.name === name) return held;
    const { shop, relayKey, number } = held;
    const value = { ...recorded(tillSchema, { ...held, name }), shop, relayKey, number };
    await saveMeta(db, 'till', value);
    return value;
  });
}

export type Preferences = PreferencesRecord;

export const DEFAULT_PREFERENCES: Preferences = {
  language: null,
  theme: 'system',
  paperMm: 80,
  demoExplained: false,
  installDeclined: false,
  checklistClosed: false,
  sound: 'on',
};

/** The preferences of this device, with defaults for those not chosen. */
export async function loadPreferences(db: TillDb): Promise<Preferences> {
  // the stored row may lack preferences that were added later
  return { ...DEFAULT_PREFERENCES, ...(await metaIn(db, 'preferences')) };
}

/** Whether the current till id was removed. Re-enrolment ends the removal of a former till id. */
export async function isRemoved(db: TillDb): Promise<boolean> {
  const [removal, till] = await Promise.all([metaIn(db, 'removal'), tillIn(db)]);
  return removal !== null && removal.till === till?.id && removal.since !== null;
}

/** Stores the relay's report: removed (`since`: ms), or belonging to the shop (null). Throws StorageError. */
export function saveRemoval(db: TillDb, since: number | null): Promise<void> {
  return withWriterLock(db, async () => {
    const [till, isKnown] = await Promise.all([tillIn(db), isRemoved(db)]);
    if (till === null || isKnown === (since !== null)) return;
    const row = metaRow('removal', { till: till.id, since });
    // write it to the file as well, so that a database rebuilt from it still has the removal
    if (db.file?.state === 'in-use' && db.file.till === till.id) {
      const changes = [{ table: 'meta', op: 'put', rows: [row] } as const];
      await db.file.add([{ kind: 'attached', changes }]);
    }
    await transact(db, [db.meta], () => db.meta.put(row));
  });
}
