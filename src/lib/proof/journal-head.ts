// Signatures over the journal: the till's over its head, the relay's over its watermark.
import { GENESIS_HASH } from '$lib/contract/journal';
import {
  placed,
  watermark as watermarkSchema,
  type JournalHeadClaim,
  type Watermark,
} from '$lib/contract/journal-upload';
import type { PublicKey } from '$lib/contract/values';
import { canonical } from './canonical';
import { signJws, verifierOf, type Sign } from './jws';
import { importPublic, signBytes, verifyBytes } from './keys';

const textOf = ({ purpose, shop, till, seq, hash, at }: JournalHeadClaim): string =>
  canonical({ purpose, shop, till, seq, hash, at });

/** The head that is signed with an upload: its last entry with a readable `seq` and `hash`; seq 1 and zeros if there is none. */
export function headOfUpload(entries: readonly unknown[]): Pick<JournalHeadClaim, 'seq' | 'hash'> {
  const last = entries.findLast((entry) => placed.safeParse(entry).success);
  const { seq, hash } = placed.safeParse(last).data ?? { seq: 1, hash: GENESIS_HASH };
  return { seq, hash };
}

/** Base64url of the 64-byte signature over the canonical claim. */
export const signHead = (claim: JournalHeadClaim, privateKey: CryptoKey): Promise<string> =>
  signBytes(privateKey, textOf(claim));

/** Whether the till's key signed this head. */
export const verifyHead = async (
  claim: JournalHeadClaim,
  signature: string,
  publicKey: PublicKey,
): Promise<boolean> => verifyBytes(await importPublic(publicKey), textOf(claim), signature);

export const signWatermark: Sign<Watermark> = signJws;

/**
 * Null if not signed by `relayKey` or not a watermark. The caller checks its till, and whether it fits the journal.
 */
export const verifyWatermark = verifierOf(watermarkSchema);
