// The identity of a device: stored before the request, pinned once, its key unreadable for scripts.
import { tillIn, saveMeta } from '$lib/storage/database/meta';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SessionClaim } from '$lib/contract/till';
import type { TillDb } from '$lib/storage/database/db';
import { keyId } from '$lib/proof/keys';
import { signSession, verifySession } from '$lib/proof/session';
import { headIn } from '$lib/storage/journal/reader';
import {
  DEFAULT_PREFERENCES,
  beginEnrolment,
  completeEnrolment,
  saveTillName,
  loadPreferences,
  publicKeyOf,
} from '$lib/storage/till/till';
import { AT, discard, emptyDb, id, SHOP, signer, TILL } from '../support/storage-shop';

let db: TillDb;
beforeEach(() => {
  db = emptyDb();
});
afterEach(() => discard(db));

test('a till that lost the reply asks again with the same id and key', async () => {
  expect(await tillIn(db)).toBeNull();
  const first = await beginEnrolment(db, { id: TILL, name: 'Касса' });
  const again = await beginEnrolment(db, { id: id(9), name: 'Касса у входа' });
  expect(again).toMatchObject({ id: TILL, name: 'Касса у входа', shop: null });
  expect(await publicKeyOf(again)).toEqual(await publicKeyOf(first));
});

test('the key signs after a restart and cannot be read', async () => {
  await beginEnrolment(db, { id: TILL, name: 'Касса' });
  const till = await tillIn(db);
  if (till === null) expect.fail('no till');
  await expect(crypto.subtle.exportKey('jwk', till.keys.privateKey)).rejects.toThrow();
  const claim: SessionClaim = {
    purpose: 'session',
    origin: 'http://localhost',
    shop: SHOP,
    till: TILL,
    at: AT,
    nonce: 'a'.repeat(32),
    head: { seq: 0, hash: '0'.repeat(64) },
  };
  const signature = await signSession(claim, till.keys.privateKey);
  expect(await verifySession(claim, signature, await publicKeyOf(till))).toBe(true);
});

test('enrolment starts the journal and is done once', async () => {
  const { publicKey: relayKey } = await signer();
  await beginEnrolment(db, { id: TILL, name: 'Касса' });
  const answer = { shop: SHOP, relayKey, contract: 1, number: 1, at: AT };
  expect(await completeEnrolment(db, answer)).toMatchObject({ kind: 'enrolled' });
  expect(await completeEnrolment(db, answer)).toMatchObject({ kind: 'enrolled' });
  expect(await db.journal.toArray()).toMatchObject([
    {
      seq: 1,
      act: 'till-enrolled',
      policy: 0,
      body: { shop: SHOP, relayKey: await keyId(relayKey), former: null },
    },
  ]);
  expect(await headIn(db)).toMatchObject({ seq: 1, at: AT });
});

test('another reply does not replace the pinned key and shop', async () => {
  const [ours, theirs] = await Promise.all([signer(), signer()]);
  await beginEnrolment(db, { id: TILL, name: 'Касса' });
  const answer = { shop: SHOP, relayKey: ours.publicKey, contract: 1, number: 1, at: AT };
  await completeEnrolment(db, answer);
  const other = { kind: 'other-relay' };
  expect(await completeEnrolment(db, { ...answer, relayKey: theirs.publicKey })).toEqual(other);
  expect(await completeEnrolment(db, { ...answer, shop: id(4) })).toEqual(other);
  expect(await tillIn(db)).toMatchObject({ shop: SHOP, relayKey: ours.publicKey });
  expect(await beginEnrolment(db, { id: id(9), name: 'x' })).toMatchObject({ name: 'Касса' });
});

test('the till uses the name that the relay gives it, and only if the till is meant', async () => {
  const { publicKey: relayKey } = await signer();
  await beginEnrolment(db, { id: TILL, name: 'Касса' });
  expect(await saveTillName(db, { id: TILL, name: 'Касса 2' })).toBeNull();
  await completeEnrolment(db, { shop: SHOP, relayKey, contract: 1, number: 1, at: AT });
  expect(await saveTillName(db, { id: id(9), name: 'Бар' })).toBeNull();
  expect(await tillIn(db)).toMatchObject({ id: TILL, name: 'Касса' });
  expect(await saveTillName(db, { id: TILL, name: 'Бар' })).toMatchObject({ name: 'Бар' });
  const till = await tillIn(db);
  expect(till).toMatchObject({ id: TILL, name: 'Бар', shop: SHOP, relayKey });
  expect(till?.keys.privateKey.extractable).toBe(false);
  expect(await db.journal.count()).toBe(1);
});

test('an enrolment that fails on the disk pins nothing and writes no entry', async () => {
  const { publicKey: relayKey } = await signer();
  await beginEnrolment(db, { id: TILL, name: 'Касса' });
  await db.meta.put({ key: 'schema', value: { schema: 9, minWriter: 9 } });
  const answer = { shop: SHOP, relayKey, contract: 1, number: 1, at: AT };
  await expect(completeEnrolment(db, answer)).rejects.toMatchObject({ kind: 'newer-schema' });
  expect(await tillIn(db)).toMatchObject({ shop: null, relayKey: null });
  expect(await db.journal.count()).toBe(0);
});

test('language and theme are stored on the device', async () => {
  expect(await loadPreferences(db)).toEqual(DEFAULT_PREFERENCES);
  const chosen = { ...DEFAULT_PREFERENCES, language: 'en', theme: 'dark' } as const;
  await saveMeta(db, 'preferences', chosen);
  expect(await loadPreferences(db)).toEqual(chosen);
  const wrong = { ...DEFAULT_PREFERENCES, language: 'xx' } as never;
  await expect(async () => saveMeta(db, 'preferences', wrong)).rejects.toThrow('Invariant');
});
