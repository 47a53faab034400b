// The relay's signature over a snapshot.
import { snapshotManifest, type SnapshotManifest } from '$lib/contract/snapshot';
import type { PublicKey } from '$lib/contract/values';
import { signJws, verifyJws } from './jws';
import { importPublic } from './keys';

/** Compact JWS of a manifest. `key` is the relay's private key, `kid` its name. */
export function signSnapshot(
  manifest: SnapshotManifest,
  key: CryptoKey,
  kid: string,
): Promise<string> {
  return signJws(manifest, key, kid);
}

/** Null if not signed by `relayKey` or not a manifest. The caller checks the shop, and the chunks by their hashes. */
export async function verifySnapshot(
  jws: string,
  relayKey: PublicKey,
): Promise<SnapshotManifest | null> {
  const parsed = snapshotManifest.safeParse(await verifyJws(jws, await importPublic(relayKey)));
  return parsed.success ? parsed.data : null;
}
