// The relay's signature over a snapshot.
import { snapshotManifest, type SnapshotManifest } from '$lib/contract/snapshot';
import { signJws, verifierOf, type Sign } from './jws';

export const signSnapshot: Sign<SnapshotManifest> = signJws;

/** Null if not signed by `relayKey` or not a manifest. The caller checks the shop, and the chunks by their hashes. */
export const verifySnapshot = verifierOf(snapshotManifest);
