// Moves reserve codes to a re-enrolled device once its former journal was uploaded completely.
import { actBodies, entry as entrySchema } from '$lib/contract/journal';
import { openVerifier, signVerifier } from '$lib/proof/reserve-code';
import type { Relay } from '../context';
import { namesOfDevice } from '../store/former-names';
import { entryAt, hashAt, headOf } from '../store/journal';
import { liveCodesOf, moveReserveCode, type LiveCode } from '../store/reserve-codes';
import type { TillRow } from '../store/tills';
import { inTransaction } from '../store/transaction';

/** Moves the codes that are due; safe to repeat. To be called after each upload of the till. */
export async function moveReserveCodes(relay: Relay, { id, revokedAt }: TillRow): Promise<void> {
  const { db } = relay;
  const [, ...former] = await namesOfDevice(db, id);
  if (former.length === 0 || revokedAt !== null) return;
  const codes = await liveCodesOf(db, former);
  if (codes.length === 0 || !(await isCarriedOver(relay, id))) return;
  const signed = await Promise.all(codes.map((code) => signedFor(relay, code, id)));
  await inTransaction(relay, async ({ db }) => {
    for (const [place, code] of codes.entries()) {
      const verifier = signed[place];
      if (verifier) await moveReserveCode(db, code, { till: id, signed: verifier });
    }
  });
  relay.log({ event: 'reserve-codes-moved', till: id, codes: codes.length });
}

/** The same verifier for another till; null where this key did not sign it. */
async function signedFor({ key }: Relay, code: LiveCode, till: string): Promise<string | null> {
  const verifier = await openVerifier(code.signed, key.publicJwk);
  return verifier && signVerifier({ ...verifier, till }, key.privateKey, key.kid);
}

/** Whether all carried-over entries of the till have arrived; they come first in its new journal. */
async function isCarriedOver({ db }: Relay, till: string): Promise<boolean> {
  const last = await entryIn(db, till, (await headOf(db, till))?.seq ?? 0);
  const former =
    actBodies['till-enrolled'].safeParse((await entryIn(db, till, 1))?.body).data?.former ?? null;
  if (last === null || former === null) return false;
  if (last.act === 'till-enrolled')
    return former.seq === 0
      ? (await headOf(db, former.till)) === null
      : (await hashAt(db, former.till, former.seq)) === former.hash;
  if (last.act !== 'carried-over') return true;
  return actBodies['carried-over'].safeParse(last.body).data?.entry.hash === former.hash;
}

async function entryIn(db: Relay['db'], till: string, seq: number) {
  return entrySchema.safeParse(await entryAt(db, till, seq)).data ?? null;
}
