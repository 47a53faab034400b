// Proofs of consent that belong to an act as a whole: of a merge, a new person, a forgotten customer.
import type { ForgetApproval } from '$lib/contract/grant';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import type { Relay } from '../context';
import { isGrantRevoked } from '../store/challenges';
import type { Database } from '../store/database';
import { isSpentElsewhere, spendGrant } from '../store/spent-grants';
import { closeGrant } from '../store/withheld';
import type { Original } from './entry-reading';

type Proof = VerifiedGrant | ForgetApproval;

const idOf = (proof: Proof): string => ('challenge' in proof ? proof.challenge : proof.id);

function proofsOf({ merging, authorising, forgetting }: Original): readonly Proof[] {
  const codes = [merging?.from.grant, merging?.into.grant, authorising?.grant];
  const owners = forgetting?.kind === 'owner' ? forgetting.approval : null;
  const theirs = forgetting?.kind === 'code' ? forgetting.grant : null;
  return [...codes, owners, theirs].flatMap((proof) => proof ?? []);
}

/** Those that another entry has used, that their till revoked, or that the demo provider gave: that is not consent. */
export async function usedProofs(
  { db, provider }: Pick<Relay, 'db' | 'provider'>,
  original: Original,
): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const proof of proofsOf(original)) {
    const id = idOf(proof);
    const isOfDemo = proof.demo && !provider.isDemo();
    if (isOfDemo || (await isSpentElsewhere(db, id, original.hash))) used.add(id);
    if (await isGrantRevoked(db, id)) used.add(id);
  }
  return used;
}

/** Spends them, even if the entry is refused. Runs inside the caller's transaction. */
export async function spendProofs(db: Database, original: Original): Promise<void> {
  for (const proof of proofsOf(original)) {
    // a forged entry must not spend another till's proof
    if (proof.till !== original.till) continue;
    await spendGrant(db, idOf(proof), original.hash);
    await closeGrant(db, idOf(proof));
  }
}
